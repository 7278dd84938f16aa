/**
 * The errors of probes in each cluster of the pictures that are measured on.
 *
 * @module
 */
import type { Rows } from "../../../mod.ts";
import type { Study } from "../study/study.ts";
import type { EncodedPictures } from "../study/target.ts";
import type { PictureCells } from "./columns.ts";
import type { Fit } from "./fits.ts";
import { pass, type Reader } from "./read_cells.ts";
import { gridOf, type Source } from "./sources.ts";

/** Sums over the cells of each cluster: `[2 · clusters]`, the cells inside of things and those at edges in turn. */
export interface ClusterSums {
  /** Cells. */
  readonly n: Float64Array;
  /** What was asked for. */
  readonly y: Float64Array;
  /** Its square. */
  readonly yy: Float64Array;
}

/** A probe, and how it did. */
export interface Reading {
  /** What it reads. */
  readonly source: Source;
  /** The probe. */
  readonly fit: Fit;
  /** Its squared errors, as in {@linkcode ClusterSums}. */
  readonly errors: Float64Array;
  /** What it was asked for. */
  readonly asked: ClusterSums;
}

/** The probes of one source. */
export interface SourceFits {
  /** What they read. */
  readonly source: Source;
  /** The probes. */
  readonly fits: readonly Fit[];
}

/** Measures every probe on the pictures of the test, in one pass. */
export async function measureTest(
  study: Study,
  reader: Reader,
  probes: readonly SourceFits[],
): Promise<{ readings: Reading[]; pictures: number }> {
  const { test, clusters } = study.split;
  const distinct = [...new Set(clusters)], length = 2 * distinct.length;
  const clusterOf = new Map(
    Array.from(test, (index, i) => [index, distinct.indexOf(clusters[i]!)]),
  );
  const asked = new Map<string, ClusterSums[]>();
  const work = probes.map(({ source, fits }) => ({
    source,
    fits,
    weights: weightsOf(source, fits),
    errors: fits.map(() => new Float64Array(length)),
  }));
  let pictures = 0;
  for await (const { group, cells } of pass(study, test, reader)) {
    for (const [grid, found] of cells) {
      const sums = asked.get(grid) ??
        reader.columns.map(() => clusterSums(length));
      asked.set(grid, sums);
      for (const picture of found) {
        addAsked(sums, picture, clusterOf.get(picture.index)!);
      }
    }
    const [first] = cells.values();
    pictures += first!.filter((picture) => picture.cells.length > 0).length;
    for (const one of work) {
      const found = cells.get(gridOf(one.source.layout))!;
      await addErrors(one, group, found, clusterOf, reader);
    }
  }
  const readings = work.flatMap(({ source, fits, errors }) =>
    fits.map((fit, i) => ({
      source,
      fit,
      errors: errors[i]!,
      asked: asked.get(gridOf(source.layout))![fit.column]!,
    }))
  );
  return { readings, pictures };
}

function clusterSums(length: number): ClusterSums {
  const zeros = () => new Float64Array(length);
  return { n: zeros(), y: zeros(), yy: zeros() };
}

function addAsked(
  sums: readonly ClusterSums[],
  { cells, y, targets: { edge } }: PictureCells,
  cluster: number,
): void {
  cells.forEach((cell, row) => {
    const at = 2 * cluster + edge[cell]!;
    sums.forEach((sum, column) => {
      const value = y[row * sums.length + column]!;
      sum.n[at]!++;
      sum.y[at]! += value;
      sum.yy[at]! += value * value;
    });
  });
}

/** The weights of all probes of a source, side by side: `[width, fits]`. */
function weightsOf({ width }: Source, fits: readonly Fit[]): Rows {
  const data = new Float64Array(width * fits.length);
  fits.forEach(({ weights }, i) => {
    weights.forEach((weight, d) => data[d * fits.length + i] = weight);
  });
  return { data, width: fits.length };
}

interface Work extends SourceFits {
  readonly weights: Rows;
  readonly errors: readonly Float64Array[];
}

async function addErrors(
  { source, fits, weights, errors }: Work,
  group: EncodedPictures,
  pictures: readonly PictureCells[],
  clusterOf: ReadonlyMap<number, number>,
  { columns, products }: Reader,
): Promise<void> {
  for (const [at, picture] of pictures.entries()) {
    const { cells, y, targets: { edge } } = picture;
    if (cells.length === 0) continue;
    const said = source.width === 0
      ? new Float64Array(cells.length * fits.length)
      : await products.times(
        { data: source.rows(group, at, picture), width: source.width },
        weights,
      );
    const cluster = 2 * clusterOf.get(picture.index)!;
    cells.forEach((cell, row) => {
      fits.forEach(({ byCell, column }, i) => {
        const error = said[row * fits.length + i]! + byCell[cell]! -
          y[row * columns.length + column]!;
        errors[i]![cluster + edge[cell]!]! += error * error;
      });
    });
  }
}
