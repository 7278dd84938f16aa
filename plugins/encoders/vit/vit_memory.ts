/**
 * Estimates the peak memory of a vision transformer.
 *
 * @module
 */
import type { Hook } from "../../../mod.ts";
import { isOfPairs } from "../transformer/block_hooks.ts";
import { tokensOf } from "../network/tokens_of.ts";
import { vitGrid, type VitSizes } from "./vit_graph.ts";
import type { VitHead } from "./vit_head.ts";

const mebibyte = 2 ** 20;

/** onnxruntime's code and its thread. */
const runtime = 72 * mebibyte;

/** Buffers that JavaScript has dropped but not yet collected. */
const garbage = 64 * mebibyte;

/** What the pictures that go through a head together may take. */
const budget = 256 * mebibyte;

/**
 * How many pictures go through a network at once: as many as fit into its head,
 * or all when it has none. A head's maps can be dozens of times as large as a
 * block's tokens.
 */
export function vitTogether(head?: VitHead): number {
  if (!head) return Infinity;
  const widest = Math.max(...head.hooks.map((hook) => head.inside(hook)));
  return Math.max(1, Math.floor(budget / (4 * widest)));
}

/**
 * The most bytes that a vision transformer takes while it encodes `images`
 * pictures at once, the next ones are prepared and `hook` is read (any hook when
 * absent): its weights once, in float32, and what one block holds for each
 * token, or the head if it is read. Fitted to resident sizes measured with
 * DeiT-Tiny to ViT-Base, 1 to 64 pictures.
 */
export function vitMemory(
  sizes: VitSizes,
  images: number,
  head?: VitHead,
  hook?: Hook,
): number {
  const read = head?.hooks.filter(({ name }) => !hook || name === hook.name);
  const of = (read ?? []).map((hook) => memoryAt(sizes, images, head, hook));
  const pairs = !hook || isOfPairs(hook) ? pairsMemory(sizes, images) : 0;
  return Math.max(memoryAt(sizes, images) + pairs, ...of);
}

/** What reading scores or probabilities adds: intermediate values and the results. */
function pairsMemory(sizes: VitSizes, images: number): number {
  const { heads } = sizes, tokens = tokensIn(sizes);
  return 4 * 5 * images * heads * tokens ** 2;
}

function memoryAt(
  sizes: VitSizes,
  images: number,
  head?: VitHead,
  hook?: Hook,
): number {
  const { dModel, dMlp, heads, image } = sizes, tokens = tokensIn(sizes);
  const attention = tokens * (9 * dModel + heads * tokens);
  const mlp = tokens * 2 * (dModel + dMlp);
  const inside = head && hook ? head.inside(hook) : 0;
  const widest = Math.max(1.1 * attention, 1.1 * mlp, inside);
  const turn = Math.min(images, hook ? vitTogether(head) : Infinity);
  const pixels = 3 * image.width * image.height;
  const output = hook ? tokensOf(hook) * hook.width : tokens * dModel;
  const weights = parameters(sizes) + (head && hook ? head.weights(hook) : 0);
  const numbers = 1.1 * weights + turn * (widest + 2 * pixels) +
    (turn < images ? 3 : 2) * images * output;
  return Math.ceil(runtime + garbage + 4 * numbers);
}

/** How many weights the network has, not counting biases and norms. */
function parameters({ layers, dModel, dMlp, patch }: VitSizes): number {
  return layers * dModel * (4 * dModel + 2 * dMlp) + 3 * patch ** 2 * dModel;
}

function tokensIn(sizes: VitSizes): number {
  const [rows, columns] = vitGrid(sizes);
  return rows * columns + sizes.specials.length;
}
