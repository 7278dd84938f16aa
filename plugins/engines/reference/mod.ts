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
  definePlugin,
  type Engine,
  type Plugin,
  sizeOf,
} from "../../../mod.ts";
import { adam } from "./adam.ts";
import * as codes from "./codes.ts";
import { dense, makeTensor, map, matmul, min, sum, zip } from "./dense.ts";
import { encode } from "./encode.ts";

/** An engine of plain loops. */
export function reference(): Engine {
  return {
    name: "reference",
    tensor: (data, shape) => makeTensor(data.slice(), shape),
    fill: (value, shape) =>
      makeTensor(new Float32Array(sizeOf(shape)).fill(value), shape),
    reshape: (x, shape) => makeTensor(dense(x).data, shape),
    read: (x) => Promise.resolve(dense(x).data.slice()),
    codes: codes.codesOf,
    readCodes: (x) => Promise.resolve(codes.hostCodes(x)),

    encode: (x, weights, selection) =>
      Promise.try(encode, x, weights, selection),
    matmul: (a, b, options) => Promise.try(matmul, a, b, options),

    decode: codes.decode,
    dots: codes.dots,
    outer: codes.outer,
    withValues: codes.withValues,
    take: codes.take,
    sumByLatent: codes.sumByLatent,
    sumByRow: codes.sumByRow,
    count: codes.count,

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
    min,
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
