/**
 * What the part "who" measured in, metrics and columns out.
 *
 * @module
 */
import {
  type LatentValues,
  type Metric,
  shareDifference,
} from "../../../../mod.ts";
import { curveClasses } from "./curve_shape.ts";
import { passingRule } from "./significance.ts";
import { leastTested } from "./position_null.ts";
import {
  aboveLargest,
  largestQuantile,
  passCount,
  passShare,
  testedCount,
  type UnitSource,
  type WhoFound,
} from "./found.ts";

/** The metrics, the headline first. */
export function whoMetrics(found: WhoFound): Record<string, Metric> {
  const { sources, scale, l0 } = found;
  const trained = sources.find(({ name }) => name === "trained");
  const all: Record<string, Metric> = {
    ...trained && trainedMetrics(trained, found),
    ...Object.assign(
      {},
      ...sources.filter((source) => source !== trained)
        .map((source) => controlMetrics(source, trained)),
    ),
    who_l0: {
      value: l0,
      meaning: "units that fire on a patch, in each of the sources",
      unit: "units",
    },
    who_pictures: {
      value: scale.patches.pictures.length,
      meaning:
        `pictures whose depth is known, in ${scale.half.length} clusters`,
    },
    who_patches: {
      value: scale.known,
      meaning: "patches whose depth is known",
    },
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, { value }]) => Number.isFinite(value)),
  );
}

const intervalWords =
  "the interval is over units, each for itself, not over pictures";

function trainedMetrics(
  trained: UnitSource,
  { q, permutations }: WhoFound,
): Record<string, Metric> {
  const { tuning, passes } = trained;
  const ofClass = (wanted: number): number =>
    passes.filter((one, unit) => one && tuning.curveClass[unit] === wanted)
      .length;
  const etas = tuning.partialEta2.filter((_, unit) => passes[unit]).sort();
  return {
    who_pass: {
      value: passCount(trained),
      meaning: `latents that go with depth: ${passingRule(q)}`,
      unit: "latents",
    },
    who_share: {
      ...passShare(trained),
      meaning: `share of all latents that pass (Wilson); ${intervalWords}`,
    },
    who_tested: {
      value: testedCount(trained),
      meaning:
        `latents that fire on at least ${leastTested.patches} patches in at least ${leastTested.clusters} clusters of pictures: the others were not tested`,
      unit: "latents",
    },
    who_near: {
      value: ofClass(1),
      meaning: "latents that pass and fire more the nearer a patch is",
      unit: "latents",
    },
    who_far: {
      value: ofClass(2),
      meaning: "latents that pass and fire more the farther a patch is",
      unit: "latents",
    },
    who_band: {
      value: ofClass(3),
      meaning: "latents that pass and fire most at a depth between",
      unit: "latents",
    },
    who_partial_eta2: {
      value: etas[Math.floor(etas.length / 2)] ?? NaN,
      meaning:
        "of the latents that pass, the median share of what the place leaves unexplained of an activation that depth explains",
    },
    who_largest: {
      value: largestQuantile(trained, 0.95),
      meaning:
        `the partial eta² that no latent at all exceeds in 95 % of ${permutations} permutations`,
    },
    who_above_largest: {
      value: aboveLargest(trained),
      meaning:
        "latents whose partial eta² is above that: the chance that there is one by chance is 5 %",
      unit: "latents",
    },
  };
}

function controlMetrics(
  control: UnitSource,
  trained: UnitSource | undefined,
): Record<string, Metric> {
  const { name, units } = control, share = passShare(control);
  return {
    [`who_${name}_pass`]: {
      value: passCount(control),
      meaning: `${units} that pass by the same rule (a control)`,
      unit: "units",
    },
    [`who_${name}_share`]: {
      ...share,
      meaning: `share of all ${units} that pass (a control)`,
    },
    ...trained && {
      [`who_over_${name}`]: {
        ...shareDifference(passShare(trained), share),
        meaning:
          `share of latents that pass less that of ${units} (Newcombe); ${intervalWords}`,
      },
    },
  };
}

/** The columns of each latent: name, what it is, and its numbers. */
export function latentColumnsOf(
  { tuning, nulls, q, passes }: UnitSource,
  { scale: { patches } }: Pick<WhoFound, "scale">,
): Record<string, LatentValues> {
  const values = (from: ArrayLike<number>): Float32Array =>
    from instanceof Float32Array ? from : Float32Array.from(from);
  const metres = patches.name === "truth_log_depth";
  return {
    depth_density: {
      values: tuning.density,
      meaning: "share of the patches of known depth on which it fires",
    },
    depth_spearman: {
      values: tuning.spearman,
      meaning:
        "rank correlation of its activation and depth: above 0 when it fires more the farther",
    },
    depth_spearman_place: {
      values: nulls.spearmanMean,
      meaning:
        "the same with the depth maps permuted between pictures: what its place alone gives",
    },
    depth_spearman_p: {
      values: values(nulls.spearmanP),
      meaning:
        "share of permutations whose rank correlation is as far from that",
    },
    depth_spearman_active: {
      values: tuning.spearmanActive,
      meaning:
        "rank correlation of its activation and depth where it fires at all",
    },
    depth_auroc: {
      values: tuning.auroc,
      meaning:
        "probability that a patch on which it fires is farther than one on which it does not",
    },
    depth_information: {
      values: nulls.information,
      meaning:
        "information on depth in its activation, less that with permuted depth maps",
      unit: "nats",
    },
    depth_selectivity: {
      values: tuning.selectivity,
      meaning:
        "(Rmax − R̄) / (Rmax + R̄) of its tuning curve: 1 when it fires at one depth only, 0 when at all alike",
    },
    depth_eta2: {
      values: tuning.eta2,
      meaning: "share of the variance of its activation that depth explains",
    },
    depth_partial_eta2: {
      values: tuning.partialEta2,
      meaning:
        "share of what its place leaves unexplained of its activation that depth explains",
    },
    depth_p: {
      values: values(nulls.p),
      meaning:
        "share of permutations of the depth maps between pictures that explain as much",
    },
    depth_q: {
      values: values(q),
      meaning:
        "false discovery rate at which it would pass (Benjamini and Hochberg)",
    },
    depth_agreement: {
      values: tuning.agreement,
      meaning: "correlation of its tuning curves on two halves of the pictures",
    },
    depth_preferred: {
      values: tuning.preferred,
      meaning: `depth at which its mean activation is largest${
        metres ? "" : ", as the model says it, up to a factor"
      }`,
      ...metres && { unit: "metres" },
    },
    depth_width: {
      values: tuning.width,
      meaning:
        "the far depth at half of that mean activation over the near one; to the end of all depths where it stays above",
    },
    depth_class: {
      values: tuning.curveClass,
      meaning: `its tuning curve: ${
        curveClasses.map((name, i) => `${i} ${name}`).join(", ")
      }`,
    },
    depth_passes: {
      values: values(passes),
      meaning: "1 when it is shown to go with depth, by the rule of who_pass",
    },
  };
}
