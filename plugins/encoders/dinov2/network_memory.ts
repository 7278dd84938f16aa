/**
 * A network's sizes in, how many pictures go through it at once and the bytes
 * that they take out.
 *
 * @module
 */
import { type Hook, sizeOf } from "../../../mod.ts";
import { isOfPairs } from "../transformer/block_hooks.ts";
import { tokensOf } from "../network/graph_encoder.ts";
import type { Size } from "../pictures/preprocess.ts";
import { type Dinov2Sizes, gridOf } from "./dinov2_graph.ts";
import type { DptSizes } from "../depth_anything/dpt_graph.ts";

const mebibyte = 2 ** 20;

/** onnxruntime's code and its thread, and what JavaScript lets lie about before it collects it. */
const runtime = 136 * mebibyte;

/** What the pictures that go through together may take. */
const budget = 256 * mebibyte;

/** What a network takes. */
export interface NetworkMemory {
  /** Pictures that go through at once: more gain nothing at these sizes. */
  readonly together: number;
  /** Bytes it takes at most while it encodes `images` pictures and `hook` is read; any one when absent. */
  memory(images: number, hook?: Hook): number;
}

/** What is counted. */
export interface NetworkCounts {
  /** Bytes of the weights as float32. */
  readonly weights: number;
  /** Size of a picture in pixels. */
  readonly size: Size;
  /** Where it can be read. */
  readonly hooks: readonly Hook[];
  /** Numbers that one picture has in the network at once where `hook` is read. */
  inside(hook: Hook): number;
}

/** What a network takes whose weights and widest places are known. */
export function networkMemory(
  { weights, inside, size, hooks }: NetworkCounts,
): NetworkMemory {
  const pixels = 3 * size.width * size.height;
  // The last hook takes all of the network, as it mostly is: attention's inside is not read.
  const together = Math.max(
    1,
    Math.floor(budget / (4 * inside(hooks.at(-1)!))),
  );
  const numbersAt = (hook: Hook, images: number): number => {
    const turn = Math.min(images, together);
    const output = tokensOf(hook) * hook.width;
    // Pixels of this turn and the next; the results of this call and of the one
    // before, and what was joined to them where there were several turns.
    const results = (turn < images ? 3 : 2) * images * output;
    return turn * (inside(hook) + 2 * pixels + output) + results;
  };
  return {
    together,
    memory(images, hook) {
      const read = hook ? [hook] : hooks;
      const numbers = read.map((hook) => numbersAt(hook, images));
      return Math.ceil(runtime + 1.1 * weights + 4 * Math.max(...numbers));
    },
  };
}

/** Bytes of tensors with these shapes as float32. */
export function weightBytes(
  tensors: Iterable<{ readonly shape: readonly number[] }>,
): number {
  let numbers = 0;
  for (const { shape } of tensors) numbers += sizeOf(shape);
  return 4 * numbers;
}

/** Numbers that a picture has at once in the widest block where `hook` is read. */
export function insideBackbone(
  sizes: Dinov2Sizes,
  size: Size,
  hook: Hook,
): number {
  const { dModel, dMlp, gated, heads } = sizes;
  const [rows, columns] = gridOf(size, sizes);
  const tokens = 1 + rows * columns;
  // Products, scaled ones and what is made of them lie side by side where one is read.
  const pairs = (isOfPairs(hook) ? 3 : 1) * heads * tokens;
  const attention = tokens * (9 * dModel + pairs);
  const mlp = tokens * 2 * (dModel + (gated ? 3 : 1) * dMlp);
  return 1.1 * Math.max(attention, mlp);
}

/** Numbers that a picture has at once in the widest place of Depth Anything's neck and head. */
export function insideDpt(
  sizes: Dinov2Sizes,
  { fusion, head, factors }: DptSizes,
  size: Size,
): number {
  const [rows, columns] = gridOf(size, sizes);
  const fused = rows * columns * (2 * factors[0]!) ** 2;
  const pixels = size.width * size.height;
  const joining = 3 * fused * fusion;
  const predicting = fused * fusion * 1.5 + pixels * (fusion / 2 + 2 * head);
  return 1.1 * Math.max(joining, predicting);
}
