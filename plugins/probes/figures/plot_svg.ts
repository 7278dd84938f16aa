/**
 * Figures of probes, as specifications of Observable Plot.
 *
 * @module
 */
import type * as Plot from "@observablehq/plot";

/** Observable Plot: the marks and transforms that figures are made of. */
export type PlotModule = typeof Plot;

/** Something that has a colour of its own, explained beside the plot. */
export interface Series {
  /** What it is. */
  readonly name: string;
  /** Its colour. */
  readonly colour: string;
  /** Dashes as in SVG, for controls: `"4 3"`. */
  readonly dash?: string;
  /** Whether its intervals are left out. */
  readonly isBare?: true;
}

/** Colours that people with any colour vision tell apart (Okabe and Ito, 2008). */
export const seriesColours = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#5f6b7a",
] as const;

/** What a figure is, but for its marks. */
interface PlotSvgOptions {
  /** What it shows, for those who do not see it. */
  readonly label: string;
  /** The domain of its colours, explained in a key on the right. */
  readonly series?: readonly Series[];
}

const ink = "#1f2328", keyWidth = 220;

/**
 * The SVG document of a plot on white, the same on light and on dark pages, with
 * all its styles in it and no script. Plot is loaded when the first one is drawn.
 */
export async function plotSvg(
  { label, series = [] }: PlotSvgOptions,
  spec: (plot: PlotModule) => Plot.PlotOptions,
): Promise<string> {
  const [plot, { parseHTML }] = await Promise.all([
    import("@observablehq/plot"),
    import("linkedom"),
  ]);
  const { document } = parseHTML("<html></html>") as unknown as SvgPage;
  const { marginRight = 20, ...options } = spec(plot);
  const hasKey = series.length > 0;
  const svg = plot.plot({
    ...hasKey && {
      color: {
        domain: series.map(({ name }) => name),
        range: series.map(({ colour }) => colour),
      },
    },
    ...options,
    marginRight: hasKey ? keyWidth + marginRight : marginRight,
    document: document as never,
    style: { fontSize: "12px", color: ink },
  }) as unknown as SvgElement;
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const left = Number(svg.getAttribute("width")) - keyWidth;
  const background = `<rect width="100%" height="100%" fill="#ffffff"/>`;
  const key = series.map((each, i) => keyRow(each, left, 60 + 18 * i));
  return svg.outerHTML.replace("</style>", `</style>${background}`)
    .replace(/<\/svg>$/, `${key.join("")}</svg>`);
}

/** The little of a page that is used here. */
interface SvgPage {
  readonly document: unknown;
}

interface SvgElement {
  readonly outerHTML: string;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
}

/** A stretch of a line beside its name. */
function keyRow({ name, colour, dash }: Series, x: number, y: number): string {
  const dashes = dash ? ` stroke-dasharray="${dash}"` : "";
  return `<g text-anchor="start"><line x1="${x}" x2="${x + 22}" y1="${
    y - 4
  }" y2="${y - 4}" stroke="${colour}" stroke-width="2"${dashes}/><text x="${
    x + 28
  }" y="${y}">${escaped(name)}</text></g>`;
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
