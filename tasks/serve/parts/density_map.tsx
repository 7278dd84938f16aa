/**
 * The dictionary on a plane, where scripts are off.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { colorOf } from "../live/color_map.ts";
import { extent } from "../runs/extent.ts";
import type { LatentColumn } from "../runs/latent_columns.ts";
import type { RunIndex } from "../runs/run_store.ts";
import { latentUrl } from "../urls.ts";
import { count } from "./numbers.ts";

/** Cells of the plane. */
const [cellsAcross, cellsDown] = [48, 28];

/** The share of numbers below each; 0 for what is not a number. */
function ranksOf(values: Float32Array): Float32Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const first = new Map<number, number>();
  sorted.forEach((value, i) => {
    if (!first.has(value)) first.set(value, i / Math.max(1, sorted.length - 1));
  });
  return values.map((value) => first.get(value) ?? 0);
}

/** The plane in cells, each coloured by mean rank and leading to one of its latents. */
export function DensityMap(
  { run, latents: { index }, column }: {
    run: string;
    latents: RunIndex;
    column: LatentColumn;
  },
): JSX.Element {
  const { plane } = index;
  const x = extent(plane.filter((_, i) => i % 2 === 0)) ?? [0, 1];
  const y = extent(plane.filter((_, i) => i % 2 === 1)) ?? [0, 1];
  const cells = new Map<
    number,
    { latent: number; count: number; sum: number }
  >();
  const ranks = ranksOf(column.values);
  const place = (value: number, [low, high]: [number, number], many: number) =>
    Math.min(many - 1, Math.floor(many * (value - low) / (high - low || 1)));
  for (let latent = 0; latent < index.info.dSae; latent++) {
    const col = place(plane[2 * latent]!, x, cellsAcross);
    const row = place(plane[2 * latent + 1]!, y, cellsDown);
    const key = row * cellsAcross + col;
    const cell = cells.get(key) ?? { latent, count: 0, sum: 0 };
    cell.count++;
    cell.sum += ranks[latent]!;
    cells.set(key, cell);
  }
  return (
    <svg
      class="cells"
      viewBox={`0 0 ${cellsAcross} ${cellsDown}`}
      role="img"
      aria-label={`The dictionary on a plane, coloured by ${column.title}`}
    >
      {[...cells].map(([key, { latent, count: many, sum }]) => (
        <a href={latentUrl(run, latent)}>
          <title>{`${count(many)} latents, among them ${latent}`}</title>
          <rect
            x={key % cellsAcross}
            y={cellsDown - 1 - Math.floor(key / cellsAcross)}
            width="0.94"
            height="0.94"
            rx="0.2"
            fill={colorOf("viridis", sum / many)}
            fill-opacity={Math.min(1, 0.35 + Math.log2(1 + many) / 8)}
          />
        </a>
      ))}
    </svg>
  );
}
