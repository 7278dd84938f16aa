/**
 * Fits and measures probes of every hook of one model.
 *
 * @module
 */
import { ConfigError, type Hook } from "../../../mod.ts";
import type { Study } from "../study/study.ts";
import type { Target } from "../study/target.ts";
import { type Column, columnsOf } from "./columns.ts";
import { type Fit, fitsOf, learningFits } from "./fits.ts";
import { type FoldSums, sumFolds } from "./fold_sums.ts";
import type { Reader } from "./read_cells.ts";
import { gridOf, sourcesOf } from "./sources.ts";
import { measureTest, type Reading, type SourceFits } from "./held_out_sums.ts";

/** What is measured of one model. */
export interface Measured {
  /** What probes were asked for. */
  readonly columns: readonly Column[];
  /** Every probe that was fitted on all folds, and how it did. */
  readonly readings: readonly Reading[];
  /** Those of the learning curves, fitted on some. */
  readonly learning: readonly Reading[];
  /** The hook that reads each main target best beyond position, by cross-validation on the pictures it was fitted on. */
  readonly best: Readonly<Record<string, string>>;
  /** Pictures of the test of which a cell is known. */
  readonly pictures: number;
}

/** Options for {@linkcode measure}. */
interface MeasureOptions
  extends Pick<Reader, "encoder" | "together" | "products"> {
  /** Where it is read. */
  readonly hooks: readonly Hook[];
  /** Shuffles of each kind; without them nothing but the hooks is read: no pixels, no place, no learning curve. */
  readonly shuffles?: number;
  /** Who it is, for who waits. */
  readonly name: string;
}

/**
 * Fits probes on the folds of the study and measures them on its test: two
 * passes, each picture in one of them.
 *
 * @throws {ConfigError} When no cell of a picture to fit or to measure on is known.
 */
export async function measure(
  study: Study,
  { hooks, shuffles, name, ...options }: MeasureOptions,
): Promise<Measured> {
  const { target } = study, columns = columnsOf(target, shuffles ?? 0);
  const withControls = shuffles !== undefined;
  const sources = sourcesOf(hooks, withControls);
  const reader = { ...options, sources, columns };
  const folds = await sumFolds(study, {
    ...reader,
    doing: `fitting probes of ${name}`,
  });
  needRows(folds[0]!.some(({ pictures }) => pictures > 0), "fit", target);
  const { probes, best } = fitAll(reader, folds, target, withControls);
  const { readings, pictures } = await measureTest(study, {
    ...reader,
    doing: `measuring probes of ${name}`,
  }, probes);
  needRows(pictures > 0, "measure", target);
  const { whole = [], learning = [] } = Object.groupBy(
    readings,
    ({ fit }) => fit.folds === undefined ? "whole" : "learning",
  );
  return { columns, best, readings: whole, learning, pictures };
}

function needRows(
  isKnown: boolean,
  what: string,
  { name, remedy }: Target,
): void {
  if (isKnown) return;
  throw new ConfigError(
    "dataset",
    `Cannot ${what} ${name} probes: in none of these pictures is a cell's ${name} known, ${remedy}`,
  );
}

/** Every probe, and the learning curves of the best hooks and of the place. */
function fitAll(
  { sources, columns }: Pick<Reader, "sources" | "columns">,
  folds: readonly FoldSums[][],
  target: Target,
  withControls: boolean,
): { probes: SourceFits[]; best: Measured["best"] } {
  const placed =
    columns.findLastIndex(({ labels }) =>
      labels === "real" || labels === "across"
    ) + 1;
  const options = { real: target.columns.length, placed };
  const probes = sources.map((source, s) => ({
    source,
    fits: fitsOf(source, folds[s]!, options),
  }));
  const best: Record<string, string> = {};
  for (const { name } of target.main) {
    const column = target.columns.indexOf(name);
    const found = bestOf(probes, column);
    if (!found) continue;
    best[name] = found.source.hook;
    if (!withControls) continue;
    const place = probes.find(({ source }) =>
      source.kind === "position" &&
      gridOf(source.layout) === gridOf(found.source.layout)
    );
    for (const { source, fits } of [found, place!]) {
      const own = folds[sources.indexOf(source)]!;
      fits.push(
        ...learningFits(source, own, placedFit(fits, column)!, options),
      );
    }
  }
  return { probes, best };
}

/** The probe for a column that knows the place, of all folds. */
function placedFit(fits: readonly Fit[], column: number): Fit | undefined {
  return fits.find((fit) =>
    fit.hasPlace && fit.column === column && fit.folds === undefined
  );
}

function bestOf<Probes extends SourceFits>(
  probes: readonly Probes[],
  column: number,
): Probes | undefined {
  let best: Probes | undefined, most = -Infinity;
  for (const one of probes) {
    if (one.source.kind !== "tokens" || column < 0) continue;
    const r2 = placedFit(one.fits, column)!.crossR2;
    if (r2 > most) [best, most] = [one, r2];
  }
  return best;
}
