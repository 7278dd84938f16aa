/**
 * Columns of numbers on each latent, by which latents can be sorted.
 *
 * @module
 */
import type { LatentValues } from "../../../mod.ts";
import type { TargetWords } from "../study/target.ts";
import { curveClasses } from "./curve_shape.ts";
import type { UnitSource } from "./found.ts";

type Column = readonly [
  values: ArrayLike<number>,
  meaning: string,
  unit?: string | undefined,
];

/** The columns of each latent: name, what it is, and its numbers. */
export function latentColumns(
  { tuning, nulls, q, passes }: UnitSource,
  words: TargetWords,
): Record<string, LatentValues> {
  const { name, large, unit, scale } = words;
  const columns: Record<string, Column> = {
    density: [
      tuning.density,
      `share of the patches of known ${name} on which it fires`,
    ],
    spearman: [
      tuning.spearman,
      `rank correlation of its activation and ${name}: above 0 when it fires more the ${
        large[1]
      }`,
    ],
    spearman_place: [
      nulls.spearmanMean,
      `the same with the ${name} maps permuted between pictures: what its place alone gives`,
    ],
    spearman_p: [
      nulls.spearmanP,
      "share of permutations whose rank correlation is as far from that",
    ],
    spearman_active: [
      tuning.spearmanActive,
      `rank correlation of its activation and ${name} where it fires at all`,
    ],
    auroc: [
      tuning.auroc,
      `probability that a patch on which it fires is ${
        large[1]
      } than one on which it does not`,
    ],
    information: [
      nulls.information,
      `information on ${name} in its activation, less that with permuted ${name} maps`,
      "nats",
    ],
    selectivity: [
      tuning.selectivity,
      `(Rmax − R̄) / (Rmax + R̄) of its tuning curve: 1 when it fires at one ${name} only, 0 when at all alike`,
    ],
    eta2: [
      tuning.eta2,
      `share of the variance of its activation that ${name} explains`,
    ],
    partial_eta2: [
      tuning.partialEta2,
      `share of what its place leaves unexplained of its activation that ${name} explains`,
    ],
    p: [
      nulls.p,
      `share of permutations of the ${name} maps between pictures that explain as much`,
    ],
    q: [
      q,
      "false discovery rate at which it would pass (Benjamini and Hochberg)",
    ],
    agreement: [
      tuning.agreement,
      "correlation of its tuning curves on two halves of the pictures",
    ],
    preferred: [
      tuning.preferred,
      `${name} at which its mean activation is largest${
        unit ? "" : `, ${scale}`
      }`,
      unit,
    ],
    width: [
      tuning.width,
      `the ${large[0]} ${name} at half of that mean activation over the ${
        words.small[0]
      } one; to the end of all ${name}s where it stays above`,
    ],
    class: [
      tuning.curveClass,
      `its tuning curve: ${
        curveClasses(words).map((each, i) => `${i} ${each}`).join(", ")
      }`,
    ],
    passes: [
      passes,
      `1 when it is shown to go with ${name}, by the rule of who_pass`,
    ],
  };
  return Object.fromEntries(
    Object.entries(columns).map((
      [column, [values, meaning, unit]],
    ) => [`${name}_${column}`, {
      values: values instanceof Float32Array
        ? values
        : Float32Array.from(values),
      meaning,
      ...unit && { unit },
    }]),
  );
}
