/**
 * Estimates how much one block holds while a hook in it is read.
 *
 * @module
 */
import type { Hook } from "../../../mod.ts";
import { type BlockSizes, isOfPairs } from "./block_hooks.ts";

/** How many numbers one picture of `tokens` tokens holds at once in the widest part of a block when `hook` is read. */
export function numbersInBlock(
  sizes: BlockSizes & { readonly gated?: boolean },
  tokens: number,
  hook: Hook,
): number {
  const { dModel, dMlp, gated, heads } = sizes;
  // Where scores or probs are read, three arrays of pairs are alive at once:
  // the products, the scaled ones and what is made of them.
  const pairs = (isOfPairs(hook) ? 3 : 1) * heads * tokens;
  const attention = tokens * (9 * dModel + pairs);
  const mlp = tokens * 2 * (dModel + (gated ? 3 : 1) * dMlp);
  return 1.1 * Math.max(attention, mlp);
}
