/**
 * What the part "where" shows and does not show, in sentences.
 *
 * @module
 */
import {
  decimals,
  type Estimate,
  estimateWords,
  isAboveZero,
} from "../../../../mod.ts";
import type { MainTarget, Target } from "../study/target.ts";
import { type Finding, rivalsOf } from "./finding.ts";

/** What else a reader must know. */
export interface VerdictContext {
  /** What was asked for. */
  readonly target: Target;
  /** Main targets that do not vary over the pictures fitted on. */
  readonly still: readonly MainTarget[];
  /** Random encoders that were compared; why there are none where there are none. */
  readonly random: number | string;
}

/** What was shown and what was not, a sentence each. */
export function verdictOf(
  findings: readonly Finding[],
  { target: { name, caveats }, still, random }: VerdictContext,
): string[] {
  return [
    ...findings.map((finding) =>
      finding.isShown ? shownWords(finding) : notShownWords(finding, name)
    ),
    ...still.map(stillWords),
    ...typeof random === "string" ? [random] : [],
    ...caveats,
    ...findings.some(({ isShown }) => isShown)
      ? [
        `That a linear probe reads ${name} at a hook does not show that the model uses it there`,
      ]
      : [],
  ];
}

function stillWords({ what }: MainTarget): string {
  return `Nothing was shown of ${what}: it is the same in all cells`;
}

function shownWords(finding: Finding): string {
  const { target, hook, r2, partial, overRandom } = finding;
  const rivals = rivalsOf(finding);
  const random = isAboveZero(overRandom)
    ? `, ${decimals(overRandom.value)} more than with random weights`
    : "";
  const ahead = rivals.length === 0
    ? "ahead of every other hook"
    : `not told apart from ${rivals.join(", ")}`;
  return `Linear probes read ${target.measured} best at ${hook}, ${ahead}: R² ${
    words(r2)
  }, and ${words(partial)} of what position leaves${random}`;
}

function notShownWords(finding: Finding, name: string): string {
  const { target, hook, partial, position } = finding, { what } = target;
  if (Number.isNaN(position.value)) return stillWords(target);
  if (Number.isNaN(partial.value)) {
    return `Nothing was shown of ${what} beyond position: the place of a cell alone explains R² ${
      words(position)
    }`;
  }
  return `No hook was shown to hold ${what} beyond position: the best of them, by cross-validation ${hook}, explains ${
    words(partial)
  } of what position leaves${reasonWords(finding, name)}`;
}

/** Why that does not show it. */
function reasonWords(
  { r2, partial, shuffled, random }: Finding,
  name: string,
): string {
  if (partial.low === undefined) {
    return ", and there are too few pictures for an interval";
  }
  if (!isAboveZero(partial)) return ", and that interval does not exclude 0";
  if (!isAboveZero(r2)) {
    return `, but R² ${words(r2)} itself does not exclude 0`;
  }
  if (shuffled.value >= partial.value) {
    return `, and as much (${
      decimals(shuffled.value)
    }) of another picture's ${name}`;
  }
  return `, which is not shown to be more than with random weights (${
    decimals(random.value)
  })`;
}

function words(estimate: Estimate): string {
  return estimateWords(estimate, decimals);
}
