/**
 * Encoded pictures in, the cells that probes are fitted and measured on out.
 *
 * @module
 */
import type { TokenLayout } from "../../../../mod.ts";
import type { Target } from "../study/cell_targets.ts";
import {
  type EncodedPictures,
  knownCells,
  targetsAt,
} from "../study/encoded_pictures.ts";
import type { DepthStudy } from "../study/study.ts";
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
  /** What must be known. */
  readonly targets: readonly Target[];
  /** What probes are asked for. */
  readonly columns: readonly Column[];
  /** Cells of pictures before these. */
  readonly earlier: readonly PictureCells[];
}

/** The cells of each picture of a group, in their order. */
export function cellsOfGroup(
  study: DepthStudy,
  group: EncodedPictures,
  { layout, targets, columns, earlier }: CellsOfGroupOptions,
): PictureCells[] {
  const pictures = group.pictures.map(({ index, image }, at) => {
    const found = targetsAt(study, group, at, { layout });
    return {
      index,
      targets: found,
      cells: knownCells(found, targets),
      pixels: pixelsOf(image, layout.grid, study.encoder.view?.(image)),
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
