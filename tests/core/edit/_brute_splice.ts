/**
 * A splice in plain float64 loops, to check the real one against.
 *
 * @module
 */
import {
  type Engine,
  type HostTensor,
  type HostTensors,
  randomFrom,
  sizeOf,
  type Sparsifier,
} from "tessera";
import type { Dictionary } from "../../../core/sparsifier.ts";
import { cpu } from "../../../plugins/engines/cpu/mod.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import { batchTopK } from "../../../plugins/sparsifiers/batch_top_k.ts";
import { reluL1 } from "../../../plugins/sparsifiers/relu_l1.ts";
import { topK } from "../../../plugins/sparsifiers/top_k.ts";
import { upload } from "../../plugins/sparsifiers/_on_engine.ts";

/** Sizes of the dictionary. */
export const width = 5, dSae = 12;

/** A latent that never fires. */
export const never = dSae - 1;

/** A tensor of normally distributed numbers. */
export function normals(shape: readonly number[], seed: number): HostTensor {
  const random = randomFrom(seed);
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    () => random.normal(),
  );
  return { data, shape };
}

const W_enc = normals([dSae, width], 1), W_dec = normals([dSae, width], 2);
const b_enc = normals([dSae], 3), b_dec = normals([width], 4);
b_enc.data[never] = -1e6;

/** Two pictures of seven tokens around `b_dec`, including a -0. */
export const x: HostTensor = normals([2, 7, width], 5);
x.data.forEach((value, i) => x.data[i] = value + b_dec.data[i % width]!);
x.data[3] = -0;

/** A dictionary, and how it computes in float64. */
interface Case {
  /** How it encodes and decodes. */
  readonly sparsifier: Sparsifier;
  /** Its parameters. */
  readonly params: HostTensors;
  /** The dense codes of a token, `[dSae]`, from its pre-activations. */
  keep(codes: readonly number[]): number[];
  /** What is applied to each number decoded without `b_dec`. */
  out?(sum: number): number;
}

const common = { dSae, init: "random", bDec: "mean" } as const;
const params = { W_enc, W_dec, b_enc, b_dec };
const relu = reluL1({ ...common, lambda: 0.1, lambdaWarmup: 0 });
const positive = (codes: readonly number[]): number[] =>
  codes.map((value) => Math.max(value, 0));
const threshold = 0.7;

/** A third-party sparsifier whose decoder is not linear and whose parameters have other names. */
const curved: Sparsifier = {
  ...relu,
  encode: (engine, { into, bias, middle }, x) =>
    engine.encode(
      x,
      { W_enc: into!, b_enc: bias!, b_dec: middle! },
      { keep: "positive" },
    ),
  decode: (engine, { outOf }, codes) =>
    engine.tanh(engine.decode(codes, outOf!)),
};

/** Every built-in sparsifier, and the third-party one. */
export const cases: Readonly<Record<string, Case>> = {
  "relu-l1": { sparsifier: relu, params, keep: positive },
  "top-k": {
    sparsifier: topK({ ...common, k: 3, alphaAux: 0 }),
    params,
    keep(codes) {
      const least = codes.toSorted((a, b) => b - a)[2]!;
      return codes.map((value) => value >= least && value > 0 ? value : 0);
    },
  },
  "batch-top-k": {
    sparsifier: batchTopK({ ...common, k: 3, alphaAux: 0 }),
    params: {
      ...params,
      threshold: {
        data: new Float32Array(dSae).fill(threshold),
        shape: [dSae],
      },
    },
    keep: (codes) => codes.map((value) => value > threshold ? value : 0),
  },
  "a decoder that is not linear": {
    sparsifier: curved,
    params: { into: W_enc, outOf: W_dec, bias: b_enc, middle: b_dec },
    keep: positive,
    out: Math.tanh,
  },
};

/** The codes of a token, dense: `[dSae]`. */
export function encodeBrute(
  { keep }: Case,
  token: readonly number[],
): number[] {
  return keep(Array.from({ length: dSae }, (_, latent) =>
    token.reduce(
      (sum, value, d) =>
        sum + (value - b_dec.data[d]!) * W_enc.data[latent * width + d]!,
      b_enc.data[latent]!,
    )));
}

function decodeBrute({ out }: Case, codes: readonly number[]): number[] {
  return Array.from({ length: width }, (_, d) => {
    const sum = codes.reduce(
      (sum, value, latent) => sum + value * W_dec.data[latent * width + d]!,
      0,
    );
    return out ? out(sum) : sum + b_dec.data[d]!;
  });
}

/** The definition of a splice, token by token. */
export function brute(
  known: Case,
  { data }: HostTensor,
  keepError: boolean,
  edit: (codes: number[]) => number[],
): Float32Array {
  const out = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += width) {
    const token = [...data.subarray(at, at + width)];
    const codes = encodeBrute(known, token), back = decodeBrute(known, codes);
    const spliced = decodeBrute(known, edit(codes));
    const error = (d: number): number => keepError ? token[d]! - back[d]! : 0;
    out.set(spliced.map((value, d) => value + error(d)), at);
  }
  return out;
}

/** The bits of some numbers, which tell -0 from 0. */
export function bits({ data }: HostTensor): Uint32Array {
  return new Uint32Array(data.slice().buffer);
}

/** Runs `body` with an engine, then closes the engine. */
export async function onEngine(
  name: "reference" | "cpu",
  body: (engine: Engine) => Promise<void>,
): Promise<void> {
  const engine = name === "cpu" ? await cpu({ threads: 2 }) : reference();
  try {
    await body(engine);
  } finally {
    await engine.close();
  }
}

/** The dictionary of a case, in an engine. */
export function dictionaryOf(
  engine: Engine,
  { sparsifier, params }: Case,
): Dictionary {
  return { engine, sparsifier, params: upload(engine, params) };
}
