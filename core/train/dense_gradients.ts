/**
 * Gradient rules of an engine's dense operations.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import {
  type Node,
  nodeOf,
  type Parents,
  raw,
  type Tape,
} from "./grad_tape.ts";
import { type Shape, sizeOf, type Tensor } from "../tensor.ts";

/** The operations of an engine on tensors alone. */
type DenseOperation =
  | "tensor"
  | "fill"
  | "reshape"
  | "matmul"
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "greater"
  | "relu"
  | "exp"
  | "log"
  | "sqrt"
  | "tanh"
  | "abs"
  | "sum"
  | "min"
  | "detach";

/** The dense operations of `engine`, recorded on `tape` with their gradient rules. */
export function denseGradients(
  engine: Engine,
  { record }: Tape,
): Pick<Engine, DenseOperation> {
  const elementwise = (value: Tensor, ...parents: Parents): Node =>
    record(
      value,
      parents.map(([x, pull]) =>
        [
          x,
          async (grad) => unbroadcast(engine, await pull(grad), x.shape),
        ] as const
      ),
    );
  const scalar = (value: number): Tensor => engine.fill(value, []);
  return {
    tensor: (data, shape) => nodeOf(engine.tensor(data, shape)),

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

    add: (a, b) =>
      elementwise(engine.add(raw(a), raw(b)), [a, (grad) => grad], [
        b,
        (grad) => grad,
      ]),
    sub: (a, b) =>
      elementwise(engine.sub(raw(a), raw(b)), [a, (grad) => grad], [
        b,
        (grad) => negative(engine, grad),
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
        [
          b,
          (grad) =>
            negative(engine, engine.div(engine.mul(grad, value), raw(b))),
        ],
      );
    },
    greater: (a, b) => nodeOf(engine.greater(raw(a), raw(b))),
    relu: (x) =>
      record(engine.relu(raw(x)), [
        [x, (grad) => engine.mul(grad, engine.greater(raw(x), scalar(0)))],
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
        [x, (grad) => engine.div(engine.mul(grad, scalar(0.5)), value)],
      ]);
    },
    tanh(x) {
      const value = engine.tanh(raw(x));
      return record(value, [
        [x, (grad) =>
          engine.mul(
            grad,
            engine.sub(scalar(1), engine.mul(value, value)),
          )],
      ]);
    },
    abs: (x) =>
      record(engine.abs(raw(x)), [
        [x, (grad) => {
          const zero = scalar(0);
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
  };
}

/** `-x` */
export function negative(engine: Engine, x: Tensor): Tensor {
  return engine.mul(x, engine.fill(-1, []));
}

/** Sums `grad` over the axes along which `shape` was broadcast. */
export function unbroadcast(
  engine: Engine,
  grad: Tensor,
  shape: Shape,
): Tensor {
  if (String(grad.shape) === String(shape)) return grad;
  if (sizeOf(shape) === 1) return engine.reshape(engine.sum(grad), shape);
  const column = shape.length === 2 && shape[1] === 1;
  return engine.reshape(engine.sum(grad, column ? 1 : 0), shape);
}
