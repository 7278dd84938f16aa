/**
 * A network's sizes and a number of pictures in, bytes out.
 *
 * @module
 */
import type { VitSizes } from "./vit_graph.ts";

const mebibyte = 2 ** 20;

/** onnxruntime's code and its thread. */
const runtime = 72 * mebibyte;

/** What JavaScript lets lie about before it collects dropped buffers. */
const garbage = 64 * mebibyte;

/**
 * Bytes that a vision transformer takes at most while it encodes `images`
 * pictures at once and the next ones are made ready, one hook being read: its
 * weights once, in float32, and what one block keeps of each token. Fitted to
 * resident sizes measured with DeiT-Tiny to ViT-Base, 1 to 64 pictures.
 */
export function vitMemory(sizes: VitSizes, images: number): number {
  const { dModel, dMlp, heads, image, patch, specials } = sizes;
  const tokens = (image / patch) ** 2 + specials.length;
  const attention = tokens * (9 * dModel + heads * tokens);
  const mlp = tokens * 2 * (dModel + dMlp);
  const pixels = 3 * image * image, output = tokens * dModel;
  const perImage = 1.1 * Math.max(attention, mlp) + 2 * pixels + 2 * output;
  const numbers = 1.1 * parameters(sizes) + images * perImage;
  return Math.ceil(runtime + garbage + 4 * numbers);
}

/** How many weights the network has, biases and norms left out. */
function parameters({ layers, dModel, dMlp, patch }: VitSizes): number {
  return layers * dModel * (4 * dModel + 2 * dMlp) + 3 * patch ** 2 * dModel;
}
