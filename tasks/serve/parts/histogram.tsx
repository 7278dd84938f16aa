/**
 * Histograms of a latent's values, and of a column over all latents.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { binEdge, histogramBins } from "../../../core/latents/latent_counts.ts";
import type { LatentColumn } from "../runs/latent_columns.ts";
import { type Bar, Bars } from "./bars.tsx";
import { number, ofKind } from "./numbers.ts";
import { extent } from "../runs/extent.ts";

/** The bars of a latent's values, half an octave each, without empty ones at both ends. */
function valueBars(counts: Uint32Array): Bar[] {
  const filled = [...counts].flatMap((count, bin) => count > 0 ? [bin] : []);
  const first = filled[0] ?? histogramBins / 2, last = filled.at(-1) ?? first;
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    count: counts[first + i]!,
    from: binEdge(first + i),
    to: binEdge(first + i + 1),
  }));
}

/** How many bars a column has; one where all its numbers are the same. */
const mostBars = 48;

/** The bars of a column over all latents: of equal ratio where it is not negative and spans decades, else of equal width. */
export function columnBars(
  { values, name }: Pick<LatentColumn, "values" | "name">,
): Bar[] {
  const positive = values.filter((value) => value > 0);
  const range = extent(values), above = extent(positive);
  if (!range) return [];
  const isLog = above !== undefined && range[0] >= 0 &&
    above[1] / above[0] > 50;
  const [low, high] = isLog ? above.map(Math.log) as [number, number] : range;
  const bins = high > low ? mostBars : 1, width = (high - low) / bins;
  const counts = new Uint32Array(bins);
  for (const value of isLog ? positive : values) {
    if (!Number.isFinite(value)) continue;
    const at = ((isLog ? Math.log(value) : value) - low) / (width || 1);
    counts[Math.min(bins - 1, Math.max(0, Math.floor(at)))]!++;
  }
  const edge = (bin: number): number =>
    isLog ? Math.exp(low + bin * width) : low + bin * width;
  return Array.from(counts, (count, bin) => {
    const from = edge(bin), to = edge(bin + 1);
    const query = new URLSearchParams({
      sort: name,
      // A little wider, so that rounding loses no latent at an edge.
      [`min.${name}`]: wider(from, -1),
      [`max.${name}`]: wider(to, 1),
    });
    return { count, from, to, href: `?${query}` };
  });
}

function wider(value: number, sign: 1 | -1): string {
  return (value + sign * Math.abs(value) * 1e-6).toPrecision(8);
}

/** The histogram of a latent's values. */
export function ValueHistogram(
  { counts }: { counts: Uint32Array },
): JSX.Element {
  return (
    <Bars
      bars={valueBars(counts)}
      label="How many tokens have a value of each size"
      of="tokens"
      format={number}
    />
  );
}

/** The histogram of a column over all latents; its bars lead to their latents. */
export function ColumnHistogram(
  { column, marked, path = "", wide = false }: {
    column: LatentColumn;
    /** Bars that stand out; all when absent. */
    marked?: (bar: Bar) => boolean;
    /** The page that the bars lead to; this one when absent. */
    path?: string;
    /** Whether it is twice as wide as usual. */
    wide?: boolean;
  },
): JSX.Element {
  const bars = columnBars(column)
    .map((bar) => ({ ...bar, href: `${path}${bar.href}` }));
  if (bars.length === 0) return <p class="quiet">No latent has a number.</p>;
  return (
    <Bars
      bars={bars}
      label={`How many latents have each ${column.title}`}
      of="latents"
      format={(value) => ofKind(column.kind, value)}
      wide={wide}
      {...marked && { marked }}
    />
  );
}
