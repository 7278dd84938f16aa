/**
 * How a model encodes depth: where it can be read, which latents go with it,
 * and whether they move what the model says.
 *
 * @module
 */
import { z } from "zod";
import {
  ConfigError,
  definePlugin,
  type Plugin,
  type PluginContext,
  type Probe,
  type ProbeResult,
} from "../../../mod.ts";
import { hooksNamed } from "../study/choose_hooks.ts";
import { openDepthStudy } from "./study/depth_study.ts";
import { sense } from "./sense/mod.ts";
import type { PartResult } from "../study/study.ts";
import type { LatentTuning } from "../who/tuning.ts";
import { where } from "../where/mod.ts";
import { plainTuning, who } from "../who/mod.ts";
import { why } from "./why/mod.ts";

/** The parts of the probe, in the order in which they run. */
const parts = ["sense", "where", "who", "why"] as const;

/** who: quantile bins of depth, curves drawn, and the share of false discoveries that is allowed. */
const tuningCurves = { bins: 20, curves: 24, q: 0.05 };

/** why: how far latents and directions are moved, in standard deviations. */
const doses = [-4, -2, -1, 1, 2, 4];

const options = z.strictObject({
  parts: z.string().default(parts.join(",")).describe(
    "Which parts run, with commas between: sense, how right the model's depth is; where, at which hooks depth can be read; who, which latents go with it; why, whether they move what the model says",
  ),
  images: z.int().min(4).default(256).describe(
    "Held-out pictures looked at, at most, evenly chosen: 7 of 10 to fit on, the rest to measure on",
  ),
  folds: z.int().min(2).default(5).describe(
    "Groups of the pictures fitted on, by which penalties are chosen",
  ),
  hooks: z.string().default("stream").describe(
    "where: the hooks that are read: stream, all, or names with commas between, in which * stands for anything",
  ),
  randomEncoders: z.int().min(0).default(3).describe(
    "where: networks with their weights in random order that are read as a control",
  ),
  shuffles: z.int().min(1).default(20).describe(
    "where: times that the targets are shuffled as a control",
  ),
  permutations: z.int().min(20).default(1000).describe(
    "who: times that pictures change their depth for the null distribution",
  ),
  latents: z.int().min(1).default(50).describe(
    "why: latents that are ablated and steered",
  ),
  causalImages: z.int().min(2).default(20).describe(
    "why: pictures on which they are",
  ),
  controls: z.int().min(1).default(4).describe(
    "why: matched controls of each latent",
  ),
});

/** Options of {@linkcode depth}. */
export type DepthOptions = z.infer<typeof options>;

type Context = Pick<PluginContext, "seed" | "report">;

/**
 * Asks how a model encodes depth, in four parts that can run alone; each is
 * documented in its file in `depth/`:
 *
 * - `sense`: how right the model's own depth is;
 * - `where`: at which hooks a linear probe reads depth, beside its controls;
 * - `who`: which latents go with depth beyond their place in the picture, and
 *   how many units of the controls do;
 * - `why`: what becomes of the model's own depth when they are edited.
 *
 * Numbers have 95 % intervals of a bootstrap over pictures, or over sequences
 * where pictures come in such. The verdict claims only what clears its matched
 * controls.
 */
export function depth(options: DepthOptions, context: Context): Probe {
  const asked = partsNamed(options.parts);
  return {
    async run(input) {
      const study = await openDepthStudy(input, { ...options, ...context });
      const hooks = hooksNamed(options.hooks, study.encoder, study.hook.name);
      const results: PartResult[] = [];
      let tuning: LatentTuning | undefined;
      if (asked.has("sense")) results.push(await sense(study));
      if (asked.has("where")) {
        results.push(await where(study, { ...options, hooks }));
      }
      if (asked.has("who")) {
        const { tuning: found, ...result } = await who(study, {
          ...options,
          ...tuningCurves,
        });
        tuning = found;
        results.push(result);
      }
      if (asked.has("why")) {
        tuning ??= await plainTuning(study, tuningCurves.bins);
        const { latents, causalImages: images, controls } = options;
        const asked = { latents, images, controls, doses };
        results.push(await why(study, tuning, asked));
      }
      return together(results);
    },
  };
}

/** The parts that `words` names. */
function partsNamed(words: string): ReadonlySet<string> {
  const named = words.split(",").map((word) => word.trim());
  const unknown = named.find((word) => !parts.some((part) => part === word));
  if (unknown === undefined) return new Set(named);
  throw new ConfigError(
    "parts",
    `Cannot run part "${unknown}" of the depth probe: write some of ${
      parts.join(",")
    }, with commas between`,
  );
}

/** One result of all parts; their names differ. */
function together(results: readonly PartResult[]): ProbeResult {
  const joined = <T>(
    of: (result: PartResult) => Readonly<Record<string, T>> | undefined,
  ): Record<string, T> =>
    Object.assign({}, ...results.map((result) => of(result) ?? {}));
  return {
    verdict: results.flatMap(({ verdict }) => verdict),
    metrics: joined(({ metrics }) => metrics),
    // Columns of latents are shown behind the name of their probe.
    perLatent: Object.fromEntries(
      Object.entries(joined(({ perLatent }) => perLatent))
        .map(([name, column]) => [name.replace(/^depth_/, ""), column]),
    ),
    figures: joined(({ figures }) => figures),
    tables: joined(({ tables }) => tables),
  };
}

/** The plugin. */
const plugin: Plugin<"probe", DepthOptions> = definePlugin({
  apiVersion: 1,
  kind: "probe",
  name: "depth",
  description:
    "How the model encodes depth: where it is read, which latents carry it, and whether they matter",
  options,
  create: depth,
});
export default plugin;
