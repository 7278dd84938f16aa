/**
 * Scales a fresh encoder so that its first reconstructions have the right norm.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import type { Sparsifier } from "../sparsifier.ts";
import type { HostTensor, HostTensors, Tensor } from "../tensor.ts";

/** Most tokens of the sample that are used. */
const most = 2048;

/**
 * Multiplies `W_enc` by the factor `c` that brings `b_dec + c · (x̂ − b_dec)`
 * closest to the tokens of `sample`, `[tokens, dModel]`. A fresh encoder that is
 * the decoder's transpose overshoots several times when many latents fire, and
 * training would spend its first steps undoing that. This needs latents to be
 * proportional to `W_enc`: parameters without `W_enc` and `b_dec`, or with a
 * nonzero `b_enc`, are returned unchanged.
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
