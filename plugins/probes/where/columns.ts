/**
 * What probes are asked for: the targets, and the same with what a probe could
 * learn taken away.
 *
 * @module
 */
import { hashOf, permutation, randomFrom } from "../../../mod.ts";
import type { CellTargets, Target } from "../study/target.ts";
import { pixelStatistics } from "./pixels.ts";

/** What a probe is asked for. */
export interface Column {
  /** The target; `"control_task"` is nothing real. */
  readonly target: string;
  /** Whose it is: the cell's, that cell's in another picture, another cell's in the same picture, or a number by the cell's colour. */
  readonly labels: "real" | "across" | "within" | "control";
  /** Decides the order; 0 where nothing is in another one. */
  readonly seed: number;
}

/** The columns of a target: the real ones, then its main ones shuffled across pictures, within them, and control tasks. */
export function columnsOf(
  { columns, main }: Pick<Target, "columns" | "main">,
  shuffles: number,
): Column[] {
  const seeds = Array.from({ length: shuffles }, (_, i) => i + 1);
  const shuffled = (labels: "across" | "within") =>
    main.flatMap(({ name: target }) =>
      seeds.map((seed) => ({ target, labels, seed }))
    );
  return [
    ...columns.map((target) => ({ target, labels: "real", seed: 0 }) as const),
    ...shuffled("across"),
    ...shuffled("within"),
    ...seeds.map((seed) =>
      ({ target: "control_task", labels: "control", seed }) as const
    ),
  ];
}

/** A picture of a group, as {@linkcode columnValues} looks at it. */
interface ColumnPicture {
  /** Its index in the dataset. */
  readonly index: number;
  /** What is known of its cells. */
  readonly targets: CellTargets;
  /** The cells of which everything is known. */
  readonly cells: readonly number[];
  /** Statistics of the pixels of each cell, `[cells of the grid, pixelStatistics]`. */
  readonly pixels: Float32Array;
}

/** The cells of one picture on one grid of which everything is known. */
export interface PictureCells extends ColumnPicture {
  /** What probes are asked for, `[cells, columns]`. */
  readonly y: Float64Array;
}

/**
 * The columns of picture `at` of a group, `[cells, columns]`. `earlier` are
 * pictures that lend their targets where none of the group can.
 */
export function columnValues(
  columns: readonly Column[],
  group: readonly ColumnPicture[],
  at: number,
  earlier: readonly ColumnPicture[],
): Float64Array {
  const { cells } = group[at]!, width = columns.length;
  const y = new Float64Array(cells.length * width);
  columns.forEach((column, c) => {
    const values = labelsOf(column, group, at, earlier);
    values.forEach((value, row) => y[row * width + c] = value);
  });
  return y;
}

function labelsOf(
  { target, labels, seed }: Column,
  group: readonly ColumnPicture[],
  at: number,
  earlier: readonly ColumnPicture[],
): number[] {
  const picture = group[at]!, { cells } = picture;
  if (target === "control_task") {
    return cells.map((cell) => controlLabel(picture.pixels, cell, seed));
  }
  const own = picture.targets.values[target]!;
  if (labels === "real") return cells.map((cell) => own[cell]!);
  const within = permuted(cells, seed, picture.index).map((cell) => own[cell]!);
  if (labels === "within") return within;
  const donors = donorsOf(group, at, seed).concat(earlier);
  return cells.map((cell, row) => {
    const donor = donors.find(({ targets }) => targets.known[cell]);
    return donor?.targets.values[target]?.[cell] ?? within[row]!;
  });
}

function permuted(
  cells: readonly number[],
  seed: number,
  index: number,
): number[] {
  const order = permutation(cells.length, randomFrom(seed, index, 5));
  return Array.from(order, (i) => cells[i]!);
}

/** The other pictures of a group, the one first that is as far on for every picture of it: labels go round. */
function donorsOf(
  group: readonly ColumnPicture[],
  at: number,
  seed: number,
): ColumnPicture[] {
  const count = group.length;
  if (count < 2) return [];
  const step = 1 + Math.floor(hashOf(seed, group[0]!.index, 6) * (count - 1));
  const others = Array.from(
    { length: count },
    (_, i) => group[(at + step + i) % count]!,
  );
  return others.filter((other) => other !== group[at]);
}

/**
 * The control task of Hewitt and Liang (2019, arXiv:1909.03368). There a word
 * has a label that is drawn once for its type, so that a probe can only learn
 * types by heart. A patch has no type, but it has a colour: its type is its
 * mean red, green and blue in four steps each, 64 in all, and its label a
 * number in [0, 1) that the type and the seed decide. A probe that reads it as
 * well as the target is one that could learn anything.
 */
function controlLabel(
  pixels: Float32Array,
  cell: number,
  seed: number,
): number {
  const [r, g, b] = pixels.subarray(cell * pixelStatistics);
  const step = (x: number) => Math.min(3, Math.floor(4 * x));
  return hashOf(seed, 16 * step(r!) + 4 * step(g!) + step(b!), 7);
}
