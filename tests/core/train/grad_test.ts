/** Tests of gradients that the engines' own tests leave out: how they combine. @module */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { type Engine, type Tensor, type Tensors, valueAndGrad } from "tessera";
import { reference } from "../../../plugins/engines/reference/mod.ts";

const engine = reference();
const vector = (...values: number[]): Tensor =>
  engine.tensor(Float32Array.from(values), [values.length]);

/** The gradients of a loss, on the host. */
async function gradients(
  params: Tensors,
  loss: (e: Engine, p: Record<string, Tensor>) => Tensor | Promise<Tensor>,
): Promise<Record<string, number[]>> {
  const { grads } = await valueAndGrad(
    engine,
    params,
    async (e, p) => ({ loss: await loss(e, p as Record<string, Tensor>) }),
  );
  const read: Record<string, number[]> = {};
  for (const [name, grad] of Object.entries(grads)) {
    deepEqual(grad.shape, params[name]!.shape);
    read[name] = [...await engine.read(grad)];
  }
  return read;
}

Deno.test("valueAndGrad() adds up the ways in which a value is used", async () => {
  // (x² + x) · x² → 4x³ + 3x²
  const found = await gradients({ x: vector(1, 2, -3) }, (e, { x }) => {
    const square = e.mul(x!, x!);
    return e.sum(e.mul(e.add(square, x!), square));
  });
  deepEqual(found, { x: [7, 44, -81] });
});

Deno.test("valueAndGrad() gives no gradient to what the loss does not depend on", async () => {
  const params = { x: vector(1, 2), unused: vector(3), read: vector(4, 5) };
  const found = await gradients(params, (e, { x, read }) => {
    e.sum(e.exp(read!));
    return e.sum(e.mul(x!, e.detach(read!)));
  });
  deepEqual(found, { x: [4, 5] });
});

Deno.test("valueAndGrad() stops at comparisons, counts and minima", async () => {
  const found = await gradients({ x: vector(1, -2, 3) }, (e, { x }) => {
    const positive = e.greater(x!, e.fill(0, []));
    return e.add(e.sum(e.mul(positive, x!)), e.min(x!));
  });
  deepEqual(found, { x: [1, 0, 1] });
});

Deno.test("valueAndGrad() returns results that the engine itself can use", async () => {
  const x = vector(1, 2);
  const { result, grads } = await valueAndGrad(engine, { x }, async (e, p) => {
    const codes = await e.encode(e.reshape(p.x!, [1, 2]), {
      W_enc: e.tensor(Float32Array.of(1, 0, 0, -1), [2, 2]),
    }, { keep: "positive" });
    return {
      loss: e.sum(codes.values),
      codes,
      metrics: { double: e.add(p.x!, p.x!) },
    };
  });
  deepEqual([...await engine.read(result.metrics.double)], [2, 4]);
  deepEqual([...(await engine.readCodes(result.codes)).latents], [0]);
  equal((await engine.read(result.loss))[0], 1);
  deepEqual([...await engine.read(grads.x!)], [1, 0]);
});

Deno.test("valueAndGrad() refuses to change tensors inside a loss", async () => {
  const params = { x: vector(1, 2) };
  await rejects(
    gradients(params, (e, { x }) => {
      e.assign(x!, x!);
      return e.sum(x!);
    }),
    { message: "Cannot assign to a tensor inside a loss" },
  );
  await rejects(gradients(params, (_, { x }) => x!), RangeError);
});
