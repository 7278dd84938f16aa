import { deepStrictEqual, equal, rejects } from "node:assert/strict";
import { type Tensor, valueAndGrad } from "tessera";
import { reference } from "../../plugins/engines/reference.ts";

const engine = reference();
const vector = (...values: number[]): Tensor =>
  engine.tensor(Float32Array.from(values), [values.length]);

Deno.test("valueAndGrad() adds up the gradients of a parameter that is used twice", async () => {
  const x = vector(2, 3);
  const { grads } = await valueAndGrad(engine, { x }, (e, { x }) =>
    // Σ x² + 5x
    Promise.resolve({
      loss: e.sum(e.add(e.mul(x!, x!), e.mul(x!, e.fill(5, [])))),
    }));
  deepStrictEqual(await engine.read(grads.x!), Float32Array.of(9, 11));
});

Deno.test("valueAndGrad() gives no gradient of what the loss does not depend on", async () => {
  const given = { used: vector(2), unused: vector(3), cut: vector(4) };
  const { grads } = await valueAndGrad(
    engine,
    given,
    (e, { used, cut }) =>
      Promise.resolve({ loss: e.sum(e.mul(used!, e.detach(cut!))) }),
  );
  deepStrictEqual(Object.keys(grads), ["used"]);
  deepStrictEqual(await engine.read(grads.used!), Float32Array.of(4));
});

Deno.test("valueAndGrad() lets no gradient through greater(), min() and count()", async () => {
  const { grads } = await valueAndGrad(
    engine,
    { x: vector(1, -2, 3) },
    (e, { x }) => {
      const codes = e.codes({
        shape: [1, 3],
        offsets: Uint32Array.of(0, 2),
        latents: Uint32Array.of(0, 2),
        values: Float32Array.of(5, 6),
      });
      const steps = e.greater(x!, e.fill(0, []));
      const counts = e.count(e.withValues(codes, e.take(x!, codes)));
      const loss = e.sum(e.add(e.mul(steps, e.min(x!)), counts));
      return Promise.resolve({ loss: e.add(loss, e.sum(x!)) });
    },
  );
  deepStrictEqual(await engine.read(grads.x!), Float32Array.of(1, 1, 1));
});

Deno.test("valueAndGrad() gives results that record no more and are the engine's own", async () => {
  const W = engine.tensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const { result } = await valueAndGrad(engine, { W }, async (e, { W }) => {
    const x = e.fill(1, [1, 2]);
    const codes = await e.encode(x, { W_enc: W! }, { keep: "positive" });
    const loss = e.sum(e.decode(codes, W!));
    return { loss, codes, parts: { double: e.add(loss, loss) } };
  });
  deepStrictEqual(await engine.read(result.parts.double), Float32Array.of(116));
  const { values } = await engine.readCodes(result.codes);
  deepStrictEqual(values, Float32Array.of(3, 7));
  for (const x of [result.loss, result.parts.double, result.codes.values]) {
    equal("wanted" in x, false);
  }
});

Deno.test("valueAndGrad() can be asked inside itself, for a second derivative", async () => {
  const x = vector(2);
  const { grads } = await valueAndGrad(engine, { x }, async (outer, { x }) => {
    const inner = await valueAndGrad(
      outer,
      { x: x! },
      (e, { x }) => Promise.resolve({ loss: e.sum(e.mul(x!, e.mul(x!, x!))) }),
    );
    // The derivative of 3x² is 6x.
    return { loss: outer.sum(inner.grads.x!) };
  });
  deepStrictEqual(await engine.read(grads.x!), Float32Array.of(12));
});

Deno.test("valueAndGrad() refuses a step inside a loss", async () => {
  const x = vector(2), step = { lr: 1, beta1: 0, beta2: 0, epsilon: 1 };
  await rejects(
    valueAndGrad(engine, { x }, (e, { x }) => {
      e.adam(x!, x!, { m: x!, v: x!, step: 1, ...step });
      return Promise.resolve({ loss: e.sum(x!) });
    }),
    /Cannot take a step of Adam inside a loss/,
  );
});
