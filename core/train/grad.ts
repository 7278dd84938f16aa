/**
 * Gradients, taken by an engine that records what another engine does.
 *
 * The recording engine has the same interface, so a loss is written once and
 * either computed or differentiated. The gradient rules in `dense_gradients.ts`
 * and `codes_gradients.ts` use the engine's own operations, and those of codes
 * touch only the kept entries.
 *
 * @module
 */
import { codesGradients } from "./codes_gradients.ts";
import { denseGradients } from "./dense_gradients.ts";
import type { Engine } from "../engine.ts";
import {
  makeTape,
  type Node,
  nodeOf,
  raw,
  type Tape,
  unwrap,
} from "./grad_tape.ts";
import type { Tensor, Tensors } from "../tensor.ts";

/** What {@linkcode valueAndGrad} returns. */
export interface ValueAndGrad<Result> {
  /** What the function returned, as tensors of the wrapped engine. */
  readonly result: Result;
  /** The gradient of `loss` with respect to each parameter that it depends on. */
  readonly grads: Tensors;
}

/**
 * Calls a function of `params` and differentiates its scalar `loss` by
 * reverse-mode differentiation.
 *
 * @example The gradient of the sum of squares
 * ```ts
 * import { valueAndGrad } from "tessera";
 * import { reference } from "../../plugins/engines/reference/mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const engine = reference();
 * const x = engine.tensor(Float32Array.of(1, 2, 3), [3]);
 * const { grads } = await valueAndGrad(engine, { x }, (e, { x }) =>
 *   Promise.resolve({ loss: e.sum(e.mul(x!, x!)) }));
 * deepEqual([...await engine.read(grads.x!)], [2, 4, 6]);
 * ```
 */
export async function valueAndGrad<Result extends { readonly loss: Tensor }>(
  engine: Engine,
  params: Tensors,
  f: (engine: Engine, params: Tensors) => Promise<Result>,
): Promise<ValueAndGrad<Result>> {
  const tape = makeTape();
  const leaves = Object.entries(params).map(([name, value]) =>
    [name, { shape: value.shape, value, parents: [], wanted: true }] as const
  );
  const result = await f(recording(engine, tape), Object.fromEntries(leaves));
  const grads = await backward(engine, nodeOf(result.loss), tape.nodes);
  return {
    result: unwrap(result) as Result,
    grads: Object.fromEntries(
      leaves.flatMap(([name, leaf]) => {
        const grad = grads.get(leaf);
        return grad ? [[name, grad]] : [];
      }),
    ),
  };
}

/** Gradients of every node that `root` depends on, walking the tape backwards. */
async function backward(
  engine: Engine,
  root: Node,
  tape: readonly Node[],
): Promise<Map<Node, Tensor>> {
  const one = engine.tensor(Float32Array.of(1), root.shape);
  const grads = new Map<Node, Tensor>([[root, one]]);
  for (const node of tape.toReversed()) {
    const grad = grads.get(node);
    if (!grad) continue;
    for (const [parent, pull] of node.parents) {
      if (!parent.wanted) continue;
      const part = await pull(grad), sum = grads.get(parent);
      grads.set(parent, sum ? engine.add(sum, part) : part);
    }
  }
  return grads;
}

/** Wraps `engine` so that what it makes is recorded on `tape`. */
function recording(engine: Engine, tape: Tape): Engine {
  return {
    name: engine.name,
    ...denseGradients(engine, tape),
    ...codesGradients(engine, tape),
    read: (x) => engine.read(raw(x)),
    assign: () => {
      throw new TypeError("Cannot assign to a tensor inside a loss");
    },
    adam: () => {
      throw new TypeError("Cannot take a step of Adam inside a loss");
    },
    tidy: async (body) => await body(),
    memory: (size) => engine.memory(size),
    close: () => engine.close(),
  };
}
