/**
 * The sizes of a transformer's blocks in, the places where they can be read out.
 *
 * @module
 */
import type { Hook, TokenLayout } from "../../../mod.ts";

/** The sizes that tell how long a token is in a block. */
export interface BlockSizes {
  /** Number of blocks. */
  readonly layers: number;
  /** Length of a token. */
  readonly dModel: number;
  /** Attention heads. */
  readonly heads: number;
  /** Length of a token inside the MLP. */
  readonly dMlp: number;
}

/** Numbers of a block's hook, by what it is called after `blocks.{i}.`; `scores` and `probs` of each token by every other one. */
type Width = (sizes: BlockSizes, tokens: number) => number;

const wide: Width = ({ dModel }) => dModel;
const inner: Width = ({ dMlp }) => dMlp;
const pairs: Width = ({ heads }, tokens) => heads * tokens;

/** In network order. */
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
 * Where blocks can be read, in network order: `blocks.{i}.{ln1, q, k, v, scores,
 * probs, z, attn_out, resid_mid, ln2, mlp_act, mlp_out, resid_post}`. The heads
 * of `q`, `k`, `v` and `z` lie side by side. `scores` are what the softmax is
 * given, scaled, and `probs` what it makes of them: for each token as a query,
 * the keys of head 0, then those of head 1 …, `[images, tokens, heads · tokens]`.
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

/** Whether a hook has a number for each pair of tokens, of which there are many more than activations. */
export function isOfPairs({ name }: Pick<Hook, "name">): boolean {
  return /^blocks\.\d+\.(scores|probs)$/.test(name);
}
