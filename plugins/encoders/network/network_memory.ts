/**
 * How many pictures go through a network at once, and the memory they take.
 *
 * @module
 */
import { type Hook, sizeOf } from "../../../mod.ts";
import { tokensOf } from "./tokens_of.ts";

const mebibyte = 2 ** 20;

/** onnxruntime's code and its thread, and buffers that JavaScript has dropped but not yet collected. */
const runtime = 136 * mebibyte;

/** What the pictures that go through together may take. */
const budget = 256 * mebibyte;

/** What a network needs. */
export interface NetworkMemory {
  /** How many pictures go through at once: more gain nothing at these sizes. */
  readonly together: number;
  /** The most bytes it takes while it encodes `images` pictures and `hook` is read; any hook when absent. */
  memory(images: number, hook?: Hook): number;
}

/** What the estimate is made from. */
export interface NetworkCounts {
  /** Bytes of the weights as float32. */
  readonly weights: number;
  /** Width and height of a picture in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** The network's hooks, in network order. */
  readonly hooks: readonly Hook[];
  /** How many numbers one picture holds at once in the network when `hook` is read. */
  inside(hook: Hook): number;
}

/** Estimates the memory of a network from its weights and its widest parts. */
export function networkMemory(
  { weights, inside, size, hooks }: NetworkCounts,
): NetworkMemory {
  const pixels = 3 * size.width * size.height;
  // The last hook needs the whole network and reads nothing inside attention,
  // which is the usual case.
  const together = Math.max(
    1,
    Math.floor(budget / (4 * inside(hooks.at(-1)!))),
  );
  const numbersAt = (hook: Hook, images: number): number => {
    const turn = Math.min(images, together);
    const output = tokensOf(hook) * hook.width;
    // Pixels of this batch and the next; the results of this call and the one
    // before, and the joined result where there are several batches.
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
