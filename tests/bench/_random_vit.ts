/**
 * A ViT checkpoint with random weights, for timing.
 *
 * @module
 */
import { join } from "node:path";
import { randomFrom } from "../../core/random.ts";
import { writeSafetensors } from "../../core/files/safetensors.ts";
import { sizeOf } from "../../core/tensor.ts";

/** Sizes of a ViT. */
export interface VitSize {
  /** Width of the residual stream. */
  readonly width: number;
  /** Number of blocks. */
  readonly layers: number;
  /** Attention heads. */
  readonly heads: number;
  /** Side of the picture in pixels. */
  readonly imageSize: number;
  /** Side of a patch in pixels. */
  readonly patchSize: number;
}

/** Writes a Hugging Face ViT checkpoint to `folder`. */
export async function writeRandomVit(
  folder: string,
  { width, layers, heads, imageSize, patchSize }: VitSize,
): Promise<void> {
  const tokens = (imageSize / patchSize) ** 2 + 1, mlp = 4 * width;
  const shapes: Record<string, number[]> = {
    "embeddings.cls_token": [1, 1, width],
    "embeddings.position_embeddings": [1, tokens, width],
    "embeddings.patch_embeddings.projection.weight": [
      width,
      3,
      patchSize,
      patchSize,
    ],
    "embeddings.patch_embeddings.projection.bias": [width],
    "layernorm.weight": [width],
    "layernorm.bias": [width],
  };
  const linear = (name: string, to: number, from: number): void => {
    shapes[`${name}.weight`] = [to, from];
    shapes[`${name}.bias`] = [to];
  };
  for (let i = 0; i < layers; i++) {
    const block = `encoder.layer.${i}`;
    for (const name of ["layernorm_before", "layernorm_after"]) {
      shapes[`${block}.${name}.weight`] = [width];
      shapes[`${block}.${name}.bias`] = [width];
    }
    for (const name of ["query", "key", "value"]) {
      linear(`${block}.attention.attention.${name}`, width, width);
    }
    linear(`${block}.attention.output.dense`, width, width);
    linear(`${block}.intermediate.dense`, mlp, width);
    linear(`${block}.output.dense`, width, mlp);
  }
  const random = randomFrom(1);
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const one = name.includes("layernorm") && name.endsWith("weight") ? 1 : 0;
    const data = Float32Array.from(
      { length: sizeOf(shape) },
      () => one + 0.1 * (random.next() - 0.5),
    );
    return [name, { dtype: "F32" as const, shape, data }] as const;
  });
  await Deno.mkdir(folder, { recursive: true });
  await writeSafetensors(
    join(folder, "model.safetensors"),
    Object.fromEntries(tensors),
  );
  await Deno.writeTextFile(
    join(folder, "config.json"),
    JSON.stringify({
      model_type: "vit",
      hidden_size: width,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      intermediate_size: mlp,
      image_size: imageSize,
      patch_size: patchSize,
      hidden_act: "gelu",
      layer_norm_eps: 1e-6,
    }),
  );
}
