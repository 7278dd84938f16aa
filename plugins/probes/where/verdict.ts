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
} from "../../../mod.ts";
import type { MainTarget, Target } from "../study/target.ts";
import { type Finding, rivalsOf } from "./finding.ts";

/** What else a reader must know. */
interface VerdictContext {
  /** What was asked for. */
  readonly target: Target;
  /** Main targets that do not vary over the pictures fitted on. */
  readonly still: readonly MainTarget[];
  /** Why nothing was compared with random weights, where nothing was. */
  readonly notRandom: string | undefined;
}

/** What was shown and what was not, a sentence each. */
export function verdictOf(
  findings: readonly Finding[],
  { target: { name, caveats }, still, notRandom }: VerdictContext,
): string[] {
  return [
    ...findings.map((finding) =>
      finding.isShown ? shownWords(finding) : notShownWords(finding, name)
    ),
    ...still.map(stillWords),
    ...notRandom === undefined ? [] : [notRandom],
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
  const { target, hook, numbers } = finding, rivals = rivalsOf(finding);
  const random = isAboveZero(numbers.over_random)
    ? `, ${decimals(numbers.over_random.value)} more than with random weights`
    : "";
  const ahead = rivals.length === 0
    ? "ahead of every other hook"
    : `not told apart from ${rivals.join(", ")}`;
  return `Linear probes read ${target.measured} best at ${hook}, ${ahead}: R² ${
    words(numbers.best_r2)
  }, and ${words(numbers.best_partial_r2)} of what position leaves${random}`;
}

function notShownWords(finding: Finding, name: string): string {
  const { target, hook, numbers } = finding, { what } = target;
  const { best_partial_r2: partial, position_r2: position } = numbers;
  if (Number.isNaN(position.value)) return stillWords(target);
  if (Number.isNaN(partial.value)) {
    return `Nothing was shown of ${what} beyond position: the place of a cell alone explains R² ${
      words(position)
    }`;
  }
  return `No hook was shown to hold ${what} beyond position: the best of them, by cross-validation ${hook}, explains ${
    words(partial)
  } of what position leaves${reasonWords(numbers, name)}`;
}

/** Why that does not show it. */
function reasonWords(
  {
    best_r2: r2,
    best_partial_r2: partial,
    shuffled_partial_r2: shuffled,
    random_partial_r2: random,
  }: Finding["numbers"],
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
