/**
 * Metrics of the units that go with a target.
 *
 * @module
 */
import { type Metric, quantity, shareDifference } from "../../../mod.ts";
import type { UnitSource, WhoFound } from "./found.ts";
import { passingRule } from "./passing_rule.ts";
import { leastTested } from "./position_null.ts";

/** The metrics, the headline first. */
export function metricsOf(found: WhoFound): Record<string, Metric> {
  const { trained, controls, words: { name }, scale, l0 } = found;
  const { patches, half, known } = scale;
  return {
    ...trained && trainedMetrics(trained, found),
    ...Object.assign(
      {},
      ...controls.map((control) => controlMetrics(control, trained)),
    ),
    ...quantity(
      "who_l0",
      l0,
      "units that fire on a patch, in each of the sources",
      "units",
    ),
    ...quantity(
      "who_pictures",
      patches.pictures.length,
      `pictures whose ${name} is known, in ${half.length} clusters`,
    ),
    ...quantity("who_patches", known, `patches whose ${name} is known`),
  };
}

const intervalWords =
  "the interval is over units, each for itself, not over pictures";

function trainedMetrics(
  trained: UnitSource,
  { words, q, permutations }: WhoFound,
): Record<string, Metric> {
  const { name, small, large } = words;
  const [, ofSmall, ofLarge, ofBand] = trained.ofClass;
  const latents = (of: string, count: number, meaning: string) =>
    quantity(`who_${of}`, count, `latents ${meaning}`, "latents");
  return {
    ...latents(
      "pass",
      trained.pass,
      `that go with ${name}: ${passingRule(q, name)}`,
    ),
    ...quantity(
      "who_share",
      trained.share,
      `share of all latents that pass (Wilson); ${intervalWords}`,
    ),
    ...latents(
      "tested",
      trained.tested,
      `that fire on at least ${leastTested.patches} patches in at least ${leastTested.clusters} clusters of pictures: the others were not tested`,
    ),
    ...latents(
      small[0],
      ofSmall!,
      `that pass and fire more the ${small[1]} a patch is`,
    ),
    ...latents(
      large[0],
      ofLarge!,
      `that pass and fire more the ${large[1]} a patch is`,
    ),
    ...latents(
      "band",
      ofBand!,
      `that pass and fire most at a ${name} between`,
    ),
    ...quantity(
      "who_partial_eta2",
      trained.median,
      `of the latents that pass, the median share of what the place leaves unexplained of an activation that ${name} explains`,
    ),
    ...quantity(
      "who_largest",
      trained.largest,
      `the partial eta² that no latent at all exceeds in 95 % of ${permutations} permutations`,
    ),
    ...latents(
      "above_largest",
      trained.aboveLargest,
      "whose partial eta² is above that: the chance that there is one by chance is 5 %",
    ),
  };
}

function controlMetrics(
  { name, units, pass, share }: UnitSource,
  trained: UnitSource | undefined,
): Record<string, Metric> {
  return {
    ...quantity(
      `who_${name}_pass`,
      pass,
      `${units} that pass by the same rule (a control)`,
      "units",
    ),
    ...quantity(
      `who_${name}_share`,
      share,
      `share of all ${units} that pass (a control)`,
    ),
    ...quantity(
      `who_over_${name}`,
      trained && shareDifference(trained.share, share),
      `share of latents that pass less that of ${units} (Newcombe); ${intervalWords}`,
    ),
  };
}
