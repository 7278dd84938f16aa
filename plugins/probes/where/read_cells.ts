/**
 * One pass over pictures, in which each is read and encoded once.
 *
 * @module
 */
import type { Encoder, RowProducts, TokenLayout } from "../../../mod.ts";
import { encodedPictures } from "../study/encoded_pictures.ts";
import type { Study } from "../study/study.ts";
import { type EncodedPictures, knownCells } from "../study/target.ts";
import { type Column, columnValues, type PictureCells } from "./columns.ts";
import { pixelsOf } from "./pixels.ts";
import { gridOf, type Source } from "./sources.ts";

/** Who is read, where, and what for. */
export interface Reader {
  /** Who is read. */
  readonly encoder: Encoder;
  /** Where. */
  readonly sources: readonly Source[];
  /** What probes are asked for. */
  readonly columns: readonly Column[];
  /** Pictures encoded together. */
  readonly together: number;
  /** What multiplies rows. */
  readonly products: RowProducts;
  /** What is being done, for who waits. */
  readonly doing: string;
}

/**
 * The groups of a pass over `indices`, with the cells of their pictures on each
 * grid by {@linkcode gridOf}. Pictures of one group are as far from each other
 * in `indices` as can be: they lend each other their targets as a control, and
 * neighbours in a film would lend their own.
 */
export async function* pass(
  study: Study,
  indices: Uint32Array,
  { encoder, sources, columns, together, doing }: Reader,
) {
  const hooks = sources.filter(({ kind }) => kind === "tokens")
    .map(({ hook }) => hook);
  const layouts = new Map(
    sources.map(({ layout }) => [gridOf(layout), layout]),
  );
  const earlier = new Map<string, PictureCells[]>();
  let done = 0;
  for await (
    const group of encodedPictures(study, spread(indices, together), {
      hooks: [...new Set(hooks)],
      encoder,
    })
  ) {
    study.signal?.throwIfAborted();
    const cells = new Map<string, PictureCells[]>();
    for (const [grid, layout] of layouts) {
      const before = earlier.get(grid) ?? [];
      cells.set(grid, cellsOfGroup(study, group, layout, columns, before));
      earlier.set(grid, cells.get(grid)!);
    }
    yield { group, cells };
    done = Math.min(indices.length, done + together);
    study.report?.({ text: doing, done, total: indices.length });
  }
}

/** The cells of each picture of a group, in their order. */
function cellsOfGroup(
  { encoder, target }: Pick<Study, "encoder" | "target">,
  group: EncodedPictures,
  layout: TokenLayout,
  columns: readonly Column[],
  earlier: readonly PictureCells[],
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

/** Groups of at most `together`, each spread evenly over all. */
export function spread(indices: Uint32Array, together: number): number[][] {
  const groups = Math.ceil(indices.length / together);
  return Array.from(
    { length: groups },
    (_, group) => [...indices].filter((_, i) => i % groups === group),
  );
}
