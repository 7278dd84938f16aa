/**
 * Gradients, by an engine that records what another engine does.
 *
 * The recording engine has the same interface, so a loss is written once and
 * either computed or differentiated. Every rule below is written with the
 * engine's own operations and touches only the kept entries of codes.
 *
 * @module
 */
import type { Codes } from "../codes.ts";
import type { Engine } from "../engine.ts";
import { type Shape, sizeOf, type Tensor, type Tensors } from "../tensor.ts";

/** From a node's gradient to that of one of its parents. */
type Pull = (grad: Tensor) => Tensor | Promise<Tensor>;

/** A tensor that remembers how it was made. */
interface Node extends Tensor {
  readonly value: Tensor;
  /** Empty where no gradient is wanted. */
  readonly parents: readonly (readonly [Node, Pull])[];
  readonly wanted: boolean;
}

/** Codes whose values remember how they were made. */
interface CodesNode extends Codes {
  readonly raw: Codes;
  readonly values: Node;
}

/** What {@linkcode valueAndGrad} gives. */
export interface ValueAndGrad<Result> {
  /** What the function returned, recording no more. */
  readonly result: Result;
  /** The gradient of its `loss` by each parameter that the loss depends on. */
  readonly grads: Tensors;
}

/**
 * The value of a function of `params` and the gradient of its `loss`, which
 * must be a scalar, by reverse-mode differentiation.
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
  const tape: Node[] = [];
  const leaves = Object.entries(params).map(([name, value]) =>
    [name, { shape: value.shape, value, parents: [], wanted: true }] as const
  );
  const result = await f(recording(engine, tape), Object.fromEntries(leaves));
  const grads = await backward(engine, nodeOf(result.loss), tape);
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

/** Wraps `engine` so that what it makes lands on `tape`. */
function recording(engine: Engine, tape: Node[]): Engine {
  const record = (
    value: Tensor,
    parents: readonly (readonly [Tensor, Pull])[],
  ): Node => {
    const nodes = parents.map(([x, pull]) => [nodeOf(x), pull] as const);
    const wanted = nodes.some(([parent]) => parent.wanted);
    const node = {
      shape: value.shape,
      value,
      parents: wanted ? nodes : [],
      wanted,
    };
    if (wanted) tape.push(node);
    return node;
  };
  const codesOf = (
    raw: Codes,
    parents: readonly (readonly [Tensor, Pull])[],
  ): CodesNode => ({
    shape: raw.shape,
    raw,
    values: record(raw.values, parents),
  });
  const like = (grad: Tensor, shape: Shape): Tensor =>
    unbroadcast(engine, grad, shape);
  const elementwise = (
    value: Tensor,
    ...parents: readonly (readonly [Tensor, Pull])[]
  ): Node =>
    record(
      value,
      parents.map(([x, pull]) =>
        [x, async (grad) => like(await pull(grad), x.shape)] as const
      ),
    );
  const negative = (x: Tensor): Tensor => engine.mul(x, scalar(engine, -1));

  return {
    name: engine.name,
    tensor: (data, shape) => nodeOf(engine.tensor(data, shape)),
    read: (x) => engine.read(raw(x)),
    codes: (host) => codesOf(engine.codes(host), []),
    readCodes: (codes) => engine.readCodes(rawCodes(codes)),

    async encode(x, { W_enc, b_enc, b_dec }, selection) {
      const weights = {
        W_enc: raw(W_enc),
        ...b_enc && { b_enc: raw(b_enc) },
        ...b_dec && { b_dec: raw(b_dec) },
      };
      const kept = await engine.encode(
        raw(x),
        weights,
        rawSelection(selection),
      );
      const withGrad = (grad: Tensor): Codes => engine.withValues(kept, grad);
      const centred = (): Tensor =>
        b_dec ? engine.sub(raw(x), raw(b_dec)) : raw(x);
      return codesOf(kept, [
        [x, (grad) => engine.decode(withGrad(grad), raw(W_enc))],
        [W_enc, (grad) => engine.outer(withGrad(grad), centred())],
        ...b_enc
          ? [[
            b_enc,
            (grad: Tensor) => engine.sumByLatent(withGrad(grad)),
          ]] as const
          : [],
        // Summing the codes' gradient over the batch first leaves one vector
        // to multiply by W_enc instead of a matrix.
        ...b_dec
          ? [[b_dec, async (grad: Tensor) => {
            const summed = engine.sumByLatent(withGrad(grad));
            const row = engine.reshape(summed, [1, kept.shape[1]]);
            const product = await engine.matmul(row, raw(W_enc));
            return negative(engine.reshape(product, b_dec.shape));
          }]] as const
          : [],
      ]);
    },

    async matmul(a, b, { transposeA = false, transposeB = false } = {}) {
      const value = await engine.matmul(raw(a), raw(b), {
        transposeA,
        transposeB,
      });
      return record(value, [
        [
          a,
          (grad) =>
            transposeA
              ? engine.matmul(raw(b), grad, {
                transposeA: transposeB,
                transposeB: true,
              })
              : engine.matmul(grad, raw(b), { transposeB: !transposeB }),
        ],
        [
          b,
          (grad) =>
            transposeB
              ? engine.matmul(grad, raw(a), {
                transposeA: true,
                transposeB: transposeA,
              })
              : engine.matmul(raw(a), grad, { transposeA: !transposeA }),
        ],
      ]);
    },

    decode(codes, W_dec, b_dec, options = {}) {
      const kept = rawCodes(codes);
      const value = engine.decode(
        kept,
        raw(W_dec),
        b_dec && raw(b_dec),
        options,
      );
      const { prefix } = options;
      const inPrefix = (values: Tensor): Tensor =>
        prefix === undefined
          ? values
          : engine.mul(values, prefixMask(engine, kept, prefix));
      return record(value, [
        [codes.values, (grad) => inPrefix(engine.dots(kept, grad, raw(W_dec)))],
        [
          W_dec,
          (grad) =>
            engine.outer(engine.withValues(kept, inPrefix(kept.values)), grad),
        ],
        ...b_dec
          ? [[b_dec, (grad: Tensor) => like(grad, b_dec.shape)]] as const
          : [],
      ]);
    },

    dots(codes, x, W) {
      const kept = rawCodes(codes);
      return record(engine.dots(kept, raw(x), raw(W)), [
        [x, (grad) => engine.decode(engine.withValues(kept, grad), raw(W))],
        [W, (grad) => engine.outer(engine.withValues(kept, grad), raw(x))],
      ]);
    },

    outer(codes, x) {
      const kept = rawCodes(codes);
      return record(engine.outer(kept, raw(x)), [
        [codes.values, (grad) => engine.dots(kept, raw(x), grad)],
        [x, (grad) => engine.decode(kept, grad)],
      ]);
    },

    withValues: (codes, values) =>
      codesOf(engine.withValues(rawCodes(codes), raw(values)), [
        [values, (grad) => grad],
      ]),

    take: (x, codes) =>
      record(engine.take(raw(x), rawCodes(codes)), [
        [x, (grad) =>
          engine.reshape(
            engine.sumByLatent(engine.withValues(rawCodes(codes), grad)),
            x.shape,
          )],
      ]),

    sumByLatent: (codes) =>
      record(engine.sumByLatent(rawCodes(codes)), [
        [codes.values, (grad) => engine.take(grad, rawCodes(codes))],
      ]),

    sumByRow(codes) {
      const kept = rawCodes(codes), [rows, dSae] = codes.shape;
      return record(engine.sumByRow(kept), [
        [codes.values, (grad) => {
          // Every latent's direction is 1 here, so the dot with it is the row's own gradient.
          const ones = engine.fill(1, [dSae, 1]);
          return engine.dots(kept, engine.reshape(grad, [rows, 1]), ones);
        }],
      ]);
    },

    count: (codes) => nodeOf(engine.count(rawCodes(codes))),

    add: (a, b) =>
      elementwise(engine.add(raw(a), raw(b)), [a, (grad) => grad], [
        b,
        (grad) => grad,
      ]),
    sub: (a, b) =>
      elementwise(engine.sub(raw(a), raw(b)), [a, (grad) => grad], [
        b,
        negative,
      ]),
    mul: (a, b) =>
      elementwise(
        engine.mul(raw(a), raw(b)),
        [a, (grad) => engine.mul(grad, raw(b))],
        [b, (grad) => engine.mul(grad, raw(a))],
      ),
    div(a, b) {
      const value = engine.div(raw(a), raw(b));
      return elementwise(
        value,
        [a, (grad) => engine.div(grad, raw(b))],
        [b, (grad) => negative(engine.div(engine.mul(grad, value), raw(b)))],
      );
    },
    greater: (a, b) => nodeOf(engine.greater(raw(a), raw(b))),
    relu: (x) =>
      record(engine.relu(raw(x)), [
        [x, (grad) =>
          engine.mul(grad, engine.greater(raw(x), scalar(engine, 0)))],
      ]),
    exp(x) {
      const value = engine.exp(raw(x));
      return record(value, [[x, (grad) => engine.mul(grad, value)]]);
    },
    log: (x) =>
      record(engine.log(raw(x)), [[x, (grad) => engine.div(grad, raw(x))]]),
    sqrt(x) {
      const value = engine.sqrt(raw(x));
      return record(value, [
        [x, (grad) => engine.div(engine.mul(grad, scalar(engine, 0.5)), value)],
      ]);
    },
    tanh(x) {
      const value = engine.tanh(raw(x));
      return record(value, [
        [x, (grad) =>
          engine.mul(
            grad,
            engine.sub(scalar(engine, 1), engine.mul(value, value)),
          )],
      ]);
    },
    abs: (x) =>
      record(engine.abs(raw(x)), [
        [x, (grad) => {
          const zero = scalar(engine, 0);
          const sign = engine.sub(
            engine.greater(raw(x), zero),
            engine.greater(zero, raw(x)),
          );
          return engine.mul(grad, sign);
        }],
      ]),
    sum: (x, axis) =>
      record(engine.sum(raw(x), axis), [
        [x, (grad) => engine.add(engine.fill(0, x.shape), grad)],
      ]),
    min: (x) => nodeOf(engine.min(raw(x))),
    reshape: (x, shape) =>
      record(engine.reshape(raw(x), shape), [
        [x, (grad) => engine.reshape(grad, x.shape)],
      ]),
    fill: (value, shape) => nodeOf(engine.fill(value, shape)),
    detach: (x) => nodeOf(engine.detach(raw(x))),
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

/** A tensor as a node: itself when it is one, else a constant. */
function nodeOf(x: Tensor): Node {
  if ("wanted" in x) return x as Node;
  return { shape: x.shape, value: x, parents: [], wanted: false };
}

function raw(x: Tensor): Tensor {
  return nodeOf(x).value;
}

function rawCodes(codes: Codes): Codes {
  return "raw" in codes ? (codes as CodesNode).raw : codes;
}

function rawSelection<S extends { readonly keep: string }>(selection: S): S {
  return "threshold" in selection
    ? { ...selection, threshold: raw(selection.threshold as Tensor) }
    : selection;
}

/** Replaces every node in a result, one object deep, by what it stands for. */
function unwrap(x: unknown): unknown {
  if (typeof x !== "object" || x === null) return x;
  if ("wanted" in x) return raw(x as Node);
  if ("raw" in x) return rawCodes(x as CodesNode);
  if ("shape" in x) return x;
  return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, unwrap(v)]));
}

function scalar(engine: Engine, value: number): Tensor {
  return engine.fill(value, []);
}

/** Sums `grad` over the axes along which `shape` was broadcast. */
function unbroadcast(engine: Engine, grad: Tensor, shape: Shape): Tensor {
  if (String(grad.shape) === String(shape)) return grad;
  if (sizeOf(shape) === 1) return engine.reshape(engine.sum(grad), shape);
  const column = shape.length === 2 && shape[1] === 1;
  return engine.reshape(engine.sum(grad, column ? 1 : 0), shape);
}

/** 1 at each kept entry whose latent is below `prefix`, else 0. */
function prefixMask(engine: Engine, codes: Codes, prefix: number): Tensor {
  const below = Float32Array.from(
    { length: codes.shape[1] },
    (_, latent) => latent < prefix ? 1 : 0,
  );
  return engine.take(engine.tensor(below, [below.length]), codes);
}
