/**
 * The hooks of a transformer's blocks.
 *
 * @module
 */
import type { Hook, TokenLayout } from "../../../mod.ts";

/** The sizes of a transformer's blocks. */
export interface BlockSizes {
  /** Number of blocks. */
  readonly layers: number;
  /** Length of a token. */
  readonly dModel: number;
  /** Attention heads; they share `dModel` evenly. */
  readonly heads: number;
  /** Length of a token inside the MLP. */
  readonly dMlp: number;
}

/** The width of a hook, which for `scores` and `probs` depends on the number of tokens. */
type Width = (sizes: BlockSizes, tokens: number) => number;

const wide: Width = ({ dModel }) => dModel;
const inner: Width = ({ dMlp }) => dMlp;
const pairs: Width = ({ heads }, tokens) => heads * tokens;

/** By the part of a name after `blocks.{i}.`, in network order. */
const widths: Readonly<Record<string, Width>> = {
  ln1: wide,
  q: wide,
  k: wide,
  v: wide,
  scores: pairs,
  probs: pairs,
  z: wide,
  attn_out: wide,
  resid_mid: wide,
  ln2: wide,
  mlp_act: inner,
  mlp_out: wide,
  resid_post: wide,
};

/**
 * The hooks of all blocks, in network order: `blocks.{i}.{ln1, q, k, v, scores,
 * probs, z, attn_out, resid_mid, ln2, mlp_act, mlp_out, resid_post}`. The heads
 * of `q`, `k`, `v` and `z` lie side by side. `scores` are the scaled inputs of
 * the softmax and `probs` its outputs, `[images, tokens, heads · tokens]`: for
 * each token as a query, the keys of head 0, then those of head 1, and so on.
 */
export function blockHooks(sizes: BlockSizes, layout: TokenLayout): Hook[] {
  const tokens = layout.specials + layout.grid[0] * layout.grid[1];
  return Array.from(
    { length: sizes.layers },
    (_, i) =>
      Object.entries(widths).map(([name, width]): Hook => ({
        name: `blocks.${i}.${name}`,
        width: width(sizes, tokens),
        layout,
      })),
  ).flat();
}

/** Whether a hook has a number for each pair of tokens, which makes it much larger than the others. */
export function isOfPairs({ name }: Pick<Hook, "name">): boolean {
  return /^blocks\.\d+\.(scores|probs)$/.test(name);
}
