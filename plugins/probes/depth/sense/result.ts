/**
 * What the part "sense" found, as metrics, tables and sentences.
 *
 * @module
 */
import {
  decimals,
  estimateColumns,
  estimateWords,
  type Metric,
  percent,
  quantity,
  type Table,
  tableOf,
} from "../../../../mod.ts";
import type { PartResult } from "../../study/study.ts";
import { type DepthError, errorMeanings } from "./depth_errors.ts";
import {
  keysOf,
  type MeanError,
  type PictureErrors,
  type Predictor,
  predictors,
} from "./mean_errors.ts";

/** Everything that is said of the errors of pictures, and of their means. */
export function senseResult(
  errors: readonly MeanError[],
  found: readonly PictureErrors[],
): PartResult {
  return {
    metrics: metricsOf(errors),
    tables: {
      sense_errors: errorsTable(errors),
      sense_pictures: picturesTable(found),
    },
    verdict: [
      ...verdictOf(errors, found.length),
      ...unusableWords(errors),
    ],
  };
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
  "unusable",
];

function metricsOf(errors: readonly MeanError[]): Record<string, Metric> {
  const some = errors.filter(({ predictor, error }) =>
    shown.includes(error) && (predictor !== "constant" || error === "abs_rel")
  );
  return Object.assign(
    {},
    ...some.map((each) =>
      quantity(
        `sense_${each.predictor}_${each.error}`,
        each,
        `${errorMeanings[each.error]}; of ${predictors[each.predictor]}`,
      )
    ),
  );
}

/** All mean errors. */
function errorsTable(errors: readonly MeanError[]): Table {
  return tableOf(
    "Errors of depth: means over pictures, and their 95 % intervals",
    errors,
    {
      predictor: "who says the depth: model, as_said, position, constant",
      error: "which error",
      ...estimateColumns("value", "its mean over pictures", (each) => each),
      predictor_meaning: [
        "who that is",
        ({ predictor }) => predictors[predictor],
      ],
      error_meaning: ["what the error is", ({ error }) => errorMeanings[error]],
    },
  );
}

/** All errors of each picture. */
function picturesTable(found: readonly PictureErrors[]): Table {
  return tableOf(
    "Errors of depth of each picture",
    found.flatMap(({ id, by }) =>
      keysOf(predictors).flatMap((predictor) =>
        by[predictor] ? [{ id, predictor, ...by[predictor] }] : []
      )
    ),
    { id: "the picture", predictor: "who says the depth", ...errorMeanings },
  );
}

/** How much of the depth counts as something else than the model says, where any does. */
function unusableWords(errors: readonly MeanError[]): string[] {
  return errors.filter(({ predictor, error, value }) =>
    error === "unusable" && value > 0 && predictor !== "constant" &&
    predictor !== "position"
  ).map(({ predictor, value }) =>
    `Of ${predictor === "model" ? "the model's depth" : "it as it is said"}, ${
      percent(value)
    } of the places are no depth above 1 mm, and count against it: as 1 mm, or as the farthest true depth where they are infinite`
  );
}

/** What was shown. */
function verdictOf(errors: readonly MeanError[], pictures: number): string[] {
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
    estimateWords(model, decimals)
  } with the truth inside a picture, mean of ${pictures} pictures`;
  if (!position) return [words];
  const clears = model.low !== undefined && position.high !== undefined &&
    model.low > position.high;
  return [
    `${words}; the mean depth of each place, which does not see, has ${
      estimateWords(position, decimals)
    }${clears ? "" : ": that it sees more than position was not shown"}`,
  ];
}
