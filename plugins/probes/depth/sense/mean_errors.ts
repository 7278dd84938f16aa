/**
 * Errors of each picture in, their means with intervals, tables and a verdict
 * out.
 *
 * @module
 */
import { bootstrap, type Metric, type Table } from "../../../../mod.ts";
import { clustersOf } from "../study/split_pictures.ts";
import type { DepthStudy } from "../study/study.ts";
import {
  type DepthError,
  type DepthErrors,
  errorMeanings,
} from "./depth_errors.ts";

/** Who says depth, and how it is measured. */
const predictors = {
  model: "the model, its inverse depth scaled and shifted to fit each picture",
  as_said: "the model in metres as it says it, nothing fitted",
  position:
    "control that does not see: the mean inverse depth of each place over the pictures fitted on, scaled and shifted to fit each picture",
  constant:
    "control: the inverse depth that fits each picture best, everywhere",
} as const;

/** The name of who says depth. */
export type Predictor = keyof typeof predictors;

/** The errors of one picture, by who says its depth. */
export interface PictureErrors {
  /** Its index in the dataset. */
  readonly index: number;
  /** Its name. */
  readonly id: string;
  /** The errors, where there is a depth. */
  readonly by: Partial<Record<Predictor, DepthErrors>>;
}

/** The mean of an error over pictures. */
export interface MeanError extends Pick<Metric, "value" | "low" | "high"> {
  /** Who says the depth. */
  readonly predictor: Predictor;
  /** Which error. */
  readonly error: DepthError;
}

/** The mean of each error over the pictures, with its interval. */
export function meanErrors(
  { dataset, seed }: DepthStudy,
  found: readonly PictureErrors[],
): MeanError[] {
  const cluster = clustersOf(
    dataset,
    Uint32Array.from(found, ({ index }) => index),
  );
  const numbers = [...new Set(cluster)];
  const own = Array.from(cluster, (each) => numbers.indexOf(each));
  return keysOf(predictors).flatMap((predictor) =>
    keysOf(errorMeanings).flatMap((error) => {
      const values = found.map(({ by }) => by[predictor]?.[error] ?? NaN);
      const mean = (times: ArrayLike<number>): number => {
        let sum = 0, count = 0;
        values.forEach((value, i) => {
          if (Number.isNaN(value)) return;
          sum += times[own[i]!]! * value;
          count += times[own[i]!]!;
        });
        return sum / count;
      };
      const clusters = numbers.length;
      const value = mean(new Float64Array(clusters).fill(1));
      if (!Number.isFinite(value)) return [];
      return [{
        predictor,
        error,
        value,
        ...bootstrap({ clusters, seed }, mean),
      }];
    })
  );
}

function keysOf<K extends string>(of: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(of) as K[];
}

/** The errors that stand in the report: the tables hold all. */
const shown: readonly DepthError[] = [
  "abs_rel",
  "rmse",
  "log10",
  "silog",
  "delta1",
  "delta2",
  "delta3",
  "spearman",
];

/** The metrics of the report. */
export function metricsOf(
  errors: readonly MeanError[],
): Record<string, Metric> {
  return Object.fromEntries(
    errors.filter(({ predictor, error }) =>
      shown.includes(error) && (predictor !== "constant" || error === "abs_rel")
    )
      .map(({ predictor, error, ...measured }) => [
        `sense_${predictor}_${error}`,
        {
          ...measured,
          meaning: `${errorMeanings[error]}; of ${predictors[predictor]}`,
        },
      ]),
  );
}

/** All mean errors. */
export function errorsTable(errors: readonly MeanError[]): Table {
  return {
    caption: "Errors of depth: means over pictures, and their 95 % intervals",
    columns: {
      predictor: "who says the depth: model, as_said, position, constant",
      error: "which error",
      value: "its mean over pictures",
      low: "the lower end of its 95 % interval",
      high: "the upper end",
      predictor_meaning: "who that is",
      error_meaning: "what the error is",
    },
    rows: errors.map(({ predictor, error, value, low = NaN, high = NaN }) => ({
      predictor,
      error,
      value,
      low,
      high,
      predictor_meaning: predictors[predictor],
      error_meaning: errorMeanings[error],
    })),
  };
}

/** All errors of each picture. */
export function picturesTable(found: readonly PictureErrors[]): Table {
  return {
    caption: "Errors of depth of each picture",
    columns: {
      id: "the picture",
      predictor: "who says the depth",
      ...errorMeanings,
    },
    rows: found.flatMap(({ id, by }) =>
      keysOf(predictors).flatMap((predictor) =>
        by[predictor] ? [{ id, predictor, ...by[predictor] }] : []
      )
    ),
  };
}

/** What was shown. */
export function verdictOf(
  errors: readonly MeanError[],
  pictures: number,
): string[] {
  const of = (predictor: Predictor) =>
    errors.find((each) =>
      each.predictor === predictor && each.error === "spearman"
    );
  const [model, position] = [of("model"), of("position")];
  if (!model) {
    return [
      `The model's own depth is the same everywhere: no rank correlation with the truth, ${pictures} pictures`,
    ];
  }
  const words = `The model's own depth has rank correlation ${
    interval(model)
  } with the truth inside a picture, mean of ${pictures} pictures`;
  if (!position) return [words];
  const clears = model.low !== undefined && position.high !== undefined &&
    model.low > position.high;
  return [
    `${words}; the mean depth of each place, which does not see, has ${
      interval(position)
    }${clears ? "" : ": that it sees more than position was not shown"}`,
  ];
}

function interval({ value, low, high }: MeanError): string {
  const range = low === undefined || high === undefined
    ? ""
    : ` (${low.toFixed(3)} to ${high.toFixed(3)})`;
  return `${value.toFixed(3)}${range}`;
}
