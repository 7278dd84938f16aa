/**
 * What was measured in, tables of all of it out.
 *
 * @module
 */
import type { Table } from "../../../../mod.ts";
import { findReadings, placeOf } from "./find_reading.ts";
import type { Evidence, Finding } from "./finding.ts";
import type { Measured } from "./measure.ts";
import {
  less,
  meanOf,
  partialR2,
  r2Of,
  scoreOf,
  type Statistic,
} from "./score.ts";
import type { Reading } from "./held_out_sums.ts";

const labelWords = {
  real: "real",
  across: "shuffled across pictures",
  within: "shuffled within pictures",
  control: "control task",
} as const;

/** Every probe of every hook and control. */
export function layersTable(evidence: Evidence): Table {
  const { measured, random } = evidence;
  return {
    caption:
      "Linear probes for depth at each hook and for each control, measured on pictures that they were not fitted on",
    columns: {
      hook:
        "where the model is read; of pixels and position, a hook on whose grid they are",
      weights: "the model's own, or those in random order with a seed",
      features: "what the probe reads",
      target: "what it is asked for",
      labels:
        "whose it is: the cell's own, that cell's in another picture (position still says something), another cell's in the picture (the picture's mean still does), or a number drawn for the cell's colour (arXiv:1909.03368)",
      seed: "decides the shuffle; 0 for none",
      r2:
        "share of the variance over test cells that the probe explains; below 0 it is worse than their mean",
      low:
        "lower end of its 95 % interval, a bootstrap over clusters of pictures",
      high: "upper end",
      partial_r2: "share that the features explain of what position leaves",
      partial_low: "lower end of its 95 % interval",
      partial_high: "upper end",
      r2_edges: "R² over the cells at edges of things",
      r2_inside: "R² over the other cells",
      selectivity: "R² less the mean R² of the control task at that hook",
      cross_r2: "R² by cross-validation on the pictures fitted on",
      penalty:
        "ridge penalty, of standardised features, that cross-validation chose",
      pictures: "test pictures",
      cells: "their cells whose depth is known",
    },
    rows: [
      ...rowsOf(measured, measured, "own", evidence),
      ...random.flatMap((other, i) =>
        rowsOf(other, measured, `random ${i + 1}`, evidence)
      ),
    ],
  };
}

function rowsOf(
  measured: Measured,
  own: Measured,
  weights: string,
  { draws }: Evidence,
): Table["rows"] {
  const whole = measured.readings.filter(({ fit }) => fit.folds === undefined);
  const once = new Float64Array(draws.clusters).fill(1);
  return whole.map((reading) => {
    const { source, fit, asked } = reading;
    const { target, labels, seed } = measured.columns[fit.column]!;
    const r2 = scoreOf(r2Of(reading), draws);
    const partial = scoreOf(partialOf(reading, own), draws);
    const value = (of: Statistic) => of(once);
    return {
      hook: source.hook,
      weights,
      features: featureWords(reading),
      target,
      labels: labelWords[labels],
      seed,
      r2: r2.value,
      low: r2.low ?? NaN,
      high: r2.high ?? NaN,
      partial_r2: partial.value,
      partial_low: partial.low ?? NaN,
      partial_high: partial.high ?? NaN,
      r2_edges: value(r2Of(reading, "edges")),
      r2_inside: value(r2Of(reading, "inside")),
      selectivity: value(selectivityOf(reading, measured)),
      cross_r2: fit.crossR2,
      penalty: fit.penalty,
      pictures: measured.pictures,
      cells: asked.n.reduce((sum, n) => sum + n, 0),
    };
  });
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

function featureWords({ source: { kind }, fit }: Reading): string {
  return fit.hasPlace && kind !== "position" ? `${kind} + position` : kind;
}

/** How far behind the best hook each other hook is. */
export function differencesTable(findings: readonly Finding[]): Table {
  return {
    caption:
      "How far behind the best hook each other hook is, on the same draws of the same pictures",
    columns: {
      target: "what was asked for",
      best:
        "the hook with the largest R² with position by cross-validation on the pictures fitted on",
      hook: "another hook",
      difference:
        "R² of tokens and position at the best hook less that at this one, on the test",
      low: "lower end of its 95 % interval",
      high: "upper end",
    },
    rows: findings.flatMap(({ target, hook: best, differences }) =>
      differences.map(({ hook, behind: { value, low = NaN, high = NaN } }) => ({
        target,
        best,
        hook,
        difference: value,
        low,
        high,
      }))
    ),
  };
}

/** How R² grows with the pictures fitted on. */
export function learningTable(
  findings: readonly Finding[],
  { measured, draws }: Evidence,
): Table {
  const points = measured.readings.filter(({ fit }) => fit.folds !== undefined);
  return {
    caption:
      "R² on the test by the number of pictures fitted on: of the best hook with position, and of position alone",
    columns: {
      target: "what was asked for",
      hook: "the hook",
      features: "what the probe reads",
      folds: "folds fitted on",
      pictures: "pictures in them",
      r2: "R² on the test",
      low: "lower end of its 95 % interval",
      high: "upper end",
    },
    rows: findings.flatMap(({ target }) =>
      points.filter(({ fit }) =>
        measured.columns[fit.column]!.target === target
      )
        .map((reading) => {
          const { value, low = NaN, high = NaN } = scoreOf(
            r2Of(reading),
            draws,
          );
          return {
            target,
            hook: reading.source.hook,
            features: featureWords(reading),
            folds: reading.fit.folds!,
            pictures: reading.fit.pictures,
            r2: value,
            low,
            high,
          };
        })
    ),
  };
}
