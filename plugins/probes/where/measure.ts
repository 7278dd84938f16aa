/**
 * Fits and measures probes of every hook of one model.
 *
 * @module
 */
import {
  ConfigError,
  type Encoder,
  type Hook,
  type RowProducts,
} from "../../../mod.ts";
import type { Study } from "../study/study.ts";
import type { Target } from "../study/target.ts";
import { type Column, columnsOf } from "./columns.ts";
import { type Fit, fitsOf, learningFits } from "./fits.ts";
import { type FoldSums, sumFolds } from "./fold_sums.ts";
import type { Reader } from "./read_cells.ts";
import { type Source, sourcesOf } from "./sources.ts";
import { measureTest, type Reading, type SourceFits } from "./held_out_sums.ts";

/** What is measured of one model. */
export interface Measured {
  /** What probes were asked for. */
  readonly columns: readonly Column[];
  /** Every probe, and how it did. */
  readonly readings: readonly Reading[];
  /** The hook that reads each main target best beyond position, by cross-validation on the pictures it was fitted on. */
  readonly best: Readonly<Record<string, string>>;
  /** Pictures of the test of which a cell is known. */
  readonly pictures: number;
}

/** Options for {@linkcode measure}. */
export interface MeasureOptions {
  /** Who is read. */
  readonly encoder: Encoder;
  /** Where. */
  readonly hooks: readonly Hook[];
  /** Penalties to choose among. */
  readonly penalties: readonly number[];
  /** Shuffles of each kind; where there are none, nothing but the hooks is read. */
  readonly shuffles: number;
  /** Whether the pixels, the place and the learning curve are measured too. */
  readonly withControls: boolean;
  /** Pictures encoded together. */
  readonly together: number;
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
  options: MeasureOptions,
  products: RowProducts,
): Promise<Measured> {
  const { encoder, hooks, together, name, withControls } = options;
  const { target } = study, columns = columnsOf(target, options.shuffles);
  const sources = sourcesOf(hooks, withControls);
  const reader = (doing: string): Reader => ({
    encoder,
    sources,
    columns,
    together,
    doing: `${doing} ${name}`,
  });
  const folds = await sumFolds(study, reader("fitting probes of"), products);
  needRows(folds[0]!.some(({ pictures }) => pictures > 0), "fit", target);
  const { probes, best } = fitAll(sources, folds, columns, target, options);
  const found = await measureTest(
    study,
    reader("measuring probes of"),
    probes,
    products,
  );
  needRows(found.pictures > 0, "measure", target);
  return { columns, best, ...found };
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
  sources: readonly Source[],
  folds: readonly FoldSums[][],
  columns: readonly Column[],
  target: Target,
  { penalties, withControls }: MeasureOptions,
): { probes: SourceFits[]; best: Measured["best"] } {
  const placed =
    columns.findLastIndex(({ labels }) =>
      labels === "real" || labels === "across"
    ) + 1;
  const options = { penalties, real: target.columns.length, placed };
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
      source.layout.grid.join() === found.source.layout.grid.join()
    );
    for (const one of [found, place!]) {
      const s = probes.indexOf(one);
      one.fits.push(
        ...learningFits(
          one.source,
          folds[s]!,
          placedFit(one.fits, column)!,
          options,
        ),
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
