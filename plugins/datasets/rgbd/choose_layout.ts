/**
 * Chooses the layout that a folder's file names follow.
 *
 * @module
 */
import { ConfigError } from "../../../mod.ts";
import { imageExtensions, someNames } from "../sources/file_names.ts";
import { findPairs, type Pairs } from "./find_pairs.ts";
import { type Layout, layoutNames, layouts } from "./layouts.ts";

/** Files with these extensions, in either case, can hold depth. */
const depthExtensions: readonly string[] = [".png", ".pfm", ".npy"];

/** The options that decide the layout. */
export interface LayoutOptions {
  /** A name of {@linkcode layouts}, `"custom"`, or `"auto"`. */
  readonly layout?: string | undefined;
  /** The pattern of pictures in a custom layout. */
  readonly imagePattern?: string | undefined;
  /** The pattern of depth maps in a custom layout. */
  readonly depthPattern?: string | undefined;
}

/** Where to look. */
export interface Place {
  /** The folder or tar. */
  readonly path: string;
  /** The sequence of files outside any folder. */
  readonly base: string;
  /** The files there. */
  readonly names: readonly string[];
}

/** A layout and the pairs it finds. */
export interface Choice extends Pairs {
  /** The layout. */
  readonly layout: Layout;
}

/**
 * The layout that the options name, or else the one that finds the most pairs.
 *
 * @throws {ConfigError} When the options contradict each other, or no pair is found.
 */
export function chooseLayout(options: LayoutOptions, place: Place): Choice {
  const tried = candidates(options).map((layout) => ({
    layout,
    ...findPairs(place.names, layout, place.base),
  }));
  const best = tried.reduce((a, b) => b.pairs.length > a.pairs.length ? b : a);
  if (best.pairs.length > 0) return best;
  throw new ConfigError("dataset.path", nothingFound(tried, place));
}

function candidates(options: LayoutOptions): readonly Layout[] {
  const { layout = "auto", imagePattern, depthPattern } = options;
  const isAsked = imagePattern !== undefined || depthPattern !== undefined;
  if (layout === "custom" || layout === "auto" && isAsked) {
    return [custom(imagePattern, depthPattern)];
  }
  if (isAsked) {
    throw new ConfigError(
      "dataset.layout",
      `Cannot use imagePattern and depthPattern with layout "${layout}", which has its own: leave out one or the other, or write layout "custom"`,
    );
  }
  if (layout === "auto") return layouts;
  const named = layouts.find(({ name }) => name === layout);
  if (named) return [named];
  throw new ConfigError(
    "dataset.layout",
    `Cannot find layout "${layout}": the layouts are "auto", "custom", ${
      layoutNames.map((name) => `"${name}"`).join(", ")
    }`,
  );
}

/** A layout of depth in whole millimetres, as most cameras give it. */
function custom(image: string | undefined, depth: string | undefined): Layout {
  const images = checked("imagePattern", image, imageExtensions);
  const depths = checked("depthPattern", depth, depthExtensions);
  if (variables(images) !== variables(depths)) {
    throw new ConfigError(
      "dataset.depthPattern",
      `Cannot pair "${images}" with "${depths}": both need the same * and # in the same order, such as "rgb/*.jpg" and "depth/*.png"`,
    );
  }
  return {
    name: "custom",
    images: [images],
    depths: [depths],
    scale: 1 / 1000,
    bits: 16,
  };
}

function checked(
  option: string,
  pattern: string | undefined,
  endings: readonly string[],
): string {
  if (pattern === undefined) {
    throw new ConfigError(
      `dataset.${option}`,
      `Cannot use layout "custom" without ${option}: write imagePattern and depthPattern, such as "rgb/*.jpg" and "depth/*.png"`,
    );
  }
  if (
    endings.some((ending) => pattern.toLowerCase().endsWith(ending)) &&
    /[*#]/.test(pattern.replace(/^\*\*\//, ""))
  ) return pattern;
  throw new ConfigError(
    `dataset.${option}`,
    `Cannot use "${pattern}" as ${option}: it needs a * or # and must end in ${
      endings.join(", ")
    }`,
  );
}

/** The variable parts of a pattern: `*#`. */
function variables(pattern: string): string {
  return pattern.replace(/^\*\*\//, "**").replace(/[^*#]/g, "");
}

function nothingFound(tried: readonly Choice[], place: Place): string {
  const patterns = tried.map(({ layout: { name, images, depths } }) =>
    `${name} (${images.join(", ")} with ${depths.join(", ")})`
  ).join("; ");
  const counts = tried.length > 1
    ? ""
    : ` of its files ${tried[0]!.withoutDepth} are named as pictures, ${
      tried[0]!.depths
    } as depth;`;
  return `Cannot find a picture with depth in "${place.path}": tried ${patterns};${counts} it holds ${
    someNames(place.names)
  }; for other names set imagePattern and depthPattern`;
}
