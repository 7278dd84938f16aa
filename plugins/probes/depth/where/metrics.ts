/**
 * The main numbers of the part "where".
 *
 * @module
 */
import { type Estimate, type Metric, quantity } from "../../../../mod.ts";
import type { Target } from "../study/target.ts";
import type { Finding } from "./finding.ts";
import type { Measured } from "./measure.ts";

/** The main numbers of each target; those that cannot be measured are left out. */
export function metricsOf(
  findings: readonly Finding[],
  measured: Measured,
  { name }: Target,
): Record<string, Metric> {
  return {
    ...Object.assign({}, ...findings.map(numbersOf)),
    ...quantity(
      "where_pictures",
      measured.pictures,
      `test pictures of which the ${name} of a cell is known`,
    ),
  };
}

function numbersOf(finding: Finding): Record<string, Metric> {
  const { hook, target: { short, measured } } = finding;
  const number = (name: string, found: Estimate, meaning: string) =>
    quantity(`where_${short}_${name}`, found, meaning);
  return {
    ...number(
      "best_r2",
      finding.r2,
      `share of the variance of ${measured} that a linear probe reads from the tokens at ${hook}, the best hook`,
    ),
    ...number(
      "best_partial_r2",
      finding.partial,
      `share that the tokens at ${hook} explain of what a cell's place leaves of ${measured}; 0 is nothing beyond position`,
    ),
    ...number(
      "position_r2",
      finding.position,
      `share of the variance of ${measured} that the place of a cell alone explains`,
    ),
    ...number(
      "pixels_r2",
      finding.pixels,
      `share of it that colours, their spread and their gradient in a cell explain with its place`,
    ),
    ...number(
      "shuffled_partial_r2",
      finding.shuffled,
      `the same as best_partial_r2 for ${measured} of another picture, the largest of the shuffles: 0 or below when nothing leaks`,
    ),
    ...number(
      "random_partial_r2",
      finding.random,
      `the same as best_partial_r2 with random weights, the largest of the seeds`,
    ),
    ...number(
      "over_random",
      finding.overRandom,
      `best_partial_r2 less random_partial_r2, on the same draws of pictures`,
    ),
    ...number(
      "selectivity",
      finding.selectivity,
      `best_r2 less the R² of a control task there, a number drawn for each colour of cell (arXiv:1909.03368)`,
    ),
    ...number(
      "inside_r2",
      finding.inside,
      `best_r2 over the cells away from edges of things`,
    ),
    ...number(
      "edges_r2",
      finding.edges,
      `best_r2 over the cells at edges of things`,
    ),
  };
}
