/**
 * Operations on dense tensors.
 *
 * @module
 */
import {
  type Engine,
  type MatmulOptions,
  type Shape,
  sizeOf,
  type Tensor,
} from "../../../mod.ts";
import { broadcast } from "./broadcast.ts";
import { type CpuContext, matrix } from "./context.ts";
import type { CpuTensor } from "./store.ts";

// Kernels identify an operation by its index here.
const binaries = ["add", "sub", "mul", "div", "greater"] as const;
const unaries = ["relu", "exp", "log", "sqrt", "tanh", "abs"] as const;

/** The operations on dense tensors. */
export type DenseOperations = Pick<
  Engine,
  | "tensor"
  | "fill"
  | "reshape"
  | "read"
  | "matmul"
  | typeof binaries[number]
  | typeof unaries[number]
  | "sum"
  | "min"
  | "detach"
  | "assign"
>;

/** The operations on dense tensors of the engine that `context` describes. */
export function denseOperations(context: CpuContext): DenseOperations {
  const { store } = context;
  return {
    tensor: (data, shape) => tensorOf(context, data, shape),
    fill: (value, shape) => fill(context, value, shape),
    reshape: (x, shape) => reshape(context, x, shape),
    read: (x) => Promise.resolve(store.floats(x).slice()),
    matmul: (a, b, options) => matmul(context, a, b, options),
    ...Object.fromEntries(binaries.map((name) => [
      name,
      (a: Tensor, b: Tensor) => binary(context, name, a, b),
    ])) as Pick<Engine, typeof binaries[number]>,
    ...Object.fromEntries(unaries.map((name) => [
      name,
      (x: Tensor) => unary(context, name, x),
    ])) as Pick<Engine, typeof unaries[number]>,
    add: (a, b) => add(context, a, b),
    sum: (x, axis) => sum(context, x, axis),
    min: (x) => min(context, x),
    detach: (x) => x,
    assign: (to, from) => store.floats(to).set(store.floats(from)),
  };
}

/**
 * Copies host values into a new tensor.
 *
 * @throws {RangeError} When `data` does not fill `shape`.
 */
export function tensorOf(
  { store }: CpuContext,
  data: Float32Array,
  shape: Shape,
): CpuTensor {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(
      `Cannot make a tensor of shape [${shape}]: it needs ${
        sizeOf(shape)
      } values, received ${data.length}`,
    );
  }
  const out = store.empty(shape);
  store.floats(out).set(data);
  return out;
}

function fill(
  { store, threads }: CpuContext,
  value: number,
  shape: Shape,
): CpuTensor {
  const out = store.empty(shape);
  threads.share("fill", sizeOf(shape), 65536, store.at(out), value);
  return out;
}

function reshape({ store }: CpuContext, x: Tensor, shape: Shape): Tensor {
  // Computes a sum of terms, so that both tensors share its values.
  store.at(x);
  if (sizeOf(shape) !== sizeOf(x.shape)) {
    throw new RangeError(
      `Cannot give shape [${shape}] to a tensor of shape [${x.shape}]`,
    );
  }
  return { ...x, shape };
}

async function matmul(
  { memory, threads, store, product }: CpuContext,
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: MatmulOptions = {},
): Promise<Tensor> {
  const ofA = matrix(a, "a"), ofB = matrix(b, "b");
  const [m, k] = transposeA ? ofA.toReversed() : ofA;
  const [k2, n] = transposeB ? ofB.toReversed() : ofB;
  if (k !== k2) {
    throw new RangeError(
      `Cannot multiply [${m}, ${k}] by [${k2}, ${n}]: the inner lengths must match`,
    );
  }
  const out = store.empty([m!, n!]), at = store.at;
  if (m === 1 && !transposeB) {
    // For one row, packing b would not pay.
    threads.share("vectorTimes", n!, 64, at(a), k!, at(b), n!, at(out));
    return out;
  }
  const whole = (x: Tensor, shape: [number, number]) =>
    ({ data: memory.unshared(at(x), sizeOf(shape)), shape }) as const;
  await product(
    whole(a, ofA),
    whole(b, ofB),
    whole(out, [m!, n!]),
    transposeA,
    transposeB,
  );
  return out;
}

/** `a` and `b` combined value by value, as in NumPy. */
export function binary(
  { store, threads }: CpuContext,
  name: typeof binaries[number],
  a: Tensor,
  b: Tensor,
): Tensor {
  const { shape, rows, width, strides: [ofA, ofB] } = broadcast(
    a.shape,
    b.shape,
  );
  const out = store.empty(shape), at = store.at;
  threads.share(
    "binary",
    rows,
    Math.ceil(65536 / width),
    binaries.indexOf(name),
    at(a),
    ...ofA,
    at(b),
    ...ofB,
    at(out),
    width,
  );
  return out;
}

function unary(
  { store, threads }: CpuContext,
  name: typeof unaries[number],
  x: Tensor,
): Tensor {
  const out = store.empty(x.shape), at = store.at, op = unaries.indexOf(name);
  threads.share("unary", sizeOf(x.shape), 4096, op, at(x), at(out));
  return out;
}

/** Sums of sparse products, which gradients are, stay such. */
function add(context: CpuContext, a: Tensor, b: Tensor): Tensor {
  const [p, q] = [a as CpuTensor, b as CpuTensor];
  if (p.block || q.block || !p.terms || !q.terms) {
    return binary(context, "add", a, b);
  }
  return { shape: a.shape, terms: [...p.terms, ...q.terms] } as CpuTensor;
}

function sum(context: CpuContext, x: Tensor, axis?: 0 | 1): Tensor {
  const { store, threads } = context, at = store.at;
  if (axis === undefined) {
    return fill(context, threads.call("sumAll", at(x), sizeOf(x.shape)), []);
  }
  const [rows, width] = matrix(x, "x");
  const out = store.empty(axis === 0 ? [1, width] : [rows, 1]);
  if (axis === 1) {
    threads.share("sumRows", rows, 64, at(x), width, at(out));
    return out;
  }
  const sums = store.allocate(8 * width), columns = [rows, width, sums.at];
  threads.share("sumColumns", width, 64, at(x), ...columns, at(out));
  store.release(sums);
  return out;
}

function min(context: CpuContext, x: Tensor): Tensor {
  const { store, threads } = context;
  const least = threads.call("minAll", store.at(x), sizeOf(x.shape));
  return fill(context, least, []);
}
