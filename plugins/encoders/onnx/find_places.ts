/**
 * Finds the values of a graph that are tokens or maps of a picture, and how they
 * lie over it.
 *
 * @module
 */
import type { Hook, TokenLayout } from "../../../mod.ts";
import { tokensOf } from "../network/tokens_of.ts";
import type { Value } from "../network/onnx_thread.ts";
import type { Size } from "../pictures/preprocess.ts";

/** A value that is a hook. */
export interface Place {
  /** The hook; it has the value's name. */
  readonly hook: Hook;
  /** Shape of the value for one picture. */
  readonly shape: readonly number[];
  /** Type of its numbers. */
  readonly type: "float32" | "float16";
}

/** Options for {@linkcode findPlaces}. */
export interface FindPlacesOptions {
  /** The values that depend on the pictures alone, in the order they are computed. */
  readonly values: readonly Value[];
  /** How many pictures their shapes are for. */
  readonly images: number;
  /** Size of a picture. */
  readonly size: Size;
  /** Number of tokens before the grid; by default the fewest that leave a grid. */
  readonly specials?: number | undefined;
  /** Whether a value of rank 4 is a product of matrices, such as attention scores, and not a map. */
  isProduct(name: string): boolean;
  /** Whether a value of rank 3 is a map without an axis of channels, and not tokens. */
  isFlatMap(name: string): boolean;
}

/** Whether a value already has the shape of tokens, `[images, tokens, width]`. */
export function areTokens({ shape, hook }: Place): boolean {
  return shape.length === 2 && shape[1] === hook.width &&
    shape[0] === tokensOf(hook);
}

type Grid = TokenLayout["grid"];
type Spot = Pick<Hook, "layout" | "width">;

/** No model has more special tokens: CLS and registers. */
const mostSpecials = 8;

/**
 * The values that are hooks:
 *
 * - `[images, channels, rows, columns]` whose rows and columns are in the
 *   picture's proportions, a map;
 * - `[images, rows, columns]` as large as a map or the picture, a map with one
 *   channel, if it is computed from one or cannot be tokens;
 * - `[images, tokens, width]` whose tokens are specials and a grid: that of one
 *   of the maps, or one that cuts the picture into squares;
 * - `[images, classes]`, one special token.
 */
export function findPlaces(options: FindPlacesOptions): Place[] {
  const { values, images, size } = options;
  const found = values.filter(({ type, shape }) =>
    (type === "float32" || type === "float16") && shape[0] === images &&
    shape.every((length) => typeof length === "number" && length > 0)
  ).map(({ name, type, shape }) => ({
    name,
    type: type as Place["type"],
    shape: shape.slice(1) as number[],
  }));
  const isMap = (name: string, shape: readonly number[]): boolean =>
    shape.length === 3 && hasProportions([shape[1]!, shape[2]!], size) &&
    !options.isProduct(name);
  const maps = found.filter(({ name, shape }) => isMap(name, shape))
    .map(({ shape }): Grid => [shape[1]!, shape[2]!]);
  const places: Place[] = [];
  for (const { name, type, shape } of found) {
    if (shape.length === 3 && !isMap(name, shape)) continue;
    const spot = spotOf(name, shape, maps, options);
    if (spot) places.push({ hook: { name, ...spot }, shape, type });
  }
  return places;
}

function spotOf(
  name: string,
  shape: readonly number[],
  maps: readonly Grid[],
  options: FindPlacesOptions,
): Spot | undefined {
  const [a = 1, b = 1, c = 1] = shape;
  switch (shape.length) {
    case 1:
      return { width: a, layout: { specials: 1, grid: [0, 0] } };
    case 3:
      return { width: a, layout: { specials: 0, grid: [b, c] } };
    case 2: {
      const layout = layoutOf(a, maps, options);
      const { width, height } = options.size;
      const isMap = [[height, width] as const, ...maps]
        .some(([rows, columns]) => rows === a && columns === b);
      if (isMap && (!layout || options.isFlatMap(name))) {
        return { width: 1, layout: { specials: 0, grid: [a, b] } };
      }
      return layout && { width: b, layout };
    }
    default:
      return undefined;
  }
}

/** How this many tokens lie over the picture; `undefined` when they cannot. */
function layoutOf(
  tokens: number,
  maps: readonly Grid[],
  { size, specials }: FindPlacesOptions,
): TokenLayout | undefined {
  const squares = cuts(size);
  const fits = (grids: readonly Grid[], most: number) =>
    grids.map((grid) => ({ specials: tokens - grid[0] * grid[1], grid }))
      .filter((layout) =>
        layout.grid[0] * layout.grid[1] > 1 &&
        (specials === undefined
          ? layout.specials >= 0 && layout.specials <= most
          : layout.specials === specials || layout.specials === 0)
      )
      .sort((a, b) => a.specials - b.specials)[0];
  // Maps show which grids occur; without maps, any grid may.
  return fits(maps, mostSpecials) ??
    fits(squares, maps.length > 0 ? 0 : mostSpecials);
}

/** The grids of squares that fill the picture. */
function cuts({ width, height }: Size): Grid[] {
  const grids: Grid[] = [];
  for (let side = 2; side <= Math.min(width, height); side++) {
    if (width % side > 0 || height % side > 0) continue;
    grids.push([height / side, width / side]);
  }
  return grids;
}

/** Whether a grid has a picture's proportions, rounded up or down. */
function hasProportions([rows, columns]: Grid, { width, height }: Size) {
  if (width === height) return rows === columns;
  return Math.abs(rows - columns * height / width) <= 1 &&
    Math.abs(columns - rows * width / height) <= 1;
}
