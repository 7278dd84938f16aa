/**
 * Losses that together use every operation of an engine, to check their
 * gradients against finite differences.
 *
 * @module
 */
import {
  type Engine,
  type Selection,
  sizeOf,
  type Tensor,
  valueAndGrad,
} from "tessera";
import { reference } from "../../plugins/engines/reference/mod.ts";
import { closeTo } from "./close_to.ts";
import { someCodes, values } from "./_engine_inputs.ts";

type Params = Record<string, readonly number[]>;
type LossOf = (
  e: Engine,
  p: Readonly<Record<string, Tensor>>,
) => Promise<Tensor>;

/** A loss for each group of operations, by name. */
export const losses: Record<string, { params: Params; loss: LossOf }> = {
  "elementwise": {
    params: { a: [4, 5], b: [5], c: [4, 1], d: [] },
    loss: (e, { a, b, c, d }) => {
      const y = e.mul(e.add(a!, b!), e.sub(c!, d!));
      const z = e.div(y, e.exp(b!));
      return Promise.resolve(e.sum(e.mul(e.tanh(z), e.abs(e.sub(a!, d!)))));
    },
  },
  "log, sqrt, relu, sums": {
    params: { a: [4, 5] },
    loss: (e, { a }) => {
      const positive = e.add(e.mul(a!, a!), e.fill(0.5, []));
      const rows = e.sum(e.log(positive), 1), cols = e.sum(e.sqrt(positive), 0);
      return Promise.resolve(e.sum(e.mul(rows, e.mul(cols, e.relu(a!)))));
    },
  },
  "matmul": {
    params: { a: [4, 5], b: [3, 5], c: [4, 3] },
    loss: async (e, { a, b, c }) => {
      const ab = await e.matmul(a!, b!, { transposeB: true });
      const abc = await e.matmul(ab, c!, { transposeA: true });
      return e.sum(e.mul(abc, abc));
    },
  },
  "sparse products of given codes": {
    params: { x: [4, 5], W: [7, 5], b: [5], v: [7] },
    loss: (e, { x, W, b, v }) => {
      const codes = e.codes(someCodes({ rows: 4, dModel: 5, dSae: 7 }));
      const scaled = e.withValues(
        codes,
        e.mul(e.dots(codes, x!, W!), e.take(v!, codes)),
      );
      const y = e.decode(scaled, W!, b!),
        part = e.decode(scaled, W!, b!, { prefix: 3 });
      const outer = e.outer(scaled, x!);
      const sums = e.add(
        e.sum(e.mul(e.sumByLatent(scaled), v!)),
        e.sum(e.tanh(e.sumByRow(scaled))),
      );
      return Promise.resolve(
        e.add(
          e.add(e.sum(e.mul(y, y)), e.sum(e.mul(part, x!))),
          e.add(sums, e.sum(e.mul(outer, e.tanh(W!)))),
        ),
      );
    },
  },
  ...Object.fromEntries(
    ([
      ["positive", { keep: "positive" }],
      ["top-k", { keep: "top-k", k: 2 }],
      ["top-k among some", {
        keep: "top-k",
        k: 2,
        among: Uint32Array.of(0, 2, 5),
      }],
      ["batch-top-k", { keep: "batch-top-k", k: 2 }],
    ] as [string, Selection][]).map(([what, selection]) => [
      `an autoencoder that keeps ${what}`,
      {
        params: {
          x: [4, 5],
          W_enc: [7, 5],
          W_dec: [7, 5],
          b_enc: [7],
          b_dec: [5],
        },
        loss: async (e: Engine, p: Readonly<Record<string, Tensor>>) => {
          const codes = await e.encode(p.x!, {
            W_enc: p.W_enc!,
            b_enc: p.b_enc!,
            b_dec: p.b_dec!,
          }, selection);
          const error = e.sub(p.x!, e.decode(codes, p.W_dec!, p.b_dec!));
          return e.add(e.sum(e.mul(error, error)), e.sum(e.tanh(codes.values)));
        },
      },
    ]),
  ),
};

/** Compares the gradient of a loss with finite differences of the reference's. */
export async function checkGradient(
  engine: Engine,
  what: string,
  shapes: Params,
  loss: LossOf,
): Promise<void> {
  const host = Object.entries(shapes).map(([name, shape], i) => ({
    name,
    shape,
    data: values(sizeOf(shape), 20 + i),
  }));
  const upload = (): Record<string, Tensor> =>
    Object.fromEntries(
      host.map(({ name, shape, data }) => [name, engine.tensor(data, shape)]),
    );
  const { grads } = await valueAndGrad(
    engine,
    upload(),
    async (e, p) => ({ loss: await loss(e, p) }),
  );
  const at = async (
    data: Float32Array,
    i: number,
    value: number,
  ): Promise<number> => {
    const was = data[i]!;
    data[i] = value;
    // The reference computes the loss, because it sums in float64.
    const truth = reference();
    const params = Object.fromEntries(
      host.map(({ name, shape, data }) => [name, truth.tensor(data, shape)]),
    );
    data[i] = was;
    return (await truth.read(await loss(truth, params)))[0]!;
  };
  for (const { name, data } of host) {
    const grad = await engine.read(grads[name]!);
    const slopes = new Float32Array(data.length), h = 1e-3;
    for (let i = 0; i < data.length; i++) {
      slopes[i] =
        (await at(data, i, data[i]! + h) - await at(data, i, data[i]! - h)) /
        (2 * h);
    }
    closeTo(grad, slopes, 5e-3, `${what}: gradient of ${name}`);
  }
}
