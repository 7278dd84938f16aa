/**
 * A toy run with an untrained dictionary, to be indexed.
 *
 * @module
 */
import type { Dataset, Tensors } from "tessera";
import type { IndexOptions } from "../../../core/latents/index_latents.ts";
import type { OpenRun } from "../../../core/train/open_run.ts";
import { randomFrom } from "../../../core/random.ts";
import { openToy, toyDataset, toyEncoder, toyWidth } from "../_toy_run.ts";

/** Options of a toy index. */
export const toyIndexOptions: IndexOptions = {
  images: 1000,
  top: 3,
  chance: 4,
  perImage: 1,
  neighbours: 3,
};

/** A toy dataset whose even pictures are labelled cats and whose odd ones have no label. */
export function labelled(dataset: Dataset): Dataset {
  return {
    ...dataset,
    async get(index) {
      const example = await dataset.get(index);
      const labels = { pixels: 1, animal: index % 4 === 0 ? "cat" : "dog" };
      return index % 2 === 0 ? { ...example, labels } : example;
    },
  };
}

/** Opens the run; pictures in `bad` cannot be decoded. */
export async function openToyIndex(
  { bad = [], length = 40, settings = {} }: {
    readonly bad?: readonly number[];
    readonly length?: number;
    readonly settings?: Record<string, unknown>;
  } = {},
): Promise<{ run: OpenRun; params: Tensors }> {
  const run = await openToy(settings, {
    dataset: labelled(toyDataset(length, bad)),
    encoder: toyEncoder({ specials: 1 }),
  });
  const random = randomFrom(8), { engine, sparsifier: { dSae } } = run;
  const values = (length: number, mean: number) =>
    Float32Array.from({ length }, () => mean + random.normal());
  const params: Tensors = {
    W_enc: engine.tensor(values(dSae * toyWidth, 0), [dSae, toyWidth]),
    W_dec: engine.tensor(values(dSae * toyWidth, 0), [dSae, toyWidth]),
    // The last latent never fires.
    b_enc: engine.tensor(values(dSae, 0).fill(-1e6, dSae - 1), [dSae]),
    b_dec: engine.tensor(values(toyWidth, 3), [toyWidth]),
    threshold: engine.tensor(new Float32Array(dSae).fill(2), [dSae]),
  };
  return { run, params };
}
