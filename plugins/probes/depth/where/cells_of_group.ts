/**
 * The cells of encoded pictures that probes are fitted and measured on.
 *
 * @module
 */
import type { TokenLayout } from "../../../../mod.ts";
import type { Study } from "../study/study.ts";
import { type EncodedPictures, knownCells } from "../study/target.ts";
import { type Column, type ColumnPicture, columnValues } from "./columns.ts";
import { pixelsOf } from "./pixels.ts";

/** The cells of one picture on one grid of which everything is known. */
export interface PictureCells extends ColumnPicture {
  /** What probes are asked for, `[cells, columns]`. */
  readonly y: Float64Array;
}

/** Options for {@linkcode cellsOfGroup}. */
export interface CellsOfGroupOptions {
  /** The grid. */
  readonly layout: TokenLayout;
  /** What probes are asked for. */
  readonly columns: readonly Column[];
  /** Cells of pictures before these. */
  readonly earlier: readonly PictureCells[];
}

/** The cells of each picture of a group, in their order. */
export function cellsOfGroup(
  { encoder, target }: Pick<Study, "encoder" | "target">,
  group: EncodedPictures,
  { layout, columns, earlier }: CellsOfGroupOptions,
): PictureCells[] {
  const pictures = group.pictures.map(({ index, image }, at) => {
    const targets = target.cells(group, at, { layout });
    return {
      index,
      targets,
      cells: knownCells(target, targets),
      pixels: pixelsOf(image, layout.grid, encoder.view?.(image)),
    };
  });
  const lenders = pictures.filter(({ cells }) => cells.length > 0);
  return pictures.map((picture) => ({
    ...picture,
    y: picture.cells.length === 0
      ? new Float64Array()
      : columnValues(columns, lenders, lenders.indexOf(picture), earlier),
  }));
}
