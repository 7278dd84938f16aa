/**
 * What was found in, its main numbers out.
 *
 * @module
 */
import type { Metric } from "../../../../mod.ts";
import { targetWords } from "./find_reading.ts";
import type { Finding } from "./finding.ts";
import type { Measured } from "./measure.ts";
import type { Score } from "./score.ts";

/** The main numbers of each target; those that cannot be measured are left out. */
export function metricsOf(
  findings: readonly Finding[],
  measured: Measured,
): Record<string, Metric> {
  const numbers = findings.flatMap((finding) => {
    const [short] = targetWords[finding.target];
    return numbersOf(finding).map(([name, score, meaning]) =>
      [`where_${short}_${name}`, score, meaning] as const
    );
  });
  return {
    ...Object.fromEntries(
      numbers.filter(([, { value }]) => Number.isFinite(value))
        .map(([name, score, meaning]) => [name, { ...score, meaning }]),
    ),
    where_pictures: {
      value: measured.pictures,
      meaning: "test pictures of which the depth of a cell is known",
    },
  };
}

function numbersOf(
  finding: Finding,
): (readonly [string, Score, string])[] {
  const { hook } = finding, what = targetWords[finding.target][1];
  const log = `the logarithm of ${what}`;
  return [
    [
      "best_r2",
      finding.r2,
      `share of the variance of ${log} that a linear probe reads from the tokens at ${hook}, the best hook`,
    ],
    [
      "best_partial_r2",
      finding.partial,
      `share that the tokens at ${hook} explain of what a cell's place leaves of ${log}; 0 is nothing beyond position`,
    ],
    [
      "position_r2",
      finding.position,
      `share of the variance of ${log} that the place of a cell alone explains`,
    ],
    [
      "pixels_r2",
      finding.pixels,
      `share of it that colours, their spread and their gradient in a cell explain with its place`,
    ],
    [
      "shuffled_partial_r2",
      finding.shuffled,
      `the same as best_partial_r2 for ${log} of another picture, the largest of the shuffles: 0 or below when nothing leaks`,
    ],
    [
      "random_partial_r2",
      finding.random,
      `the same as best_partial_r2 with random weights, the largest of the seeds`,
    ],
    [
      "over_random",
      finding.overRandom,
      `best_partial_r2 less random_partial_r2, on the same draws of pictures`,
    ],
    [
      "selectivity",
      finding.selectivity,
      `best_r2 less the R² of a control task there, a number drawn for each colour of cell (arXiv:1909.03368)`,
    ],
    [
      "inside_r2",
      finding.inside,
      `best_r2 over the cells away from edges of things`,
    ],
    ["edges_r2", finding.edges, `best_r2 over the cells at edges of things`],
  ];
}
