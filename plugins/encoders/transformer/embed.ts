/**
 * The patch embedding: pixels to tokens with their positions.
 *
 * @module
 */
import type { Builder } from "../network/builder.ts";

/** The sizes of an embedding. */
export interface Embedding {
  /** Name of the pictures in the graph. */
  readonly input: string;
  /** Length of a token. */
  readonly dModel: number;
  /** Side of a patch in pixels. */
  readonly patch: number;
  /** Patches of a picture. */
  readonly patches: number;
  /** Tokens before the patches, as the checkpoint names them: `["cls_token"]`. */
  readonly specials: readonly string[];
  /** Name of the position embeddings in the graph: `[1, specials + patches, dModel]`. */
  readonly positions: string;
}

/** Adds `embed`, the tokens with their positions: `[images, tokens, dModel]`. */
export function embed({ graph, weight }: Builder, of: Embedding): string {
  const { dModel, patch, patches, specials } = of;
  const projection = "embeddings.patch_embeddings.projection";
  const map = graph.node("Conv", [
    of.input,
    weight(`${projection}.weight`, dModel, 3, patch, patch),
    weight(`${projection}.bias`, dModel),
  ], { attributes: { kernel_shape: [patch, patch], strides: [patch, patch] } });
  const rows = graph.node("Transpose", [
    graph.node("Reshape", [map, graph.integers([0, dModel, patches])]),
  ], { attributes: { perm: [0, 2, 1] } });
  // The special tokens start as zeros, and their values are added along with
  // the positions: so no shape depends on the number of images.
  const padded = graph.node("Pad", [
    rows,
    graph.integers([0, specials.length, 0, 0, 0, 0]),
  ]);
  const first = graph.node(
    "Concat",
    specials.map((name) => weight(`embeddings.${name}`, 1, 1, dModel)),
    { attributes: { axis: 1 } },
  );
  const places = graph.node("Add", [
    of.positions,
    graph.node("Pad", [first, graph.integers([0, 0, 0, 0, patches, 0])]),
  ]);
  return graph.node("Add", [padded, places], { output: "embed" });
}
