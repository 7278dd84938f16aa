/**
 * Points and words in pixels in, SVG out. Figures are drawn on white, so that
 * they read the same on light and on dark paper.
 *
 * @module
 */

/** Ink of words, of axes, and of the lines behind everything. */
export const ink = "#1f2328", axisInk = "#6b7280", gridInk = "#e5e7eb";

/** Colours of lines that people with any colour vision tell apart (Okabe and Ito, 2008). */
export const lineColours: readonly string[] = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#5f6b7a",
];

/** A point, in pixels. */
export type Point = readonly [x: number, y: number];

/** A straight line; `dash` as in SVG: `"4 3"`. */
export function line(
  from: Point,
  to: Point,
  colour: string,
  { width = 1, dash }: { width?: number; dash?: string } = {},
): string {
  return `<line x1="${round(from[0])}" y1="${round(from[1])}" x2="${
    round(to[0])
  }" y2="${round(to[1])}" stroke="${colour}" stroke-width="${width}"${
    dash ? ` stroke-dasharray="${dash}"` : ""
  }/>`;
}

/** A line through points; it begins anew behind one that is not finite. */
export function curve(
  points: readonly Point[],
  colour: string,
  { width = 2, dash }: { width?: number; dash?: string | undefined } = {},
): string {
  let isOn = false;
  const path = points.map(([x, y]) => {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return isOn = false, "";
    const part = `${isOn ? "L" : "M"}${round(x)} ${round(y)}`;
    isOn = true;
    return part;
  }).join("");
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"${
    dash ? ` stroke-dasharray="${dash}"` : ""
  }/>`;
}

/** The band between two curves; points where one is not finite are left out. */
export function band(
  low: readonly Point[],
  high: readonly Point[],
  colour: string,
  opacity = 0.18,
): string {
  const known = [...low.keys()].filter((i) =>
    Number.isFinite(low[i]![1]) && Number.isFinite(high[i]![1])
  );
  const round2 = ([x, y]: Point) => `${round(x)},${round(y)}`;
  const points = [
    ...known.map((i) => round2(low[i]!)),
    ...known.toReversed().map((i) => round2(high[i]!)),
  ];
  return `<polygon points="${
    points.join(" ")
  }" fill="${colour}" fill-opacity="${opacity}"/>`;
}

/** A dot; `title` is shown under the pointer. */
export function dot(
  [x, y]: Point,
  colour: string,
  { radius = 3, title }: { radius?: number; title?: string } = {},
): string {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return "";
  const open = `<circle cx="${round(x)}" cy="${
    round(y)
  }" r="${radius}" fill="${colour}"`;
  return title === undefined
    ? `${open}/>`
    : `${open}><title>${escaped(title)}</title></circle>`;
}

/** Words at a place. */
export function text(
  [x, y]: Point,
  words: string,
  { anchor = "start", size, colour, bold = false, turn }: {
    anchor?: "start" | "middle" | "end";
    size?: number;
    colour?: string;
    bold?: boolean;
    /** Degrees, clockwise about the place. */
    turn?: number;
  } = {},
): string {
  const place = `x="${round(x)}" y="${round(y)}"`;
  return `<text ${place}${
    anchor === "start" ? "" : ` text-anchor="${anchor}"`
  }${size ? ` font-size="${size}"` : ""}${colour ? ` fill="${colour}"` : ""}${
    bold ? ` font-weight="600"` : ""
  }${turn ? ` transform="rotate(${turn} ${round(x)} ${round(y)})"` : ""}>${
    escaped(words)
  }</text>`;
}

/** A document of `parts` on white; `label` says what it shows to those who do not see it. */
export function svg(
  { width, height, label }: { width: number; height: number; label: string },
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${
      round(height)
    }" width="${round(width)}" height="${
      round(height)
    }" role="img" aria-label="${
      escaped(label)
    }" font-family="system-ui, sans-serif" font-size="12" fill="${ink}">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...parts.filter((part) => part !== ""),
    "</svg>",
  ].join("\n");
}

/** Two decimals: no shorter line can be seen. */
export function round(value: number): number {
  return Math.round(100 * value) / 100;
}

/** Words as XML has them. */
export function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll('"', "&quot;");
}
