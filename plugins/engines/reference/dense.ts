/**
 * Dense tensors and the operations on them.
 *
 * @module
 */
import {
  type MatmulOptions,
  type Shape,
  sizeOf,
  type Tensor,
} from "../../../mod.ts";

/** A tensor of the reference engine. */
export interface Dense extends Tensor {
  /** Its values, row by row. */
  readonly data: Float32Array;
}

/** This engine's view of a tensor. */
export const dense = (x: Tensor): Dense => x as Dense;

/**
 * A tensor over `data`, which is not copied.
 *
 * @throws {RangeError} When `data` does not fill `shape`.
 */
export function makeTensor(data: Float32Array, shape: Shape): Dense {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(
      `Cannot make a tensor of shape [${shape}]: it needs ${
        sizeOf(shape)
      } values, received ${data.length}`,
    );
  }
  return { data, shape };
}

/**
 * The rows and columns of a matrix; `name` is for the error.
 *
 * @throws {RangeError} When `x` is not a matrix.
 */
export function matrix(x: Tensor, name: string): [number, number] {
  if (x.shape.length === 2) return [x.shape[0]!, x.shape[1]!];
  throw new RangeError(
    `Cannot use ${name} of shape [${x.shape}]: it must be a matrix`,
  );
}

/** `[m, k] × [k, n]` → `[m, n]`. */
export function matmul(
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: MatmulOptions = {},
): Dense {
  const [m, k] = transposed(matrix(a, "a"), transposeA);
  const [k2, n] = transposed(matrix(b, "b"), transposeB);
  if (k !== k2) {
    throw new RangeError(
      `Cannot multiply [${m}, ${k}] by [${k2}, ${n}]: the inner lengths must match`,
    );
  }
  const out = new Float32Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let t = 0; t < k; t++) {
        sum += dense(a).data[transposeA ? t * m + i : i * k + t]! *
          dense(b).data[transposeB ? j * k + t : t * n + j]!;
      }
      out[i * n + j] = sum;
    }
  }
  return makeTensor(out, [m, n]);
}

function transposed(
  [rows, cols]: [number, number],
  transpose: boolean,
): [number, number] {
  return transpose ? [cols, rows] : [rows, cols];
}

/** Applies `f` to every value. */
export function map(x: Tensor, f: (p: number) => number): Dense {
  return makeTensor(dense(x).data.map((p) => f(p)), x.shape);
}

/** Applies `f` to pairs of values, broadcasting shapes as NumPy does. */
export function zip(
  a: Tensor,
  b: Tensor,
  f: (p: number, q: number) => number,
): Dense {
  const shape = broadcast(a.shape, b.shape);
  const ofA = source(a.shape, shape), ofB = source(b.shape, shape);
  const out = new Float32Array(sizeOf(shape));
  for (let i = 0; i < out.length; i++) {
    out[i] = f(dense(a).data[ofA(i)]!, dense(b).data[ofB(i)]!);
  }
  return makeTensor(out, shape);
}

/** The shape that `a` and `b` broadcast to. */
function broadcast(a: Shape, b: Shape): Shape {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, axis) => {
    const p = a[axis + a.length - length] ?? 1;
    const q = b[axis + b.length - length] ?? 1;
    if (p === q || q === 1) return p;
    if (p === 1) return q;
    throw new RangeError(
      `Cannot combine shapes [${a}] and [${b}]: lengths ${p} and ${q} do not match`,
    );
  });
}

/** Maps an index into `shape` to the index into `from` that is broadcast to it. */
function source(from: Shape, shape: Shape): (index: number) => number {
  return (index) => {
    let result = 0, stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const at = index % shape[axis]!;
      index = (index - at) / shape[axis]!;
      const length = from[axis + from.length - shape.length] ?? 1;
      if (length !== 1) result += at * stride;
      stride *= length;
    }
    return result;
  };
}

/** The sum over an axis of a matrix, or over everything. */
export function sum(x: Tensor, axis?: 0 | 1): Dense {
  const shape = axis === undefined
    ? []
    : x.shape.map((length, a) => a === axis ? 1 : length);
  const to = source(shape, x.shape);
  const sums = new Float64Array(sizeOf(shape));
  dense(x).data.forEach((value, i) => sums[to(i)]! += value);
  return makeTensor(Float32Array.from(sums), shape);
}

/** The smallest value, `[]`. */
export function min(x: Tensor): Dense {
  const least = dense(x).data.reduce((p, q) => Math.min(p, q), Infinity);
  return makeTensor(Float32Array.of(least), []);
}
