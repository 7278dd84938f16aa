/**
 * A picture's true depth and the model's own in, what a probe of a hook is
 * asked for at each cell out.
 *
 * @module
 */
import {
  alignTo,
  type Hook,
  type HostTensor,
  midRanks,
  type Prediction,
  type View,
} from "../../../../mod.ts";
import { cellDepth, cellMeans } from "./cell_depth.ts";
import type { DepthPicture } from "./depth_pictures.ts";

/** What a probe can be asked for, by name. */
export const targetMeanings = {
  truth_log_depth: "logarithm of the true depth in metres (median of the cell)",
  truth_disparity: "true inverse depth (mean of the cell)",
  truth_rank:
    "rank of the true inverse depth in its picture, 0 farthest, 1 nearest",
  own_log_depth:
    "logarithm of the depth that the model itself says, up to a constant",
  own_disparity: "inverse depth that the model itself says",
  own_rank:
    "rank in its picture of the inverse depth that the model itself says",
  residual:
    "true inverse depth less the model's own, scaled and shifted to fit the picture best",
} as const;

/** The name of a target. */
export type Target = keyof typeof targetMeanings;

/** What a picture's cells are. */
export interface CellTargets {
  /** `[cells]` of each target that can be known; NaN where a cell's is not. */
  readonly values: Partial<Record<Target, Float64Array>>;
  /** 1 where every target is known, `[cells]`. */
  readonly known: Uint8Array;
  /** 1 at the edges of things, `[cells]`; 0 everywhere without a truth. */
  readonly edge: Uint8Array;
}

/** What {@linkcode cellTargets} looks at. */
export interface CellTargetsInput {
  /** The picture. */
  readonly picture: DepthPicture;
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

/** What is known of each cell of a hook's grid in one picture. */
export function cellTargets(
  { picture: { depth }, hook, view, own }: CellTargetsInput,
): CellTargets {
  const { grid } = hook.layout, values: CellTargets["values"] = {};
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
