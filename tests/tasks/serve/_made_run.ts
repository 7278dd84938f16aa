/**
 * Writes a run of any size that was never trained, for the pages to show.
 *
 * @module
 */
import { join } from "node:path";
import { hashRun } from "../../../core/run/compare_runs.ts";
import { exemplars } from "../../../core/latents/exemplars.ts";
import { binOf, histogramBins } from "../../../core/latents/latent_counts.ts";
import {
  type LatentIndex,
  writeLatentIndex,
} from "../../../core/latents/latent_index.ts";
import type { TrainResults } from "../../../core/train/measure_trained.ts";
import { type Random, randomFrom } from "../../../core/random.ts";
import { runSchema } from "../../../core/run/run_schema.ts";

/** Pictures of two colours, each with a label; those from `gone` on cannot be decoded. */
const dataset = `
class ExampleError extends Error {
  name = "ExampleError";
}
export default {
  apiVersion: 1,
  kind: "dataset",
  name: "halves",
  description: "Two colours",
  options: {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => ({ value: { length: 100, gone: Infinity, missing: false, ...value } }),
    },
  },
  create: ({ length, gone, missing }) => {
    if (missing) throw new ExampleError("Cannot open the pictures: they were moved away");
    return {
      length,
      async get(index) {
        if (index >= gone) throw new ExampleError("Cannot decode halves/" + index);
        const data = new Uint8Array(96 * 64 * 3).map((_, i) =>
          (Math.floor(i / 3) % 96 < 48 ? 40 : 200) + index * (i % 3 + 1) & 255
        );
        return {
          id: "halves/" + index,
          image: { data, width: 96, height: 64 },
          labels: { class: index % 2 ? "dusk" : "dawn" },
        };
      },
    };
  },
};
`;

/** Options for {@linkcode makeRun}. */
export interface MadeRunOptions {
  /** How many latents. */
  readonly dSae?: number;
  /** Patches on a side of the grid. */
  readonly side?: number;
  /** Options of the dataset: `gone`, `missing`. */
  readonly dataset?: Readonly<Record<string, unknown>>;
  /** Without an index when false. */
  readonly indexed?: boolean;
  /** Without results when false. */
  readonly trained?: boolean;
}

/** Writes the run `root/name`; its last latent never fires. */
export async function makeRun(
  root: string,
  name: string,
  {
    dSae = 64,
    side = 4,
    dataset: options = {},
    indexed = true,
    trained = true,
  }: MadeRunOptions = {},
): Promise<string> {
  const folder = join(root, name);
  await Deno.mkdir(join(folder, "checkpoint"), { recursive: true });
  const plugin = join(root, "halves.js");
  await Deno.writeTextFile(plugin, dataset);
  const config = runSchema.parse({
    name,
    hook: "pixels",
    dataset: { use: plugin, ...options },
    sparsifier: { use: "batch-top-k", dSae },
  });
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
  await Deno.writeTextFile(join(folder, "metrics.jsonl"), metrics(40));
  if (trained) {
    await Deno.writeTextFile(
      join(folder, "results.json"),
      JSON.stringify(results),
    );
  }
  if (indexed) {
    const run = await hashRun(config);
    await writeLatentIndex(join(folder, "index"), madeIndex(run, dSae, side));
  }
  return folder;
}

/** `count` lines of a log. */
export function metrics(count: number): string {
  return Array.from({ length: count }, (_, i) =>
    `${
      JSON.stringify({
        step: 20 * i,
        tokens: 40960 * (i + 1),
        loss: 0.2 + 1 / (i + 2),
        fvu: 0.15 + 1 / (i + 2),
        l0: 32,
        dead: 0.01,
      })
    }\n`).join("");
}

const results: TrainResults = {
  fvu: 0.1851,
  l0: 34.57,
  silent: 0.0874,
  tokens: 32768,
  images: 128,
  skipped: 0,
  dead: 0.106,
  deadTokens: 30000,
  targetL0: 32,
  threshold: 0.5322,
  steps: 293,
  trainedTokens: 600064,
  skippedImages: 0,
};

/** An index of numbers that were made up; the last latent has none. */
function madeIndex(run: string, dSae: number, side: number): LatentIndex {
  const tokens = side * side, random = randomFrom(1);
  const [top, chance] = [16, 8].map((slots) => {
    const made = exemplars(dSae, slots, tokens);
    for (let slot = 0; slot < (dSae - 1) * slots; slot++) {
      fillSlot(made, slot, tokens, random);
    }
    return made;
  }) as [ReturnType<typeof exemplars>, ReturnType<typeof exemplars>];
  const fill = (make: () => number): Float32Array =>
    Float32Array.from(
      { length: dSae },
      (_, i) => i === dSae - 1 ? NaN : make(),
    );
  const density = fill(() => Math.exp(-3 - 4 * random.next()));
  density[dSae - 1] = 0;
  const max = Float32Array.from(
    { length: dSae },
    (_, latent) => top.value[latent * 16]!,
  );
  const histogram = new Uint32Array(dSae * histogramBins);
  for (let latent = 0; latent + 1 < dSae; latent++) {
    for (let i = 0; i < 40; i++) {
      histogram[
        latent * histogramBins + binOf(max[latent]! * random.next() + 0.01)
      ]!++;
    }
  }
  const near = () => ({
    count: 8,
    latent: Int32Array.from(
      { length: 8 * dSae },
      () => Math.floor(random.next() * dSae),
    ),
    cosine: Float32Array.from({ length: 8 * dSae }, (_, i) => 1 - (i % 8) / 9),
  });
  return {
    info: {
      version: 1,
      run,
      dSae,
      grid: [side, side],
      images: 100,
      skipped: 0,
      tokens: 100 * tokens,
      slots: { top: 16, chance: 8 },
      neighbours: 8,
      label: "class",
    },
    columns: {
      density,
      pictures: fill(() => random.next()),
      mean: fill(() => random.next()),
      max,
      spread: fill(() => random.next()),
      purity: fill(() => 0.5 + random.next() / 2),
    },
    histogram,
    places: Float32Array.from({ length: dSae * tokens }, () => random.next()),
    top,
    chance,
    alike: near(),
    together: near(),
    plane: Float32Array.from({ length: 2 * dSae }, () => random.normal()),
  };
}

function fillSlot(
  made: ReturnType<typeof exemplars>,
  slot: number,
  tokens: number,
  random: Random,
): void {
  made.value[slot] = 3 - 2 * (slot % made.slots) / made.slots;
  made.example[slot] = Math.floor(random.next() * 100);
  const token = made.token[slot] = Math.floor(random.next() * tokens);
  const map = made.map.subarray(slot * tokens, (slot + 1) * tokens);
  for (let i = 0; i < 4; i++) {
    map[Math.floor(random.next() * tokens)] = 90;
  }
  map[token] = 255;
}
