/**
 * Small exported models, made with the graph builder.
 *
 * @module
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema } from "onnx-buf";
import { join } from "node:path";
import type { Encoder } from "tessera";
import {
  onnx,
  type OnnxOptions,
} from "../../../../plugins/encoders/onnx/mod.ts";
import {
  type OnnxGraph,
  onnxGraph,
  type Port,
} from "../../../../plugins/encoders/network/onnx_graph.ts";
import { here } from "../_golden.ts";

/** The input of these models. */
export const pixels: Port = {
  name: "pixels",
  dims: ["images", 3, "height", "width"],
};

/** A constant of this shape with wave-like values. */
export function waves(graph: OnnxGraph, ...shape: number[]): string {
  const length = shape.reduce((size, each) => size * each, 1);
  const values = Array.from({ length }, (_, i) => Math.sin(1 + 3 * i));
  return graph.node("Reshape", [graph.floats(values), graph.integers(shape)]);
}

/** Turns patches of 4 × 4 pixels of `pixels` into a map of `width` channels. */
export function patches(
  graph: OnnxGraph,
  width: number,
  output: string,
): string {
  return graph.node("Conv", [pixels.name, waves(graph, width, 3, 4, 4)], {
    attributes: { strides: [4, 4] },
    output,
  });
}

/** A map → tokens. */
export function flatten(
  graph: OnnxGraph,
  map: string,
  width: number,
  output: string,
): string {
  const flat = graph.node("Reshape", [map, graph.integers([0, width, -1])]);
  return graph.node("Transpose", [flat], {
    attributes: { perm: [0, 2, 1] },
    output,
  });
}

/** A map `map`, its tokens `tokens`, `more` (tokens with one more number each), their mean `mean`, and `logits`. */
export function smallModel(input: Port = pixels): Uint8Array {
  const graph = onnxGraph();
  const tokens = flatten(graph, patches(graph, 5, "map"), 5, "tokens");
  const more = graph.node("Tanh", [tokens], { output: "more" });
  const mean = graph.node("ReduceMean", [more, graph.integers([1])], {
    attributes: { keepdims: 0 },
    output: "mean",
  });
  graph.node("MatMul", [mean, waves(graph, 5, 3)], { output: "logits" });
  return graph.model([input], [{ name: "logits", dims: ["images", 3] }]);
}

/** A model changed as a protobuf message. */
export function changed(
  model: Uint8Array,
  change: (model: ModelProto) => void,
): Uint8Array {
  const message = fromBinary(ModelProtoSchema, model);
  change(message);
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, message));
}

/** Gives `body` a new folder with these files in it. */
export async function withFiles(
  files: Readonly<Record<string, Uint8Array | string>>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [name, content] of Object.entries(files)) {
      await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await (typeof content === "string"
        ? Deno.writeTextFile(join(folder, name), content)
        : Deno.writeFile(join(folder, name), content));
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Opens the model `model.onnx` of a folder for pictures of 8 × 12 pixels and gives it to `body`. */
export async function withModel(
  model: Uint8Array,
  body: (encoder: Encoder) => Promise<void> | void,
  options: Partial<OnnxOptions> = {},
): Promise<void> {
  await withFiles({ "model.onnx": model }, async (folder) => {
    const encoder = await onnx({
      model: join(folder, "model.onnx"),
      size: { height: 8, width: 12 },
      threads: 1,
      ...options,
    }, here);
    try {
      await body(encoder);
    } finally {
      await encoder.close();
    }
  });
}
