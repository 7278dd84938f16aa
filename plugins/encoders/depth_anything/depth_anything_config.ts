/**
 * The settings of a Depth Anything as Hugging Face writes them.
 *
 * @module
 */
import { z } from "zod";
import { FormatError } from "../../../mod.ts";
import { dinov2Schema } from "../dinov2/dinov2_config.ts";
import type { DptSizes } from "./dpt_graph.ts";

const size = z.int().positive();

/** The backbone of a Depth Anything whose settings name none. */
const smallBackbone = {
  model_type: "dinov2",
  image_size: 518,
  hidden_size: 384,
  num_attention_heads: 6,
  out_indices: [9, 10, 11, 12],
} as const;

const backboneSchema = dinov2Schema.extend({
  model_type: z.literal("dinov2", {
    error: ({ input }) =>
      `found ${JSON.stringify(input)}, supported is "dinov2"`,
  }),
  out_indices: z.array(z.int()).optional(),
  out_features: z.array(z.string()).nullish(),
  apply_layernorm: z.boolean().default(true),
});

/** What is read from `config.json`; defaults are those of Hugging Face's `DepthAnythingConfig`. */
export const depthAnythingSchema = z.object({
  model_type: z.literal("depth_anything", {
    error: ({ input }) =>
      `found ${JSON.stringify(input)}, supported is "depth_anything"` +
      (input === "dinov2" ? '; for DINOv2 use the encoder "dinov2"' : ""),
  }),
  backbone: z.null({
    error: "a backbone by name is not supported, only one by backbone_config",
  }).default(null),
  backbone_config: z.preprocess(
    (given) => given ?? smallBackbone,
    backboneSchema,
  ),
  patch_size: size.optional(),
  reassemble_hidden_size: size.optional(),
  reassemble_factors: z.array(
    z.number().positive().refine(
      (factor) => Number.isInteger(factor >= 1 ? factor : 1 / factor),
      { error: "supported are 1, 2, 3 … and 1/2, 1/3 …" },
    ),
  ).default([4, 2, 1, 0.5]),
  neck_hidden_sizes: z.array(size).min(1).default([48, 96, 192, 384]),
  fusion_hidden_size: size.min(2).default(64),
  head_in_index: z.int().default(-1),
  head_hidden_size: size.default(32),
  depth_estimation_type: z.enum(["relative", "metric"]).default("relative"),
  max_depth: z.number().nonnegative().nullish(),
});

/** Settings of a Depth Anything. */
export type DepthAnythingSettings = z.output<typeof depthAnythingSchema>;

/**
 * The sizes of neck and head that `settings` ask for, on a backbone of `layers`
 * blocks; `path` is the file that errors name.
 *
 * @throws {FormatError} When they do not fit each other.
 */
export function dptSizes(
  settings: DepthAnythingSettings,
  layers: number,
  path: string,
): DptSizes {
  const fail = (why: string): never => {
    throw new FormatError(path, `Cannot use "${path}": ${why}`);
  };
  const { backbone_config, neck_hidden_sizes: channels } = settings;
  const { reassemble_factors: factors, reassemble_hidden_size } = settings;
  const { hidden_size, patch_size } = backbone_config;
  if ((settings.patch_size ?? patch_size) !== patch_size) {
    fail(
      `"patch_size" is ${settings.patch_size}, the backbone's is ${patch_size}`,
    );
  }
  if ((reassemble_hidden_size ?? hidden_size) !== hidden_size) {
    fail(
      `"reassemble_hidden_size" is ${reassemble_hidden_size}, the backbone's "hidden_size" is ${hidden_size}`,
    );
  }
  const taps = tapsOf(backbone_config, layers, fail);
  if (taps.length !== channels.length || channels.length !== factors.length) {
    fail(
      `the backbone has ${taps.length} "out_indices", there are ${channels.length} "neck_hidden_sizes" and ${factors.length} "reassemble_factors"`,
    );
  }
  const { head_in_index: index } = settings;
  const headFrom = index < 0 ? taps.length + index : index;
  if (headFrom < 0 || headFrom >= taps.length) {
    fail(`"head_in_index" is ${index}, there are ${taps.length} fused maps`);
  }
  return {
    taps,
    normalised: backbone_config.apply_layernorm,
    channels,
    factors,
    fusion: settings.fusion_hidden_size,
    head: settings.head_hidden_size,
    headFrom,
    metric: settings.depth_estimation_type === "metric",
    maxDepth: settings.max_depth || 1, // Hugging Face, too, takes none and 0 for 1
  };
}

/** The stages that are tapped, 0 being the embedding; by name where there are no numbers. */
function tapsOf(
  { out_indices, out_features }: DepthAnythingSettings["backbone_config"],
  layers: number,
  fail: (why: string) => never,
): number[] {
  const named = out_features?.map((name) =>
    name === "stem" ? 0 : Number(/^stage([1-9]\d*)$/.exec(name)?.[1] ?? NaN)
  );
  const taps = out_indices?.map((i) => i < 0 ? layers + 1 + i : i) ?? named ??
    [layers];
  const inOrder = taps.every((tap, k) =>
    tap >= 0 && tap <= layers && (k === 0 || tap > taps[k - 1]!)
  );
  if (!inOrder) {
    fail(
      `its backbone has ${layers} blocks, so "out_indices" must be rising numbers from 0 to ${layers}, found ${
        taps.join(", ")
      }`,
    );
  }
  if (named && named.join() !== taps.join()) {
    fail(
      `"out_indices" are ${taps.join(", ")}, "out_features" are ${
        out_features!.join(", ")
      }`,
    );
  }
  return taps;
}

/**
 * Which versions of Depth Anything tap these blocks: V1 the last ones, V2 some
 * spread over the network. Both do when every block is tapped.
 */
export function versionsOf(
  taps: readonly number[],
  layers: number,
): readonly (1 | 2)[] {
  const last = taps.every((tap, k) => tap === layers - taps.length + 1 + k);
  if (!last) return [2];
  return taps.length === layers ? [1, 2] : [1];
}
