/**
 * Encodes pictures into token activations.
 *
 * @module
 */
import type { Dataset, Example } from "../dataset.ts";
import type { Encoder, Hook } from "../encoder.ts";
import { ConfigError, type ExampleError } from "../errors.ts";
import { mapAhead } from "../map_ahead.ts";
import type { RunConfig } from "../run/run_schema.ts";
import type { HostTensor } from "../tensor.ts";

/** The token activations of a few pictures. */
export interface TokenGroup {
  /** One row for each token, picture by picture: `[tokens, width]`. */
  readonly x: HostTensor;
  /** The pictures' indices in the dataset. */
  readonly examples: readonly number[];
  /** The pictures' ids. */
  readonly ids: readonly string[];
  /** The pictures' labels. */
  readonly labels: readonly NonNullable<Example["labels"]>[];
  /** How many tokens each picture has. */
  readonly perExample: number;
  /** Pictures that could not be decoded. */
  readonly skipped: readonly ExampleError[];
}

/** Options for {@linkcode collect}. */
export interface CollectOptions {
  /** Where the encoder is read. */
  readonly hook: Hook;
  /** Which tokens: patches only, or specials too. */
  readonly tokens: RunConfig["tokens"];
}

/**
 * The activations of each group of pictures, in order. While one group is used,
 * the next is encoded and the two after that are decoded.
 *
 * @throws {ConfigError} When none of as many pictures in a row as the dataset has could be decoded.
 */
export async function* collect(
  dataset: Dataset,
  encoder: Encoder,
  groups: Iterable<readonly number[]>,
  { hook, tokens }: CollectOptions,
): AsyncGenerator<TokenGroup> {
  const decoded = mapAhead(groups, 2, (indices) => decode(dataset, indices));
  const encoded = mapAhead(decoded, 1, async ({ read, skipped }) => {
    const images = read.map(({ example }) => example.image);
    const x = images.length === 0
      ? { data: new Float32Array(), shape: [0, 0, hook.width] }
      : (await encoder.encode(images, [hook.name]))[hook.name]!;
    const specials = tokens === "all" ? 0 : hook.layout.specials;
    return {
      x: withoutSpecials(x, specials),
      examples: read.map(({ index }) => index),
      ids: read.map(({ example }) => example.id),
      labels: read.map(({ example }) => example.labels ?? {}),
      perExample: x.shape[1]! - specials,
      skipped,
    };
  });
  let bad = 0;
  for await (const group of encoded) {
    bad = group.examples.length > 0 ? 0 : bad + group.skipped.length;
    if (bad >= dataset.length) {
      throw new ConfigError(
        "dataset",
        `Cannot decode any of the dataset's ${dataset.length} pictures: ${
          group.skipped[0]!.message
        }`,
      );
    }
    yield group;
  }
}

/** How many tokens a picture has at `hook`. */
export function tokensPerExample(
  { layout: { specials, grid: [rows, cols] } }: Hook,
  tokens: RunConfig["tokens"],
): number {
  return rows * cols + (tokens === "all" ? specials : 0);
}

interface Decoded {
  readonly read: readonly {
    readonly index: number;
    readonly example: Example;
  }[];
  readonly skipped: readonly ExampleError[];
}

async function decode(
  dataset: Dataset,
  indices: readonly number[],
): Promise<Decoded> {
  const results = await Promise.all(indices.map(async (index) => {
    try {
      return { index, example: await dataset.get(index) };
    } catch (error) {
      // By name, because a plugin may bring its own copy of the class.
      if ((error as Error)?.name === "ExampleError") {
        return error as ExampleError;
      }
      throw error;
    }
  }));
  return {
    read: results.filter((result) => "example" in result),
    skipped: results.filter((result) => "id" in result),
  };
}

/** `[images, tokens, width]` → `[images · (tokens − specials), width]` */
function withoutSpecials(x: HostTensor, specials: number): HostTensor {
  const [images, tokens, width] = x.shape as [number, number, number];
  const kept = tokens - specials;
  if (specials === 0) return { data: x.data, shape: [images * kept, width] };
  const data = new Float32Array(images * kept * width);
  for (let image = 0; image < images; image++) {
    const from = (image * tokens + specials) * width;
    data.set(x.data.subarray(from, from + kept * width), image * kept * width);
  }
  return { data, shape: [images * kept, width] };
}
