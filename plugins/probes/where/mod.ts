/**
 * Where in the network the target of a study can be read.
 *
 * @module
 */
import {
  type Encoder,
  type Hook,
  quantity,
  rowProducts,
  sizeOf,
} from "../../../mod.ts";
import type { PartResult, Study } from "../study/study.ts";
import { layersFigure, learningFigure } from "./figures.ts";
import { type Finding, findingOf, metricsOf } from "./finding.ts";
import { measure, type Measured } from "./measure.ts";
import { differencesTable, layersTable, learningTable } from "./tables.ts";
import { verdictOf } from "./verdict.ts";

/** Options for {@linkcode where}. */
interface WhereOptions {
  /** Where the model is read, in network order; hooks without patches, or with more than 32,768, are passed over. */
  readonly hooks: readonly Hook[];
  /** Shuffles of each kind. */
  readonly shuffles: number;
  /** Networks with random weights to compare with. */
  readonly randomEncoders: number;
  /** Pictures encoded together; 8 when absent. */
  readonly together?: number;
}

/** Cells of the finest grid that is read: sums for each cell are kept for each fold. */
const mostCells = 32_768;

/** What {@linkcode where} finds. */
export interface WhereResult extends PartResult {
  /** What was found of each target that varies. */
  readonly best: Readonly<Record<string, Finding>>;
}

/**
 * Linear probes for the target at every hook: ridge regression from normal
 * equations that are summed over the folds of the study, each picture read and
 * encoded once, with penalties by cross-validation over the folds, measured on
 * the pictures of the test. In the same tables: the place of a cell alone,
 * pixels, shuffled targets, control tasks, and the same network with its
 * weights in random order.
 *
 * @throws {ConfigError} When no cell's target is known.
 */
export async function where(
  study: Study,
  { hooks, shuffles, randomEncoders, together = 8 }: WhereOptions,
): Promise<WhereResult> {
  const products = await rowProducts();
  const options = {
    encoder: study.encoder,
    hooks: hooks.filter((hook) => cellsOf(hook) > 0 && !isTooFine(hook)),
    together,
    products,
  };
  try {
    const named = { ...options, shuffles, name: "the model" };
    const measured = await measure(study, named);
    const random: Measured[] = [];
    for (let seed = 1; seed <= randomEncoders; seed++) {
      const encoder = await study.encoder.shuffled?.(seed);
      // An encoder that cannot shuffle its weights is not compared.
      if (!encoder) break;
      const name = `random weights ${seed} of ${randomEncoders}`;
      const bare = { ...options, encoder, name };
      random.push(
        await measure(study, bare).finally(() => encoder.close()),
      );
    }
    const found = await resultOf(study, measured, random);
    return { ...found, verdict: [...found.verdict, ...passedOver(hooks)] };
  } finally {
    await products.release();
  }
}

function cellsOf({ layout }: Hook): number {
  return sizeOf(layout.grid);
}

function isTooFine(hook: Hook): boolean {
  return cellsOf(hook) > mostCells;
}

/** Which hooks were not read, in a sentence; none where all were. */
function passedOver(hooks: readonly Hook[]): string[] {
  const names = hooks.filter(isTooFine).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `Nothing was measured at ${
      names.join(", ")
    }: grids of more than ${mostCells} cells are not read`,
  ];
}

async function resultOf(
  study: Study,
  measured: Measured,
  random: readonly Measured[],
): Promise<WhereResult> {
  const clusters = new Set(study.split.clusters).size;
  const draws = { clusters, seed: study.seed };
  const evidence = { measured, random, draws };
  const { target } = study;
  const findings = target.main.flatMap((each) =>
    findingOf(each, evidence) ?? []
  );
  const layers = layersTable(evidence, target);
  const learning = learningTable(findings, evidence);
  const sources = new Set(measured.readings.map(({ source }) => source));
  return {
    verdict: verdictOf(findings, {
      target,
      still: target.main.filter((each) =>
        findings.every((found) => found.target !== each)
      ),
      notRandom: random.length > 0 ? undefined : randomWords(study.encoder),
    }),
    metrics: {
      ...Object.assign({}, ...findings.map(metricsOf)),
      ...quantity(
        "where_pictures",
        measured.pictures,
        `test pictures of which the ${target.name} of a cell is known`,
      ),
    },
    figures: findings.length === 0 ? {} : {
      where_layers: await layersFigure(layers, findings, [...sources], target),
      where_learning: await learningFigure(learning, findings),
    },
    tables: {
      where_layers: layers,
      where_differences: differencesTable(findings),
      where_learning: learning,
    },
    best: Object.fromEntries(
      findings.map((found) => [found.target.name, found]),
    ),
  };
}

/** Why nothing was compared with random weights. */
function randomWords({ shuffled }: Encoder): string {
  return shuffled
    ? "Nothing was compared with random weights, as none were asked for (--randomEncoders=3)"
    : "Nothing was compared with random weights: this encoder cannot put its own in another order";
}
