/**
 * A fresh dictionary in, one whose first reconstructions have the right length out.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import type { Sparsifier } from "../sparsifier.ts";
import type { HostTensor, HostTensors, Tensor } from "../tensor.ts";

/** Tokens that are looked at. */
const most = 2048;

/**
 * Multiplies `W_enc` by the number `c` that makes `b_dec + c · (x̂ − b_dec)`
 * closest to the tokens of `sample` `[tokens, dModel]`. A fresh encoder that is
 * the decoder's transpose reconstructs several times too much where many
 * latents fire, and training would spend its first steps on that alone. With
 * `b_enc` zero, latents are proportional to `W_enc`; parameters without these
 * two are returned as they are.
 */
export async function fitInitialNorm(
  engine: Engine,
  sparsifier: Sparsifier,
  params: HostTensors,
  sample: HostTensor,
): Promise<HostTensors> {
  const { W_enc, b_enc, b_dec } = params;
  if (!W_enc || !b_dec || b_enc?.data.some((value) => value !== 0)) {
    return params;
  }
  const [tokens, dModel] = sample.shape as [number, number];
  const rows = Math.min(tokens, most);
  const scale = await engine.tidy(async () => {
    const x = engine.tensor(sample.data.subarray(0, rows * dModel), [
      rows,
      dModel,
    ]);
    const uploaded = Object.fromEntries(
      Object.entries(params).map(([name, { data, shape }]) =>
        [name, engine.tensor(data, shape)] as const
      ),
    );
    const { reconstruction } = await sparsifier.loss(engine, uploaded, {
      x,
      dead: new Uint32Array(),
      step: 0,
      steps: 1,
    });
    const wanted = engine.sub(x, uploaded.b_dec!);
    const found = engine.sub(reconstruction, uploaded.b_dec!);
    const product = await total(engine, engine.mul(wanted, found));
    return product / await total(engine, engine.mul(found, found));
  });
  if (!(scale > 0 && Number.isFinite(scale))) return params;
  const scaled = W_enc.data.map((value) => value * scale);
  return { ...params, W_enc: { data: scaled, shape: W_enc.shape } };
}

async function total(engine: Engine, x: Tensor): Promise<number> {
  return (await engine.read(engine.sum(x)))[0]!;
}
