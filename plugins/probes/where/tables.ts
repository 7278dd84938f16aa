/**
 * The tables of the part "where": every probe, and how it did.
 *
 * @module
 */
import {
  estimateColumns,
  estimateOf,
  type Statistic,
  type Table,
  tableOf,
} from "../../../mod.ts";
import type { Target } from "../study/target.ts";
import { findReadings, placeOf } from "./find_reading.ts";
import type { Evidence, Finding } from "./finding.ts";
import type { Measured } from "./measure.ts";
import { less, meanOf, partialR2, r2Of } from "./score.ts";
import type { Reading } from "./held_out_sums.ts";

const labelWords = {
  real: "real",
  across: "shuffled across pictures",
  within: "shuffled within pictures",
  control: "control task",
} as const;

/** Every probe of every hook and control. */
export function layersTable(
  evidence: Evidence,
  { name }: Target,
): Table {
  const { measured, random, draws } = evidence;
  const once = new Float64Array(draws.clusters).fill(1);
  const rows = [
    ...rowsOf(measured, "own", evidence),
    ...random.flatMap((other, i) => rowsOf(other, `random ${i + 1}`, evidence)),
  ];
  return tableOf(
    `Linear probes for ${name} at each hook and for each control, measured on pictures that they were not fitted on`,
    rows,
    {
      hook:
        "where the model is read; of pixels and position, a hook on whose grid they are",
      weights: "the model's own, or those in random order with a seed",
      features: "what the probe reads",
      target: "what it is asked for",
      labels: [
        "whose it is: the cell's own, that cell's in another picture (position still says something), another cell's in the picture (the picture's mean still does), or a number drawn for the cell's colour (arXiv:1909.03368)",
        ({ labels }) => labelWords[labels],
      ],
      seed: "decides the shuffle; 0 for none",
      ...estimateColumns(
        "r2",
        "share of the variance over test cells that the probe explains; below 0 it is worse than their mean",
        ({ r2 }) => r2,
        "",
        "lower end of its 95 % interval, a bootstrap over clusters of pictures",
      ),
      ...estimateColumns(
        "partial_r2",
        "share that the features explain of what position leaves",
        ({ partial }) => partial,
        "partial_",
      ),
      r2_edges: [
        "R² over the cells at edges of things",
        ({ reading }) => r2Of(reading, "edges")(once),
      ],
      r2_inside: [
        "R² over the other cells",
        ({ reading }) => r2Of(reading, "inside")(once),
      ],
      selectivity: [
        "R² less the mean R² of the control task at that hook",
        ({ selectivity }) => selectivity(once),
      ],
      cross_r2: [
        "R² by cross-validation on the pictures fitted on",
        ({ reading }) => reading.fit.crossR2,
      ],
      penalty: [
        "ridge penalty, of standardised features, that cross-validation chose",
        ({ reading }) => reading.fit.penalty,
      ],
      pictures: "test pictures",
      cells: [
        `their cells whose ${name} is known`,
        ({ reading }) => reading.asked.n.reduce((sum, n) => sum + n, 0),
      ],
    },
  );
}

/** Every probe of one model that was fitted on all folds. */
function rowsOf(
  measured: Measured,
  weights: string,
  { measured: own, draws }: Evidence,
) {
  return measured.readings.map((reading) => ({
    ...measured.columns[reading.fit.column]!,
    ...placeWords(reading),
    weights,
    pictures: measured.pictures,
    r2: estimateOf(r2Of(reading), draws),
    partial: estimateOf(partialOf(reading, own), draws),
    selectivity: selectivityOf(reading, measured),
    reading,
  }));
}

/** Where a probe reads, and what. */
function placeWords({ source: { kind, hook }, fit }: Reading) {
  const isJoined = fit.hasPlace && kind !== "position";
  return { hook, features: isJoined ? `${kind} + position` : kind };
}

/** What tokens or pixels say beyond the place of the same model's grid; nothing of probes that do not know it. */
function partialOf(reading: Reading, own: Measured): Statistic {
  const { source, fit } = reading;
  const place = fit.hasPlace && source.kind !== "position"
    ? placeOf(own, reading)
    : undefined;
  return place ? partialR2(reading, place) : () => NaN;
}

function selectivityOf(reading: Reading, measured: Measured): Statistic {
  const { source: { kind, hook }, fit } = reading;
  if (kind !== "tokens" || fit.hasPlace) return () => NaN;
  if (measured.columns[fit.column]!.labels !== "real") return () => NaN;
  const control = findReadings(measured, {
    kind,
    hook,
    hasPlace: false,
    target: "control_task",
    labels: "control",
  });
  return less(r2Of(reading), meanOf(control.map((one) => r2Of(one))));
}

/** How far behind the best hook each other hook is. */
export function differencesTable(findings: readonly Finding[]): Table {
  const rows = findings.flatMap(({ target, hook: best, differences }) =>
    differences.map((each) => ({ target: target.name, best, ...each }))
  );
  return tableOf(
    "How far behind the best hook each other hook is, on the same draws of the same pictures",
    rows,
    {
      target: "what was asked for",
      best:
        "the hook with the largest R² with position by cross-validation on the pictures fitted on",
      hook: "another hook",
      ...estimateColumns(
        "difference",
        "R² of tokens and position at the best hook less that at this one, on the test",
        ({ behind }) => behind,
      ),
    },
  );
}

/** How R² grows with the pictures fitted on. */
export function learningTable(
  findings: readonly Finding[],
  { measured, draws }: Evidence,
): Table {
  const points = measured.learning.map((reading) => ({
    target: measured.columns[reading.fit.column]!.target,
    ...placeWords(reading),
    folds: reading.fit.folds!,
    pictures: reading.fit.pictures,
    r2: estimateOf(r2Of(reading), draws),
  }));
  return tableOf(
    "R² on the test by the number of pictures fitted on: of the best hook with position, and of position alone",
    findings.flatMap((finding) =>
      points.filter(({ target }) => target === finding.target.name)
    ),
    {
      target: "what was asked for",
      hook: "the hook",
      features: "what the probe reads",
      folds: "folds fitted on",
      pictures: "pictures in them",
      ...estimateColumns("r2", "R² on the test", ({ r2 }) => r2),
    },
  );
}
