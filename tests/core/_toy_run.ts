/**
 * A tiny run for tests: pictures, a model and a dictionary of a few numbers.
 *
 * @module
 */
import {
  type Dataset,
  type Encoder,
  ExampleError,
  type Kinds,
  randomFrom,
  type Sparsifier,
} from "tessera";
import { type OpenRun, openRun } from "../../core/train/open_run.ts";
import { hashRun } from "../../core/run/compare_runs.ts";
import {
  type RunConfig,
  runSchema,
  type Slot,
} from "../../core/run/run_schema.ts";
import { reference } from "../../plugins/engines/reference/mod.ts";
import { batchTopK } from "../../plugins/sparsifiers/batch_top_k.ts";

/** Width of a toy activation. */
export const toyWidth = 6;

/** `length` pictures of one pixel that encodes their index; those in `bad` cannot be decoded. */
export function toyDataset(
  length: number,
  bad: readonly number[] = [],
): Dataset {
  return {
    length,
    get: (index) =>
      bad.includes(index)
        ? Promise.reject(new ExampleError(`toy/${index}`, "it is torn"))
        : Promise.resolve({
          id: `toy/${index}`,
          image: {
            data: Uint8Array.of(index >> 16, index >> 8, index),
            width: 1,
            height: 1,
          },
        }),
  };
}

/** The index that a toy picture encodes. */
function toyIndex({ data }: { readonly data: Uint8Array }): number {
  return data[0]! << 16 | data[1]! << 8 | data[2]!;
}

/** Options of {@linkcode toyEncoder}. */
interface ToyEncoderOptions {
  /** How many special tokens there are. */
  readonly specials?: number;
  /** Changes the tokens `[patches, width]` of picture `index`. */
  readonly change?: (tokens: Float32Array, index: number) => void;
}

/** A model whose four patch tokens are sums of two of twelve fixed directions; specials are 1000 · index. */
export function toyEncoder(
  { specials = 0, change }: ToyEncoderOptions = {},
): Encoder {
  const random = randomFrom(9);
  const directions = Array.from(
    { length: 12 },
    () => Float32Array.from({ length: toyWidth }, () => random.normal()),
  );
  const patch = (index: number): Float32Array => {
    const tokens = new Float32Array(4 * toyWidth).fill(3);
    const random = randomFrom(7, index);
    for (let at = 0; at < tokens.length; at += toyWidth) {
      for (let part = 0; part < 2; part++) {
        const size = 1 + random.next();
        directions[random.integer(12)]!.forEach((x, d) =>
          tokens[at + d]! += size * x
        );
      }
    }
    change?.(tokens, index);
    return tokens;
  };
  const layout = { specials, grid: [2, 2] } as const;
  return {
    hooks: [
      { name: "toy.0", width: toyWidth, layout },
      { name: "toy.1", width: toyWidth, layout },
    ],
    defaultHook: "toy.1",
    provenance: { toy: 1 },
    encode(images, hooks) {
      const each = (specials + 4) * toyWidth;
      const data = new Float32Array(images.length * each);
      images.forEach((image, i) => {
        const index = toyIndex(image), from = i * each;
        data.fill(1000 * index, from, from + specials * toyWidth);
        data.set(patch(index), from + specials * toyWidth);
      });
      const x = { data, shape: [images.length, specials + 4, toyWidth] };
      return Promise.resolve(
        Object.fromEntries(hooks.map((hook) => [hook, x])),
      );
    },
    memory: () => 0,
    close: () => Promise.resolve(),
  };
}

/** A sparsifier of twelve latents, two per token. */
export function toySparsifier(k = 2): Sparsifier {
  const init = "random", bDec = "mean", alphaAux = 1 / 32;
  return batchTopK({ dSae: 12, k, init, bDec, alphaAux });
}

/** Settings of a toy run, by default 40 pictures, 4 at a time, and 30 steps of 16 tokens. */
function toyConfig(
  settings: Record<string, unknown> = {},
): RunConfig {
  const merged = {
    buffer: { tokens: 64, batch: 16, images: 4 },
    train: { tokens: 480, sample: 64, lr: 0.01 },
    evaluate: { images: 8 },
    checkpoint: { every: 7 },
    log: { every: 5 },
  } as Record<string, unknown>;
  for (const [key, value] of Object.entries(settings)) {
    merged[key] = typeof value === "object"
      ? { ...merged[key] as object, ...value }
      : value;
  }
  return runSchema.parse(merged);
}

/** Opens a toy run with other settings or parts. */
export async function openToy(
  settings: Record<string, unknown> = {},
  parts: Partial<Pick<Kinds, Slot>> = {},
): Promise<OpenRun> {
  const config = toyConfig(settings);
  const made: Pick<Kinds, Slot> = {
    dataset: toyDataset(40),
    encoder: toyEncoder(),
    sparsifier: toySparsifier(),
    engine: reference(),
    ...parts,
  };
  return await openRun({
    config,
    hash: await hashRun(config),
    base: new URL("file:///"),
    create: (slot) => Promise.resolve(made[slot]),
  });
}
