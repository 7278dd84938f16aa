/**
 * The part of a picture that an encoder sees, over which the patch grid lies.
 *
 * @module
 */
import type { RgbImage } from "../../../core/dataset.ts";

/** A part of a picture, in pixels. */
interface Region {
  /** Pixels left of it. */
  readonly left: number;
  /** Pixels above it. */
  readonly top: number;
  /** Width. */
  readonly width: number;
  /** Height. */
  readonly height: number;
}

/**
 * The part of a picture that remains after `preprocessing`, as encoders describe
 * it; the whole picture where that mentions no cropping.
 *
 * @example
 * ```ts
 * import { pictureRegion } from "./picture_region.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(
 *   pictureRegion({ width: 512, height: 256 }, "resize shortest edge 256 bicubic, crop 224x224"),
 *   { left: 144, top: 16, width: 224, height: 224 },
 * );
 * ```
 */
export function pictureRegion(
  size: Pick<RgbImage, "width" | "height">,
  preprocessing: unknown,
): Region {
  const words = typeof preprocessing === "string" ? preprocessing : "";
  const to = pair(words, /resize (\d+)x(\d+)/);
  const crop = pair(words, /crop (\d+)x(\d+)/);
  const trimmed = /trim to shape/.test(words) && to
    ? middle(size, largest(size, to))
    : middle(size, size);
  if (!crop) return trimmed;
  const edge = Number(/shortest edge (\d+)/.exec(words)?.[1] ?? 0);
  const scale = edge > 0 ? edge / Math.min(size.width, size.height) : 0;
  const resized = to ??
    { width: size.width * scale, height: size.height * scale };
  if (resized.width === 0) return trimmed;
  const inner = middle(size, {
    width: trimmed.width * Math.min(1, crop.width / resized.width),
    height: trimmed.height * Math.min(1, crop.height / resized.height),
  });
  return inner;
}

type Size = Pick<RgbImage, "width" | "height">;

function pair(words: string, form: RegExp): Size | undefined {
  const found = form.exec(words);
  return found
    ? { width: Number(found[1]), height: Number(found[2]) }
    : undefined;
}

/** The largest size of the shape of `shape` inside `size`. */
function largest(size: Size, shape: Size): Size {
  const scale = Math.min(
    size.width / shape.width,
    size.height / shape.height,
  );
  return { width: shape.width * scale, height: shape.height * scale };
}

function middle(size: Size, inner: Size): Region {
  const width = Math.min(size.width, Math.max(1, Math.round(inner.width)));
  const height = Math.min(size.height, Math.max(1, Math.round(inner.height)));
  return {
    left: Math.floor((size.width - width) / 2),
    top: Math.floor((size.height - height) / 2),
    width,
    height,
  };
}
