import { deepEqual, equal, ok } from "node:assert/strict";
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import type { HostTensor } from "tessera";
import {
  attend,
  type AttentionKind,
  attentionOn,
} from "../../../../plugins/encoders/transformer/attention.ts";
import {
  blockHooks,
  isOfPairs,
} from "../../../../plugins/encoders/transformer/block_hooks.ts";
import {
  onnxGraph,
  type Port,
} from "../../../../plugins/encoders/network/onnx_graph.ts";
import { onnxThread } from "../../../../plugins/encoders/network/onnx_thread.ts";

const heads = 3, width = 4, tokens = 5, dModel = heads * width, images = 2;

/** Two blocks' attention, one after the other. */
function twoBlocks(attention: AttentionKind) {
  const graph = onnxGraph(), of = { tokens, dModel, heads, attention };
  const z = attend(graph, of, ["q", "k", "v"], "blocks.0");
  attend(graph, of, [z, "k", "v"], "blocks.1");
  return graph;
}

const port = (name: string): Port => ({
  name,
  dims: ["images", tokens, isOfPairs({ name }) ? heads * tokens : dModel],
});
const inputs = ["q", "k", "v"].map(port);

function operations(attention: AttentionKind, given: Port[], out: string[]) {
  const model = twoBlocks(attention).model(given, out.map(port));
  const { node } = fromBinary(ModelProtoSchema, model).graph!;
  const count = (op: string) => node.filter((n) => n.opType === op).length;
  return [count("MultiHeadAttention"), count("Softmax")];
}

Deno.test("attend() is one operation except in a block whose inside is shown", () => {
  const z = "blocks.1.z";
  deepEqual(operations("fused", inputs, [z]), [2, 0]);
  deepEqual(operations("fused", inputs, ["blocks.0.probs", z]), [1, 1]);
  deepEqual(operations("fused", inputs, ["blocks.1.scores"]), [1, 0]);
  const given = [port("v"), port("blocks.1.probs")];
  deepEqual(operations("fused", given, [z]), [0, 0]);
  deepEqual(operations("by-hand", inputs, [z]), [0, 2]);
});

Deno.test("attentionOn() fuses attention only on the CPU", () => {
  equal(attentionOn(undefined), "fused");
  equal(attentionOn("cpu"), "fused");
  equal(attentionOn("webgpu"), "by-hand");
  equal(attentionOn("cuda"), "by-hand");
});

function value(seed: number): HostTensor {
  const data = Float32Array.from(
    { length: images * tokens * dModel },
    (_, i) => 2 * Math.sin(seed + i * i),
  );
  return { data, shape: [images, tokens, dModel] };
}

/** Scores, probabilities and z of the first block by their definition, in float64. */
function naive(q: Float32Array, k: Float32Array, v: Float32Array) {
  const size = images * tokens * heads * tokens;
  const scores = new Float64Array(size), probs = new Float64Array(size);
  const z = new Float64Array(q.length);
  const at = (image: number, token: number, head: number) =>
    (image * tokens + token) * dModel + head * width;
  for (let image = 0; image < images; image++) {
    for (let i = 0; i < tokens; i++) {
      for (let head = 0; head < heads; head++) {
        const row = ((image * tokens + i) * heads + head) * tokens;
        const query = at(image, i, head);
        let sum = 0;
        for (let j = 0; j < tokens; j++) {
          for (let d = 0; d < width; d++) {
            scores[row + j]! += q[query + d]! * k[at(image, j, head) + d]! /
              Math.sqrt(width);
          }
          sum += Math.exp(scores[row + j]!);
        }
        for (let j = 0; j < tokens; j++) {
          probs[row + j] = Math.exp(scores[row + j]!) / sum;
          for (let d = 0; d < width; d++) {
            z[query + d]! += probs[row + j]! * v[at(image, j, head) + d]!;
          }
        }
      }
    }
  }
  return { scores, probs, z };
}

Deno.test("attend() computes scores, probabilities and z as defined, either way", async () => {
  const thread = onnxThread();
  const expected = naive(value(1).data, value(2).data, value(3).data);
  for (const attention of ["fused", "by-hand"] as const) {
    for (const names of [["z"], ["scores", "probs", "z"]] as const) {
      const outputs = names.map((name) => port(`blocks.0.${name}`));
      const model = twoBlocks(attention).model(inputs, outputs);
      const session = thread.open({ model, weightsFolder: "", threads: 1 });
      const feeds = { q: value(1), k: value(2), v: value(3) };
      const { outputs: made } = await session.run(feeds);
      for (const name of names) {
        const { data } = made[`blocks.0.${name}`]!;
        equal(data.length, expected[name].length);
        for (const [i, number] of expected[name].entries()) {
          ok(Math.abs(data[i]! - number) < 1e-5, `${attention} ${name} ${i}`);
        }
      }
    }
  }
  thread.close();
});

Deno.test("blockHooks() names the hooks in order; pairs are as wide as all keys of all heads", () => {
  const layout = { specials: 1, grid: [2, 2] } as const;
  const hooks = blockHooks({ layers: 2, dModel, heads, dMlp: 7 }, layout);
  equal(hooks.length, 26);
  deepEqual(hooks.slice(13).map(({ name, width }) => `${name} ${width}`), [
    "blocks.1.ln1 12",
    "blocks.1.q 12",
    "blocks.1.k 12",
    "blocks.1.v 12",
    "blocks.1.scores 15",
    "blocks.1.probs 15",
    "blocks.1.z 12",
    "blocks.1.attn_out 12",
    "blocks.1.resid_mid 12",
    "blocks.1.ln2 12",
    "blocks.1.mlp_act 7",
    "blocks.1.mlp_out 12",
    "blocks.1.resid_post 12",
  ]);
  const pairs = hooks.filter(isOfPairs).map(({ name }) => name);
  deepEqual(pairs, [
    "blocks.0.scores",
    "blocks.0.probs",
    "blocks.1.scores",
    "blocks.1.probs",
  ]);
});
