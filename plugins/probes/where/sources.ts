/**
 * What probes read: the tokens of a hook, statistics of pixels, or nothing but
 * the place.
 *
 * @module
 */
import type { Hook, TokenLayout } from "../../../mod.ts";
import { rowsOf, tokensAt } from "../study/encoded_pictures.ts";
import type { EncodedPictures } from "../study/target.ts";
import type { PictureCells } from "./columns.ts";
import { pixelStatistics } from "./pixels.ts";

/** Something that probes read. */
export interface Source {
  /** What it is. */
  readonly kind: "tokens" | "pixels" | "position";
  /** The name of the hook; of others, of the hook on whose grid they are. */
  readonly hook: string;
  /** The grid. */
  readonly layout: TokenLayout;
  /** Features of a cell; 0 where there is nothing but the place. */
  readonly width: number;
  /** The features of the known cells of picture `at` of a group, `[cells, width]`. */
  rows(group: EncodedPictures, at: number, of: PictureCells): Float32Array;
}

/** Which grid a layout has, as a word. */
export function gridOf({ grid: [rows, cols] }: TokenLayout): string {
  return `${rows} × ${cols}`;
}

/** What is read of a model: each hook, and the pixels and the place on each grid. */
export function sourcesOf(
  hooks: readonly Hook[],
  withControls: boolean,
): Source[] {
  const grids = Map.groupBy(hooks, ({ layout }) => gridOf(layout));
  const controls = [...grids.values()].flatMap(([hook]): Source[] => {
    const at = { hook: hook!.name, layout: hook!.layout };
    return [
      { ...at, kind: "position", width: 0, rows: () => new Float32Array() },
      {
        ...at,
        kind: "pixels",
        width: pixelStatistics,
        rows: (_, __, { cells, pixels }) =>
          rowsOf(pixels, pixelStatistics, cells),
      },
    ];
  });
  const tokens = hooks.map((hook): Source => ({
    kind: "tokens",
    hook: hook.name,
    layout: hook.layout,
    width: hook.width,
    rows: ({ activations }, at, { cells }) =>
      tokensAt(activations, at, hook, cells),
  }));
  return [...withControls ? controls : [], ...tokens];
}
