/**
 * Runs a model on a picture and brings its predictions into shape.
 *
 * @module
 */
import type { DenseMap, RgbImage } from "../../core/dataset.ts";
import type { Encoder, Hook, Prediction } from "../../core/encoder.ts";
import { ExampleError } from "../../core/errors.ts";
import { resizeMap } from "../../core/resize_map.ts";
import type { HostTensor } from "../../core/tensor.ts";
import type { Range } from "./depth_png.ts";

/** A size in pixels. */
export type Size = Pick<RgbImage, "width" | "height">;

/** The values of one prediction. */
export interface PredictionValues {
  /** What is predicted, and where the model says it. */
  readonly prediction: Prediction;
  /** The values at the model's own resolution: `[rows, columns]` of depth, `[classes]` of logits, `[tokens, width]` of features. */
  readonly values: HostTensor;
}

/** What a model predicts from a picture. */
export interface Predicted {
  /** The picture's size in pixels. */
  readonly size: Size;
  /** The size at which the model takes it, where it is known. */
  readonly input?: Size;
  /** Each prediction. */
  readonly predictions: readonly PredictionValues[];
  /** Its first depth at the picture's size, and the range of its values. */
  readonly depth?: PictureDepth;
}

/** Depth at a picture's size, and the range of its values. */
export interface PictureDepth extends DenseMap, Range {
  /** How many values the resizing had put out of the network's range: they are at its end. */
  readonly clamped: number;
}

/**
 * What `encoder` predicts from `image`, which messages call `name`.
 *
 * @throws {ExampleError} When that takes more than `memory` bytes, or depth is
 * not finite or does not cover the whole picture.
 */
export async function predictPicture(
  name: string,
  image: RgbImage,
  encoder: Encoder,
  memory: number,
): Promise<Predicted> {
  const { predictions = [] } = encoder;
  const hooks = predictions.map(({ hook }) => findHook(encoder, hook));
  checkMemory(name, image, encoder, hooks, memory);
  const seen = await encoder.encode([image], hooks.map(({ name }) => name));
  const values = predictions.map((prediction, i) => ({
    prediction,
    values: shaped(prediction, hooks[i]!, seen[prediction.hook]!),
  }));
  const { width, height } = image, size = { width, height };
  const depth = values.find(({ prediction }) => prediction.kind === "depth");
  if (depth) checkWhole(name, size, encoder);
  return {
    size,
    ...inputOf(encoder),
    predictions: values,
    ...depth && { depth: depthAt(name, depth, size, encoder) },
  };
}

function inputOf({ provenance }: Encoder): { input?: Size } {
  const { width, height } = provenance;
  return typeof width === "number" && typeof height === "number"
    ? { input: { width, height } }
    : {};
}

function findHook({ hooks }: Encoder, name: string): Hook {
  return hooks.find((hook) => hook.name === name)!;
}

function checkMemory(
  name: string,
  { width, height }: RgbImage,
  encoder: Encoder,
  hooks: readonly Hook[],
  most: number,
): void {
  const needed = Math.max(...hooks.map((hook) => encoder.memory(1, hook)));
  if (needed <= most) return;
  const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  throw new ExampleError(
    name,
    `Cannot predict "${name}": at ${width}×${height} pixels the model takes ${
      gib(needed)
    } GiB of memory, there are ${gib(most)}; cut the picture into parts`,
  );
}

/** Drops the axis of the picture and, of depth, that of its one number. */
function shaped(
  { kind }: Prediction,
  { layout, width }: Hook,
  { data }: HostTensor,
): HostTensor {
  if (kind === "depth") {
    const map = data.subarray(layout.specials * width);
    return { data: map, shape: layout.grid };
  }
  return kind === "logits"
    ? { data, shape: [data.length] }
    : { data, shape: [data.length / width, width] };
}

/** Refuses depth of the middle of a picture: it must not be stretched over the whole. */
function checkWhole(name: string, size: Size, encoder: Encoder): void {
  const { width, height } = encoder.view?.(size) ?? size;
  if (width === size.width && height === size.height) return;
  const { preprocessing } = encoder.provenance;
  throw new ExampleError(
    name,
    `Cannot lay depth over "${name}": the model sees only the middle of it (${preprocessing}); write --encoder.fit=stretch`,
  );
}

function depthAt(
  name: string,
  { values: { data, shape }, prediction }: PredictionValues,
  size: Size,
  { provenance }: Encoder,
): PictureDepth {
  const [height, width] = shape as [number, number];
  // Each preprocessing comes with the resizing of its original code.
  const filter = provenance.processor === "original"
    ? "bilinear-corners"
    : "bicubic";
  const map = resizeMap({ data, width, height }, size, filter);
  const clamped = clamp(map.data, prediction.range);
  const range = rangeOf(map.data);
  if (Number.isFinite(range.max - range.min)) {
    return { ...map, ...range, clamped };
  }
  throw new ExampleError(
    name,
    `Cannot use the depth of "${name}": it holds numbers that are not finite`,
  );
}

/** Brings values into `range`, where there is one; how many were outside. A bicubic filter overshoots at edges. */
function clamp(
  data: Float32Array,
  [least, most]: readonly [number, number] = [-Infinity, Infinity],
): number {
  let outside = 0;
  for (const [i, value] of data.entries()) {
    const inside = value < least ? least : value > most ? most : value;
    if (inside === value || Number.isNaN(value)) continue;
    data[i] = inside;
    outside++;
  }
  return outside;
}

/** The smallest and the largest value; NaN when any value is. */
function rangeOf(data: Float32Array): Range {
  let min = Infinity, max = -Infinity;
  for (const value of data) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { min, max };
}
