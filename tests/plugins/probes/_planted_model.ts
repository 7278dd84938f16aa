/**
 * A model whose prediction is a plain sum of what a dictionary reads: what a
 * probe finds of it can be worked out by hand.
 *
 * @module
 */
import {
  type Dataset,
  type Dictionary,
  type Encoder,
  type Engine,
  ExampleError,
  type Hook,
  type HostTensor,
  type ProbeInput,
  randomFrom,
  type RgbImage,
  type Sparsifier,
  type Tensors,
} from "tessera";
import { reference } from "../../../plugins/engines/reference/mod.ts";

/** Length of an activation. */
export const width = 4;

/** Two specials, then two by three patches. */
export const hook: Hook = {
  name: "stream",
  width,
  layout: { specials: 2, grid: [2, 3] },
};

/** What a planted model predicts, and how. */
export interface PlantedOptions {
  /** What its prediction is. */
  readonly kind: "depth" | "logits" | "features";
  /** What the prediction takes of each activation, `[out, width]`; of the specials nothing. */
  readonly weights: readonly (readonly number[])[];
  /** Pictures that cannot be decoded. */
  readonly bad?: readonly number[];
}

/** Activations of a picture: `[8, width]`. */
export function activationsOf(index: number): Float32Array {
  const random = randomFrom(3, index);
  return Float32Array.from(
    { length: 8 * width },
    (_, i) => i < 2 * width ? 100 : 5 + random.normal() * (1 + i % 3),
  );
}

/** Predictions from activations: a number for each patch and row of the weights; logits are those of all patches summed. */
export function predict(
  { data, shape: [images] }: HostTensor,
  { kind, weights }: PlantedOptions,
): HostTensor {
  const out: number[] = [];
  for (let image = 0; image < images!; image++) {
    const patches = Array.from({ length: 6 }, (_, patch) => {
      const at = (image * 8 + 2 + patch) * width;
      return weights.map((row) =>
        row.reduce((sum, w, d) => sum + w * data[at + d]!, 0)
      );
    });
    out.push(
      ...kind === "logits"
        ? weights.map((_, i) => patches.reduce((sum, p) => sum + p[i]!, 0))
        : patches.flat(),
    );
  }
  const shape = kind === "logits"
    ? [images!, 1, weights.length]
    : [images!, 6, weights.length];
  return { data: Float32Array.from(out), shape };
}

/** A model of eight tokens, that can pause at `stream`; what `first` predicts comes before it. */
export function plantedEncoder(options: PlantedOptions): Encoder {
  const encode: Encoder["encode"] = (images) => {
    const data = new Float32Array(images.length * 8 * width);
    images.forEach((image, i) =>
      data.set(activationsOf(indexOf(image)), i * 8 * width)
    );
    const stream = { data, shape: [images.length, 8, width] };
    return Promise.resolve({ stream });
  };
  const meaning = "a sum";
  return {
    hooks: [hook, { ...hook, name: "out.put" }],
    defaultHook: "stream",
    provenance: {},
    predictions: [
      { hook: "first", kind: "depth", meaning },
      { hook: "out.put", kind: options.kind, meaning },
    ],
    encode,
    async pause(images) {
      const activations = await encode(images, ["stream"]);
      return {
        activations,
        resume(edited = activations, wanted = ["out.put"]) {
          if (wanted.includes("first")) {
            const error = new Error("Cannot resume to an earlier hook");
            error.name = "ConfigError";
            return Promise.reject(error);
          }
          const output = predict(edited.stream!, options);
          return Promise.resolve({ "out.put": output });
        },
      };
    },
    memory: () => 0,
    close: () => Promise.resolve(),
  };
}

function indexOf({ data }: RgbImage): number {
  return data[0]!;
}

function dataset(bad: readonly number[]): Dataset {
  return {
    length: 30,
    get: (index) =>
      bad.includes(index)
        ? Promise.reject(new ExampleError(`${index}`, "it is torn"))
        : Promise.resolve({
          id: `${index}`,
          image: { data: Uint8Array.of(index, 0, 0), width: 1, height: 1 },
        }),
  };
}

/** A dictionary of five latents, `decode` being what it is told. */
export function plantedInput(
  options: PlantedOptions,
  W_dec: Float32Array,
): ProbeInput & { readonly dictionary: Dictionary } {
  const engine: Engine = reference();
  const identity = Float32Array.from(
    { length: 5 * width },
    (_, i) => Number(Math.floor(i / width) === i % width),
  );
  const params: Tensors = {
    W_enc: engine.tensor(identity, [5, width]),
    b_enc: engine.fill(0, [5]),
    b_dec: engine.fill(0, [width]),
    W_dec: engine.tensor(W_dec, [5, width]),
  };
  const sparsifier: Sparsifier = {
    dSae: 5,
    saelens: { architecture: "standard" },
    init: () => {
      throw new Error("its parameters are given");
    },
    encode: (engine, { W_enc, b_enc }, x) =>
      engine.encode(x, { W_enc: W_enc!, b_enc: b_enc! }, { keep: "positive" }),
    decode: (engine, { W_dec, b_dec }, codes) =>
      engine.decode(codes, W_dec!, b_dec!),
    loss: () => Promise.reject(new Error("it is not trained")),
  };
  return {
    dataset: dataset(options.bad ?? []),
    heldOut: Uint32Array.from({ length: 24 }, (_, i) => i + 3),
    encoder: plantedEncoder(options),
    hook: "stream",
    engine,
    dictionary: { engine, sparsifier, params },
  };
}
