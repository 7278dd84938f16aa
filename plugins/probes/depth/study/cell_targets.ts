/**
 * What is known of each cell of a hook's grid: the true depth, the model's own,
 * and what lies between the two.
 *
 * @module
 */
import {
  alignTo,
  type DenseMap,
  type Hook,
  type HostTensor,
  midRanks,
  type Prediction,
  type View,
} from "../../../../mod.ts";
import { cellDepth, cellMeans } from "./cell_depth.ts";
import type { CellTargets } from "../../study/target.ts";

/** What {@linkcode cellTargets} looks at. */
interface CellTargetsInput {
  /** The picture's depth in metres, NaN where unknown; absent where the dataset does not know it. */
  readonly depth?: DenseMap | undefined;
  /** The hook whose cells they are. */
  readonly hook: Pick<Hook, "layout">;
  /** The part of the picture that the grid lies over; all when absent. */
  readonly view?: View | undefined;
  /** What the model says of it, `[places]`, with its meaning and its grid. */
  readonly own?: OwnDepth | undefined;
}

/** A model's own depth of one picture. */
export interface OwnDepth {
  /** What it says at each place, `[rows · cols]`. */
  readonly values: ArrayLike<number>;
  /** Its rows and columns. */
  readonly grid: readonly [rows: number, cols: number];
  /** Whether it is inverse depth. */
  readonly inverse: boolean;
}

/** The model's own depth of picture `image` among the activations at its prediction's hook. */
export function ownDepth(
  { data, shape }: HostTensor,
  image: number,
  hook: Pick<Hook, "layout">,
  { inverse = false }: Pick<Prediction, "inverse">,
): OwnDepth {
  const [, tokens] = shape as readonly [number, number, number];
  const start = image * tokens + hook.layout.specials;
  const values = data.subarray(start, (image + 1) * tokens);
  return { values, grid: hook.layout.grid, inverse };
}

/**
 * What is known of each cell of a hook's grid in one picture: `…_log_depth`,
 * `…_disparity` and `…_rank` of the truth and of the model's own, and the
 * `residual` of both. The rank is that of inverse depth in its picture, 0 the
 * farthest and 1 the nearest; the residual is the true inverse depth less the
 * model's own, scaled and shifted to fit the picture best.
 */
export function cellTargets(
  { depth, hook, view, own }: CellTargetsInput,
): CellTargets {
  const { grid } = hook.layout, values: Record<string, Float64Array> = {};
  const truth = depth && cellDepth(depth, grid, view);
  if (truth) {
    values.truth_log_depth = truth.depth.map(Math.log);
    values.truth_disparity = truth.disparity;
    values.truth_rank = ranks(truth.disparity);
  }
  if (own) {
    const disparity = ownDisparity(own, grid);
    values.own_log_depth = disparity.map((x) => -Math.log(x));
    values.own_disparity = disparity;
    values.own_rank = ranks(disparity);
    if (truth) values.residual = residual(disparity, truth.disparity);
  }
  const cells = grid[0] * grid[1], columns = Object.values(values);
  return {
    values,
    known: Uint8Array.from(
      { length: cells },
      (_, cell) =>
        Number(columns.every((column) => Number.isFinite(column[cell]))),
    ),
    edge: truth?.edge ?? new Uint8Array(cells),
  };
}

/** Inverse depth of each cell; at least a fiftieth of the picture's mean, where a logarithm is still one. */
function ownDisparity(
  { values, grid: from, inverse }: OwnDepth,
  to: Hook["layout"]["grid"],
): Float64Array {
  const found = inverse
    ? Float64Array.from(values)
    : Float64Array.from(values, (metres) => 1 / Math.max(metres, 1e-3));
  const cells = cellMeans(found, from, to);
  const mean = cells.reduce((sum, x) => sum + x, 0) / cells.length;
  return cells.map((x) => Math.max(x, mean / 50, Number.MIN_VALUE));
}

function residual(own: Float64Array, truth: Float64Array): Float64Array {
  const { scale, shift } = alignTo(own, truth);
  return truth.map((x, cell) => x - (scale * own[cell]! + shift));
}

/**
 * Ranks among the numbers that are known, from 0 for the least to 1 for the
 * largest, equal ones sharing the middle of theirs; NaN where one is not known.
 */
export function ranks(values: Float64Array): Float64Array {
  const found = midRanks(values.map((x) => Number.isFinite(x) ? x : NaN));
  const known = found.filter((rank) => !Number.isNaN(rank)).length;
  return found.map((rank) => (rank - 1) / Math.max(1, known - 1));
}
