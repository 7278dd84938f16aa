/**
 * A Depth Anything checkpoint of Small size with random weights, for timing.
 *
 * @module
 */
import { join } from "node:path";
import { randomFrom } from "../../core/random.ts";
import { writeSafetensors } from "../../core/files/safetensors.ts";
import { type Shape, sizeOf } from "../../core/tensor.ts";

const width = 384, layers = 12, mlp = 4 * width, fusion = 64;
const channels = [48, 96, 192, 384],
  resized: Record<number, number> = {
    0: 4,
    1: 2,
    3: 3,
  };

/** Writes a Hugging Face checkpoint of Depth Anything V2 Small's sizes to `folder`. */
export async function writeRandomDepthAnything(folder: string): Promise<void> {
  const random = randomFrom(1);
  const tensors = Object.entries(shapes()).map(([name, shape]) => {
    const one = /norm\d?\.weight$|lambda1$/.test(name) ? 1 : 0;
    const spread = 2 / Math.sqrt(sizeOf(shape.slice(1)) || 1);
    const data = Float32Array.from(
      { length: sizeOf(shape) },
      () => one + spread * (random.next() - 0.5),
    );
    return [name, { dtype: "F32" as const, shape, data }] as const;
  });
  await Deno.mkdir(folder, { recursive: true });
  await writeSafetensors(
    join(folder, "model.safetensors"),
    Object.fromEntries(tensors),
  );
  const config = {
    model_type: "depth_anything",
    backbone_config: {
      model_type: "dinov2",
      hidden_size: width,
      num_attention_heads: 6,
      image_size: 518,
      patch_size: 14,
      out_indices: [3, 6, 9, 12],
      apply_layernorm: true,
      reshape_hidden_states: false,
    },
    neck_hidden_sizes: channels,
    fusion_hidden_size: fusion,
  };
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
}

/** The shape of every tensor by name. */
function shapes(): Record<string, Shape> {
  const all: Record<string, Shape> = {
    "backbone.embeddings.cls_token": [1, 1, width],
    "backbone.embeddings.position_embeddings": [1, 37 ** 2 + 1, width],
  };
  const layer = (name: string, ...shape: number[]): void => {
    all[`${name}.weight`] = shape;
    all[`${name}.bias`] = [shape[0]!];
  };
  layer("backbone.embeddings.patch_embeddings.projection", width, 3, 14, 14);
  layer("backbone.layernorm", width);
  for (let i = 0; i < layers; i++) {
    const block = `backbone.encoder.layer.${i}`;
    for (const k of [1, 2]) {
      layer(`${block}.norm${k}`, width);
      all[`${block}.layer_scale${k}.lambda1`] = [width];
    }
    for (const name of ["query", "key", "value"]) {
      layer(`${block}.attention.attention.${name}`, width, width);
    }
    layer(`${block}.attention.output.dense`, width, width);
    layer(`${block}.mlp.fc1`, mlp, width);
    layer(`${block}.mlp.fc2`, width, mlp);
  }
  for (const [k, count] of channels.entries()) {
    const reassemble = `neck.reassemble_stage.layers.${k}`;
    layer(`${reassemble}.projection`, count, width, 1, 1);
    const side = resized[k];
    if (side) layer(`${reassemble}.resize`, count, count, side, side);
    all[`neck.convs.${k}.weight`] = [fusion, count, 3, 3];
    const fuse = `neck.fusion_stage.layers.${k}`;
    layer(`${fuse}.projection`, fusion, fusion, 1, 1);
    for (const unit of ["residual_layer1", "residual_layer2"]) {
      layer(`${fuse}.${unit}.convolution1`, fusion, fusion, 3, 3);
      layer(`${fuse}.${unit}.convolution2`, fusion, fusion, 3, 3);
    }
  }
  layer("head.conv1", fusion / 2, fusion, 3, 3);
  layer("head.conv2", 32, fusion / 2, 3, 3);
  layer("head.conv3", 1, 32, 1, 1);
  return all;
}
