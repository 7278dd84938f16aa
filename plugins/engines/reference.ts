/**
 * The reference engine: plain loops that define every operation.
 *
 * Values are stored as float32 and summed as float64. It is written to be
 * read, and the other engines are tested against it.
 *
 * @module
 */
import { z } from "zod";
import {
  type AdamStep,
  type Codes,
  definePlugin,
  type EncoderWeights,
  type Engine,
  type HostCodes,
  type MatmulOptions,
  type Plugin,
  type Selection,
  type Shape,
  sizeOf,
  type Tensor,
} from "../../mod.ts";

/** A tensor of the reference engine. */
interface Dense extends Tensor {
  readonly data: Float32Array;
}

/** Codes of the reference engine. */
interface Sparse extends Codes {
  readonly values: Dense;
  readonly offsets: Uint32Array;
  readonly latents: Uint32Array;
}

const dense = (x: Tensor): Dense => x as Dense;
const sparse = (codes: Codes): Sparse => codes as Sparse;

/** An engine of plain loops. */
export function reference(): Engine {
  return {
    name: "reference",
    tensor: (data, shape) => makeTensor(data.slice(), shape),
    fill: (value, shape) =>
      makeTensor(new Float32Array(sizeOf(shape)).fill(value), shape),
    reshape: (x, shape) => makeTensor(dense(x).data, shape),
    read: (x) => Promise.resolve(dense(x).data.slice()),
    codes: (host) => ({
      ...host,
      offsets: host.offsets.slice(),
      latents: host.latents.slice(),
      values: makeTensor(host.values.slice(), [host.values.length]),
    }),
    readCodes: (codes) => Promise.resolve(hostCodes(sparse(codes))),

    encode: (x, weights, selection) =>
      Promise.try(encode, x, weights, selection),
    matmul: (a, b, options) => Promise.try(matmul, a, b, options),

    decode(codes, W_dec, b_dec, { prefix = codes.shape[1] } = {}) {
      const [rows] = codes.shape, [, dModel] = matrix(W_dec, "W_dec");
      const sums = new Float64Array(rows * dModel);
      forEachEntry(sparse(codes), (row, latent, value) => {
        if (latent >= prefix) return;
        for (let d = 0; d < dModel; d++) {
          sums[row * dModel + d]! += value *
            dense(W_dec).data[latent * dModel + d]!;
        }
      });
      const out = makeTensor(Float32Array.from(sums), [rows, dModel]);
      return b_dec ? zip(out, b_dec, (a, b) => a + b) : out;
    },

    dots(codes, x, W) {
      const [, dModel] = matrix(x, "x");
      const out = new Float32Array(codes.values.shape[0]!);
      forEachEntry(sparse(codes), (row, latent, _, entry) => {
        let sum = 0;
        for (let d = 0; d < dModel; d++) {
          sum += dense(x).data[row * dModel + d]! *
            dense(W).data[latent * dModel + d]!;
        }
        out[entry] = sum;
      });
      return makeTensor(out, [out.length]);
    },

    outer(codes, x) {
      const [, dModel] = matrix(x, "x"), [, dSae] = codes.shape;
      const sums = new Float64Array(dSae * dModel);
      forEachEntry(sparse(codes), (row, latent, value) => {
        for (let d = 0; d < dModel; d++) {
          sums[latent * dModel + d]! += value *
            dense(x).data[row * dModel + d]!;
        }
      });
      return makeTensor(Float32Array.from(sums), [dSae, dModel]);
    },

    withValues: (codes, values) =>
      ({ ...sparse(codes), values: sameShape(codes.values, values) }) as Codes,

    take(x, codes) {
      const out = new Float32Array(codes.values.shape[0]!);
      forEachEntry(sparse(codes), (_, latent, __, entry) => {
        out[entry] = dense(x).data[latent]!;
      });
      return makeTensor(out, [out.length]);
    },

    sumByLatent: (codes) =>
      total(codes, codes.shape[1], (_, latent, value) => [latent, value]),
    sumByRow: (codes) =>
      total(codes, codes.shape[0], (row, _, value) => [row, value]),
    count: (codes) => total(codes, codes.shape[1], (_, latent) => [latent, 1]),

    add: (a, b) => zip(a, b, (p, q) => p + q),
    sub: (a, b) => zip(a, b, (p, q) => p - q),
    mul: (a, b) => zip(a, b, (p, q) => p * q),
    div: (a, b) => zip(a, b, (p, q) => p / q),
    greater: (a, b) => zip(a, b, (p, q) => p > q ? 1 : 0),
    relu: (x) => map(x, (p) => Math.max(p, 0)),
    exp: (x) => map(x, Math.exp),
    log: (x) => map(x, Math.log),
    sqrt: (x) => map(x, Math.sqrt),
    tanh: (x) => map(x, Math.tanh),
    abs: (x) => map(x, Math.abs),
    sum,
    min: (x) =>
      makeTensor(
        Float32Array.of(
          dense(x).data.reduce((p, q) => Math.min(p, q), Infinity),
        ),
        [],
      ),
    detach: (x) => x,
    assign: (to, from) => dense(to).data.set(dense(from).data),
    adam,
    tidy: async (body) => await body(),
    memory: ({ dModel, dSae, rows, entries }) =>
      4 *
      (8 * dSae * dModel + 2 * rows * dSae + 12 * rows * dModel + 8 * entries),
    close: () => Promise.resolve(),
  };
}

function encode(
  x: Tensor,
  { W_enc, b_enc, b_dec }: EncoderWeights,
  selection: Selection,
): Codes {
  const [rows, dModel] = matrix(x, "x");
  const [dSae, width] = matrix(W_enc, "W_enc");
  if (width !== dModel) {
    throw new RangeError(
      `Cannot encode [${rows}, ${dModel}] with W_enc [${dSae}, ${width}]: the widths must match`,
    );
  }
  const input = b_dec ? zip(x, b_dec, (a, b) => a - b) : dense(x);
  const pre = new Float32Array(rows * dSae);
  for (let row = 0; row < rows; row++) {
    for (let latent = 0; latent < dSae; latent++) {
      let sum = b_enc ? dense(b_enc).data[latent]! : 0;
      for (let d = 0; d < dModel; d++) {
        sum += input.data[row * dModel + d]! *
          dense(W_enc).data[latent * dModel + d]!;
      }
      pre[row * dSae + latent] = sum;
    }
  }
  return select(pre, [rows, dSae], selection);
}

function matmul(
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

function makeTensor(data: Float32Array, shape: Shape): Dense {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(
      `Cannot make a tensor of shape [${shape}]: it needs ${
        sizeOf(shape)
      } values, received ${data.length}`,
    );
  }
  return { data, shape };
}

function sameShape(was: Tensor, now: Tensor): Tensor {
  if (String(was.shape) === String(now.shape)) return now;
  throw new RangeError(
    `Cannot give values of shape [${now.shape}] to codes with [${was.shape}] entries`,
  );
}

function hostCodes({ shape, offsets, latents, values }: Sparse): HostCodes {
  return {
    shape,
    offsets: offsets.slice(),
    latents: latents.slice(),
    values: values.data.slice(),
  };
}

function matrix(x: Tensor, name: string): [number, number] {
  if (x.shape.length === 2) return [x.shape[0]!, x.shape[1]!];
  throw new RangeError(
    `Cannot use ${name} of shape [${x.shape}]: it must be a matrix`,
  );
}

function transposed(
  [rows, cols]: [number, number],
  transpose: boolean,
): [number, number] {
  return transpose ? [cols, rows] : [rows, cols];
}

function forEachEntry(
  { shape: [rows], offsets, latents, values }: Sparse,
  visit: (row: number, latent: number, value: number, entry: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
      visit(row, latents[entry]!, values.data[entry]!, entry);
    }
  }
}

function total(
  codes: Codes,
  length: number,
  term: (row: number, latent: number, value: number) => [number, number],
): Dense {
  const sums = new Float64Array(length);
  forEachEntry(sparse(codes), (row, latent, value) => {
    const [at, what] = term(row, latent, value);
    sums[at]! += what;
  });
  return makeTensor(Float32Array.from(sums), [length]);
}

/** Entries of `pre` to keep, as codes. */
function select(
  pre: Float32Array,
  shape: readonly [number, number],
  selection: Selection,
): Sparse {
  const [rows, dSae] = shape;
  const kept = chosen(pre, shape, selection).filter((at) => pre[at]! > 0);
  kept.sort((p, q) => p - q);
  const offsets = new Uint32Array(rows + 1);
  for (const at of kept) offsets[Math.floor(at / dSae) + 1]!++;
  for (let row = 0; row < rows; row++) offsets[row + 1]! += offsets[row]!;
  return {
    shape,
    offsets,
    latents: Uint32Array.from(kept, (at) => at % dSae),
    values: makeTensor(Float32Array.from(kept, (at) => pre[at]!), [
      kept.length,
    ]),
  };
}

/** Flat indices that `selection` chooses, positive or not. */
function chosen(
  pre: Float32Array,
  [rows, dSae]: readonly [number, number],
  selection: Selection,
): number[] {
  const all = Array.from(pre.keys());
  const largest = (candidates: number[], k: number): number[] =>
    candidates.sort((p, q) => pre[q]! - pre[p]! || p - q).slice(0, k);
  switch (selection.keep) {
    case "positive":
      return all;
    case "above": {
      const threshold = dense(selection.threshold).data;
      return all.filter((at) => pre[at]! > threshold[at % dSae]!);
    }
    case "batch-top-k":
      return largest(all, Math.floor(selection.k * rows));
    case "top-k": {
      const latents = selection.among ??
        Uint32Array.from({ length: dSae }, (_, i) => i);
      return Array.from(
        { length: rows },
        (_, row) =>
          largest(
            Array.from(latents, (latent) => row * dSae + latent),
            selection.k,
          ),
      )
        .flat();
    }
  }
}

function map(x: Tensor, f: (p: number) => number): Dense {
  return makeTensor(dense(x).data.map((p) => f(p)), x.shape);
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

/** From an index into `shape` to the index into `from` that is broadcast there. */
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

function zip(
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

function sum(x: Tensor, axis?: 0 | 1): Dense {
  const shape = axis === undefined
    ? []
    : x.shape.map((length, a) => a === axis ? 1 : length);
  const to = source(shape, x.shape);
  const sums = new Float64Array(sizeOf(shape));
  dense(x).data.forEach((value, i) => sums[to(i)]! += value);
  return makeTensor(Float32Array.from(sums), shape);
}

function adam(param: Tensor, grad: Tensor, options: AdamStep): void {
  const { step, lr, beta1, beta2, epsilon, gradScale = 1 } = options;
  const p = dense(param).data, m = dense(options.m).data;
  const v = dense(options.v).data;
  const g = dense(grad).data.map((value) => value * gradScale);
  const width = param.shape.at(-1) ?? 1;
  if (options.unitRows) removeParallel(g, p, width);
  for (let i = 0; i < p.length; i++) {
    m[i] = beta1 * m[i]! + (1 - beta1) * g[i]!;
    v[i] = beta2 * v[i]! + (1 - beta2) * g[i]! ** 2;
    p[i]! -= lr * (m[i]! / (1 - beta1 ** step)) /
      (Math.sqrt(v[i]! / (1 - beta2 ** step)) + epsilon);
  }
  if (options.unitRows) normalise(p, width);
}

/** Removes from each row of `g` its part along the row of `p`, which has norm 1. */
function removeParallel(g: Float32Array, p: Float32Array, width: number): void {
  for (let row = 0; row < p.length; row += width) {
    let along = 0;
    for (let d = 0; d < width; d++) along += g[row + d]! * p[row + d]!;
    for (let d = 0; d < width; d++) g[row + d]! -= along * p[row + d]!;
  }
}

function normalise(p: Float32Array, width: number): void {
  for (let row = 0; row < p.length; row += width) {
    let squares = 0;
    for (let d = 0; d < width; d++) squares += p[row + d]! ** 2;
    const norm = Math.sqrt(squares);
    // A row of zeros has no direction to keep.
    if (norm > 0) { for (let d = 0; d < width; d++) p[row + d]! /= norm; }
  }
}

const options = z.strictObject({});

/** Options of the reference engine: none. */
export type ReferenceOptions = z.infer<typeof options>;

const plugin: Plugin<"engine", ReferenceOptions> = definePlugin({
  apiVersion: 1,
  kind: "engine",
  name: "reference",
  description: "Plain loops that define every operation: slow, for tests",
  options,
  create: reference,
});
export default plugin;
