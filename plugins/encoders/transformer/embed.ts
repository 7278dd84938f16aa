/**
 * The patch embedding: pixels to tokens with their positions.
 *
 * @module
 */
import { sizeOf } from "../../../mod.ts";
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
  /** Tokens before the patches, as the checkpoint names them. */
  readonly specials: readonly Special[];
  /** Name of the position embeddings in the graph, `[1, specials + patches, dModel]`; none are added when absent. */
  readonly positions?: string;
  /** The convolution, as the checkpoint names it; Hugging Face's ViT's when absent. */
  readonly projection?: string;
  /** Whether it has a bias; it has when absent. */
  readonly bias?: boolean;
  /** Name of what comes out; `"embed"` when absent. */
  readonly output?: string;
}

/** Learned tokens that come before the patches. */
export interface Special {
  /** The tensor's name. */
  readonly name: string;
  /** Its shape; `[1, 1, dModel]` when absent. */
  readonly shape?: readonly number[];
}

/** Adds the tokens with their positions: `[images, tokens, dModel]`. */
export function embed(build: Builder, of: Embedding): string {
  const { graph, weight } = build, { dModel, patch, patches } = of;
  const {
    projection = "embeddings.patch_embeddings.projection",
    bias = true,
    output = "embed",
  } = of;
  const map = graph.node("Conv", [
    of.input,
    weight(`${projection}.weight`, dModel, 3, patch, patch),
    ...(bias ? [weight(`${projection}.bias`, dModel)] : []),
  ], { attributes: { kernel_shape: [patch, patch], strides: [patch, patch] } });
  const rows = graph.node("Transpose", [
    graph.node("Reshape", [map, graph.integers([0, dModel, patches])]),
  ], { attributes: { perm: [0, 2, 1] } });
  const added = addedTo(build, of);
  if (added === undefined) return graph.node("Identity", [rows], { output });
  // The special tokens start as zeros, and their values are added along with
  // the positions: so no shape depends on the number of images.
  const first = specialTokens(of);
  const padded = first === 0
    ? rows
    : graph.node("Pad", [rows, graph.integers([0, first, 0, 0, 0, 0])]);
  return graph.node("Add", [padded, added], { output });
}

/** How many tokens come before the patches. */
function specialTokens({ specials, dModel }: Embedding): number {
  return specials.reduce(
    (sum, { shape = [1, 1, dModel] }) => sum + sizeOf(shape) / dModel,
    0,
  );
}

/** What is added to the patches and the room before them, `[1, tokens, dModel]`: positions and special tokens. */
function addedTo(
  { graph, weight }: Builder,
  { specials, positions, dModel, patches }: Embedding,
): string | undefined {
  if (specials.length === 0) return positions;
  const tokens = specials.map(({ name, shape = [1, 1, dModel] }) => {
    const value = weight(name, ...shape);
    return shape.length === 3
      ? value
      : graph.node("Reshape", [value, graph.integers([1, -1, dModel])]);
  });
  const first = graph.node("Concat", tokens, { attributes: { axis: 1 } });
  const padded = graph.node("Pad", [
    first,
    graph.integers([0, 0, 0, 0, patches, 0]),
  ]);
  return positions === undefined
    ? padded
    : graph.node("Add", [positions, padded]);
}
