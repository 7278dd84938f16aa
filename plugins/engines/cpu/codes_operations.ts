/**
 * Operations on codes.
 *
 * @module
 */
import {
  type Codes,
  type DecodeOptions,
  type EncoderWeights,
  type Engine,
  type HostCodes,
  type Selection,
  sizeOf,
  type Tensor,
} from "../../../mod.ts";
import { type CpuContext, matrix } from "./context.ts";
import { binary, tensorOf } from "./dense_operations.ts";
import { encode } from "./encode.ts";
import type { CpuCodes, CpuTensor } from "./store.ts";

/** The operations that make, use or read codes. */
export type CodesOperations = Pick<
  Engine,
  | "codes"
  | "readCodes"
  | "encode"
  | "decode"
  | "dots"
  | "outer"
  | "withValues"
  | "take"
  | "sumByLatent"
  | "sumByRow"
  | "count"
>;

/** The operations on codes of the engine that `context` describes. */
export function codesOperations(context: CpuContext): CodesOperations {
  return {
    codes: (host) => codesOf(context, host),
    readCodes: (codes) =>
      Promise.resolve(hostCodes(context, codes as CpuCodes)),
    encode: (x, weights, selection) =>
      Promise.try(encodeTensor, context, x, weights, selection),
    decode: (codes, W_dec, b_dec, options) =>
      decode(context, codes as CpuCodes, W_dec, b_dec, options),
    dots: (codes, x, W) => dots(context, codes as CpuCodes, x, W),
    outer: (codes, x) =>
      ({
        shape: [codes.shape[1], matrix(x, "x")[1]],
        terms: [{ codes: codes as CpuCodes, x }],
      }) as CpuTensor,
    withValues,
    take: (x, codes) => take(context, x, codes as CpuCodes),
    sumByLatent: (codes) =>
      sumByLatent(context, codes as CpuCodes, context.store.at(codes.values)),
    count: (codes) => sumByLatent(context, codes as CpuCodes, 0),
    sumByRow: (codes) => sumByRow(context, codes as CpuCodes),
  };
}

function codesOf(
  context: CpuContext,
  { shape, offsets, latents, values }: HostCodes,
): Codes {
  const { memory, store } = context;
  const blocks = {
    offsets: store.allocate(4 * offsets.length),
    latents: store.allocate(4 * latents.length),
  };
  memory.integers(blocks.offsets.at, offsets.length).set(offsets);
  memory.integers(blocks.latents.at, latents.length).set(latents);
  const pattern = { shape, count: latents.length, ...blocks };
  return {
    shape,
    pattern,
    values: tensorOf(context, values, [values.length]),
  } as Codes;
}

function hostCodes(
  { memory, store }: CpuContext,
  { pattern, values, shape }: CpuCodes,
): HostCodes {
  return {
    shape,
    offsets: memory.integers(pattern.offsets.at, shape[0] + 1).slice(),
    latents: memory.integers(pattern.latents.at, pattern.count).slice(),
    values: store.floats(values).slice(),
  };
}

async function encodeTensor(
  context: CpuContext,
  x: Tensor,
  { W_enc, b_enc, b_dec }: EncoderWeights,
  selection: Selection,
): Promise<Codes> {
  const [rows, dModel] = matrix(x, "x"), [dSae, width] = matrix(W_enc, "W_enc");
  if (width !== dModel) {
    throw new RangeError(
      `Cannot encode [${rows}, ${dModel}] with W_enc [${dSae}, ${width}]: the widths must match`,
    );
  }
  const { at } = context.store;
  const centred = b_dec ? binary(context, "sub", x, b_dec) : x;
  const bias = b_enc ? at(b_enc) : 0;
  const input = { x: at(centred), W: at(W_enc), bias, rows, dModel, dSae };
  return await encode(context, input, selection);
}

function decode(
  { store, threads }: CpuContext,
  { pattern, values, shape: [rows, dSae] }: CpuCodes,
  W_dec: Tensor,
  b_dec?: Tensor,
  { prefix = dSae }: DecodeOptions = {},
): Tensor {
  const [, width] = matrix(W_dec, "W_dec"), out = store.empty([rows, width]);
  const { at } = store, bias = b_dec ? at(b_dec) : 0;
  const rest = [at(values), at(W_dec), width, bias, prefix, at(out)];
  const { offsets, latents } = pattern;
  if (rows < dSae) {
    const by = store.byLatent(pattern);
    const order = [by.starts.at, by.rows.at, by.entries.at];
    threads.share("decodeByLatent", width, 64, ...order, ...rest, rows);
  } else {
    threads.share("decode", rows, 8, offsets.at, latents.at, ...rest);
  }
  return out;
}

function dots(
  { store, threads }: CpuContext,
  codes: CpuCodes,
  x: Tensor,
  W: Tensor,
): Tensor {
  const out = store.empty(codes.values.shape), { at } = store;
  const { starts, rows, entries } = store.byLatent(codes.pattern);
  const order = [starts.at, rows.at, entries.at];
  const [dSae, width] = [codes.shape[1], matrix(W, "W")[1]];
  threads.share("dots", dSae, 16, ...order, at(x), at(W), width, at(out));
  return out;
}

function withValues(codes: Codes, values: Tensor): Codes {
  if (sizeOf(values.shape) !== sizeOf(codes.values.shape)) {
    throw new RangeError(
      `Cannot give values of shape [${values.shape}] to codes with [${codes.values.shape}] entries`,
    );
  }
  return { ...codes, values };
}

function take(
  { store, threads }: CpuContext,
  x: Tensor,
  codes: CpuCodes,
): Tensor {
  const out = store.empty(codes.values.shape), { at } = store;
  const { latents, count } = codes.pattern;
  threads.share("take", count, 65536, latents.at, at(x), at(out));
  return out;
}

/** Sums the floats at address `values`; counts entries when it is 0. */
function sumByLatent(
  { store, threads }: CpuContext,
  { pattern, shape: [, dSae] }: CpuCodes,
  values: number,
): Tensor {
  const { starts, entries } = store.byLatent(pattern);
  const out = store.empty([dSae]), order = [starts.at, entries.at];
  threads.share("sumByLatent", dSae, 4096, ...order, values, store.at(out));
  return out;
}

function sumByRow(
  { store, threads }: CpuContext,
  { pattern: { offsets }, values, shape: [rows] }: CpuCodes,
): Tensor {
  const out = store.empty([rows]), { at } = store;
  threads.share("sumByRow", rows, 1024, offsets.at, at(values), at(out));
  return out;
}
