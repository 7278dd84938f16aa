/**
 * How well a dictionary rebuilds what it reads, and how well the model goes on
 * with that.
 *
 * @module
 */
import { z } from "zod";
import {
  collect,
  ConfigError,
  type Dataset,
  definePlugin,
  type Dictionary,
  type Encoder,
  estimateOf,
  evenly,
  findHook,
  type Hook,
  inGroups,
  type Metric,
  type Plugin,
  type PluginContext,
  type Probe,
  type ProbeInput,
  type ProbeResult,
  quantity,
  ratioOfSums,
  requireDictionary,
  type RgbImage,
  sizeOf,
  type Table,
  tableOf,
  type TrainingEnd,
} from "../../../mod.ts";
import { placeFigure } from "./place_figure.ts";
import {
  addPatches,
  fvuByPlace,
  fvuOf,
  meanPatch,
  type PatchSums,
  patchSums,
} from "./patch_sums.ts";
import { addRecovery, type Recovery } from "./recovery.ts";
import { recoveryFound } from "./recovery_metrics.ts";

const options = z.strictObject({
  images: z.int().min(2).default(128).describe(
    "Held-out pictures looked at, at most, evenly chosen",
  ),
});

/** Options of {@linkcode reconstruction}. */
export interface ReconstructionOptions {
  /** Held-out pictures looked at, at most. */
  readonly images: number;
}

/** What a plugin's context gives this probe. */
type Context = Pick<PluginContext, "seed" | "report">;

/** Pictures that are looked at together. */
const together = 8;

/**
 * Measures a dictionary on the patches of pictures that it was not trained on:
 *
 * - `fvu`, `l0`, `cosine` of `x` and `x̂`, the share of `silent` latents, that
 *   of `dead` ones where the run says it, and the FVU at each place of the grid;
 * - where the model predicts something and can go on from a pause: its own
 *   prediction with `x̂` in place of every patch, and, as the control, with the
 *   mean patch in place of every patch, which leaves nothing of the picture.
 *   With `d` the distance of a prediction from the model's own clean one,
 *   **loss recovered** is `1 − d(x̂) / d(mean)`: 1 when the model says what it
 *   always said, 0 when `x̂` is as bad as no picture at all, below 0 when it is
 *   worse. `d` is the mean squared difference for depth and features, the
 *   Kullback–Leibler divergence for logits. It compares the model with itself:
 *   nothing is said of how right it is.
 *
 * Intervals are 95 % ones, of a bootstrap over pictures.
 */
export function reconstruction(
  { images }: ReconstructionOptions,
  context: Context,
): Probe {
  return {
    async run(input) {
      const { length } = input.heldOut;
      const chosen = evenly(length, images).map((i) => input.heldOut[i]!);
      const hook = findHook(input.encoder, input.hook);
      if (sizeOf(hook.layout.grid) === 0) {
        throw new ConfigError(
          "hook",
          `Cannot measure the reconstruction of patches: "${hook.name}" has none`,
        );
      }
      const dictionary = requireDictionary(input, "reconstructions");
      const asked = { ...input, dictionary };
      const sums = await measure(chosen, hook, asked, context);
      const density = sums.fired.map((count) =>
        count / (sums.pictures.error.length * sums.places)
      );
      const recovered = await recover(chosen, hook, sums, asked, context);
      const found = recoveryFound(recovered, context.seed);
      const places = placeTable(hook, fvuByPlace(sums));
      return {
        verdict: found.verdict,
        metrics: {
          ...metricsOf(sums, context.seed),
          ...deadOf(input.training),
          ...found.metrics,
        },
        perLatent: {
          density: {
            values: Float32Array.from(density),
            meaning: "share of the patches measured on which it fires",
          },
        },
        figures: {
          fvu_by_place: {
            svg: await placeFigure(places),
            caption:
              "FVU at each place of the picture: where the dictionary leaves most unexplained",
          },
        },
        tables: { fvu_by_place: places },
      } satisfies ProbeResult;
    },
  };
}

/** What the probe may look at, its dictionary known to be there. */
type Asked = ProbeInput & { readonly dictionary: Dictionary };

async function measure(
  chosen: Uint32Array,
  hook: Hook,
  { dataset, encoder, dictionary, signal }: Asked,
  { report }: Context,
): Promise<PatchSums> {
  const { engine, sparsifier, params } = dictionary;
  const sums = patchSums(
    hook.width,
    sizeOf(hook.layout.grid),
    sparsifier.dSae,
  );
  const groups = inGroups(chosen, together), tokens = "patches";
  let done = 0;
  for await (
    const group of collect(dataset, encoder, groups, { hook, tokens })
  ) {
    signal?.throwIfAborted();
    done += group.examples.length + group.skipped.length;
    report?.({ text: "reconstructing pictures", done, total: chosen.length });
    if (group.examples.length === 0) continue;
    await engine.tidy(async () => {
      const x = engine.tensor(group.x.data, group.x.shape);
      const codes = await sparsifier.encode(engine, params, x);
      const decoded = sparsifier.decode(engine, params, codes);
      addPatches(sums, {
        x: group.x.data,
        xHat: await engine.read(decoded),
        codes: await engine.readCodes(codes),
      });
    });
  }
  if (sums.pictures.error.length > 0) return sums;
  throw new ConfigError(
    "dataset",
    `Cannot measure a reconstruction: none of ${chosen.length} held-out pictures could be decoded`,
  );
}

/** What the dictionary does to the model's own predictions; nothing where it makes none. */
async function recover(
  chosen: Uint32Array,
  hook: Hook,
  sums: PatchSums,
  input: Asked,
  { report }: Context,
): Promise<Recovery[]> {
  const { dataset, encoder, signal } = input, { predictions = [] } = encoder;
  if (!canPause(encoder) || predictions.length === 0) return [];
  const found = new Map<string, Recovery>(), mean = meanPatch(sums);
  let done = 0;
  for (const group of inGroups(chosen, together)) {
    signal?.throwIfAborted();
    const images = await readImages(dataset, group);
    if (images.length > 0) {
      await addRecovery(found, images, {
        encoder,
        hook,
        dictionary: input.dictionary,
        mean,
      });
    }
    done += group.length;
    report?.({ text: "going on with x̂", done, total: chosen.length });
  }
  return [...found.values()];
}

function canPause(
  encoder: Encoder,
): encoder is Encoder & Required<Pick<Encoder, "pause">> {
  return encoder.pause !== undefined;
}

/** The pictures among `indices` that can be decoded. */
async function readImages(
  dataset: Dataset,
  indices: readonly number[],
): Promise<RgbImage[]> {
  const read = indices.map((index) =>
    dataset.get(index).then(
      ({ image }) => [image],
      (error) => {
        if (error?.name !== "ExampleError") throw error;
        return [];
      },
    )
  );
  return (await Promise.all(read)).flat();
}

/** What is measured of the reconstruction itself; what cannot be is left out. */
function metricsOf(sums: PatchSums, seed: number): Record<string, Metric> {
  const { pictures, cosines, entries, places, fired } = sums;
  const count = pictures.error.length;
  const fvu = estimateOf((times) => fvuOf(sums, times), {
    clusters: count,
    seed,
  });
  const patches = new Array<number>(count).fill(places);
  const draws = { clusters: [...patches.keys()], seed };
  return {
    ...quantity(
      "fvu",
      fvu,
      "fraction of variance unexplained: 0 is a perfect reconstruction, 1 is no better than the mean patch",
    ),
    ...quantity(
      "l0",
      ratioOfSums(entries, patches, draws),
      "latents that fire on a patch",
      "latents",
    ),
    ...quantity(
      "cosine",
      ratioOfSums(cosines, patches, draws),
      "cosine of a patch and its reconstruction, about the origin: high for any dictionary where the mean patch is long",
    ),
    ...quantity(
      "silent",
      fired.filter((count) => count === 0).length / fired.length,
      "share of the latents that fire on none of these patches",
    ),
    ...quantity(
      "pictures",
      count,
      `pictures measured, ${places} patches of each`,
    ),
  };
}

/** What training says of dead latents, which no look at pictures can tell. */
function deadOf(training: TrainingEnd | undefined): Record<string, Metric> {
  return quantity(
    "dead",
    training?.dead,
    `share of the latents that fired on none of the last ${training?.deadTokens} training tokens`,
  );
}

function placeTable(
  { layout: { grid: [, cols] } }: Hook,
  values: Float64Array,
): Table {
  const places = Array.from(values, (fvu, place) => ({
    row: Math.floor(place / cols),
    column: place % cols,
    fvu,
  }));
  return tableOf("FVU at each place of the grid", places, {
    row: "row of the grid, from the top, 0 first",
    column: "column of the grid, from the left, 0 first",
    fvu:
      "squared error there over the squared distance of the patches there from the mean patch of all places",
  });
}

/** The plugin. */
const plugin: Plugin<"probe", ReconstructionOptions> = definePlugin({
  apiVersion: 1,
  kind: "probe",
  name: "reconstruction",
  description:
    "How well the dictionary rebuilds activations, and how well the model goes on with them",
  options,
  create: reconstruction,
});
export default plugin;
