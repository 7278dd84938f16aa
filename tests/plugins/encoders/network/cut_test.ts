import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import {
  type Hook,
  type HostTensor,
  type HostTensors,
  readSafetensorsHeader,
} from "tessera";
import {
  depthAnythingGraph,
  depthAnythingHooks,
} from "../../../../plugins/encoders/depth_anything/depth_anything_graph.ts";
import {
  type Dinov2Sizes,
  pixels,
} from "../../../../plugins/encoders/dinov2/dinov2_graph.ts";
import type { DptSizes } from "../../../../plugins/encoders/depth_anything/dpt_graph.ts";
import { graphEncoder } from "../../../../plugins/encoders/network/graph_encoder.ts";
import { tokensOf } from "../../../../plugins/encoders/network/tokens_of.ts";
import {
  onnxGraph,
  type Port,
} from "../../../../plugins/encoders/network/onnx_graph.ts";
import { isOfPairs } from "../../../../plugins/encoders/transformer/block_hooks.ts";
import { onnxThread } from "../../../../plugins/encoders/network/onnx_thread.ts";
import {
  imagenetStatistics,
  preprocess,
} from "../../../../plugins/encoders/pictures/preprocess.ts";
import { weightsOf } from "../../../../plugins/encoders/checkpoint/weights_of.ts";
import { picture } from "../../../conformance/encoder.ts";
import { goldenFolder, worst } from "../_golden.ts";

const sizes: Dinov2Sizes = {
  layers: 5,
  dModel: 8,
  heads: 2,
  dMlp: 16,
  gated: false,
  patch: 4,
  learned: 5,
  epsilon: 1e-6,
  qkvBias: true,
  registers: 0,
};
const dpt: DptSizes = {
  taps: [1, 2, 4, 5],
  normalised: true,
  channels: [3, 4, 6, 8],
  factors: [4, 2, 1, 0.5],
  fusion: 4,
  head: 4,
  headFrom: 3,
  metric: false,
  maxDepth: 1,
};
const size = { height: 12, width: 20 };
const folder = goldenFolder("depth_anything_v2");
const hooks = depthAnythingHooks(sizes, dpt, size);

async function depthGraph() {
  const weights = await readSafetensorsHeader(
    join(folder, "model.safetensors"),
  );
  return depthAnythingGraph(
    sizes,
    dpt,
    { size, positions: "hf" },
    weightsOf(weights, ""),
  );
}

function port(hook: Hook): Port {
  return { name: hook.name, dims: ["images", tokensOf(hook), hook.width] };
}

const preprocessing = {
  resize: size,
  filter: "bicubic",
  scale: 1 / 255,
  ...imagenetStatistics,
} as const;

/** One picture as the network takes it; a new copy each time, since buffers are transferred. */
async function input(): Promise<HostTensor> {
  const data = new Float32Array(3 * size.height * size.width);
  await preprocess([picture(30, 20)], preprocessing, size, data);
  return { data, shape: [1, 3, size.height, size.width] };
}

Deno.test("depthAnythingGraph() can be cut at every hook, and an edit there changes the depth", async () => {
  const graph = await depthGraph(), thread = onnxThread();
  const open = (model: Uint8Array) =>
    thread.open({ model, weightsFolder: folder, threads: 1 });
  const read = async (some: readonly Hook[]): Promise<HostTensors> => {
    const whole = open(graph.model([pixels(size)], some.map(port)));
    const { outputs } = await whole.run({ pixel_values: await input() });
    whole.release();
    return outputs;
  };
  // Reading attention's inside changes how it is computed, and so last digits.
  const most = await read(hooks.filter((hook) => !isOfPairs(hook)));
  for (const hook of hooks.slice(0, -1)) {
    const outputs = isOfPairs(hook) ? await read([hook, hooks.at(-1)!]) : most;
    const depth = outputs.depth!.data;
    const model = graph.model([pixels(size), port(hook)], [
      port(hooks.at(-1)!),
    ]);
    const session = open(model);
    const resume = async (edit: (value: number) => number) => {
      const { data, shape } = outputs[hook.name]!;
      const edited = { data: data.map(edit), shape };
      const ran = await session.run({
        pixel_values: await input(),
        [hook.name]: edited,
      });
      return ran.outputs.depth!.data;
    };
    deepEqual(await resume((value) => value), depth, hook.name);
    // Not linear: a normalisation could undo a linear edit.
    const changed = worst(await resume((value) => value * value), depth);
    ok(changed > 1e-3, `${hook.name}: ${changed}`);
    session.release();
  }
  thread.close();
});

Deno.test("depthAnythingGraph() turns tokens into a map only where it is given them", async () => {
  const graph = await depthGraph();
  const operations = (inputs: Port[]): number => {
    const bytes = graph.model(inputs, [port(hooks.at(-1)!)]);
    const { node } = fromBinary(ModelProtoSchema, bytes).graph!;
    return node.filter(({ opType }) => opType === "Transpose").length;
  };
  const fusion = hooks.find(({ name }) => name === "fusion.3")!;
  // Patches, positions there and back, and one for each tap.
  equal(operations([pixels(size)]), 7);
  equal(operations([port(fusion)]), 1);
});

Deno.test("onnxGraph() chooses operations by the values a model is given", async () => {
  const graph = onnxGraph();
  const a = graph.node("Neg", ["x"], { output: "a" });
  const b = graph.node("Abs", [a], { output: "b" });
  graph.node("Sqrt", [b], { output: a, when: b });
  graph.node("Add", [a, graph.floats([0.5])], { output: "c" });
  const thread = onnxThread();
  const run = async (from: string): Promise<number[]> => {
    const one = (name: string): Port => ({ name, dims: [1] });
    const model = graph.model([one(from)], [one("c")]);
    const session = thread.open({ model, weightsFolder: "", threads: 1 });
    const data = Float32Array.of(9);
    const { outputs } = await session.run({ [from]: { data, shape: [1] } });
    return [...outputs.c!.data];
  };
  deepEqual(await run("x"), [-8.5]);
  deepEqual(await run("b"), [3.5]);
  thread.close();
});

Deno.test("graphEncoder() gives the same in batches as at once", async () => {
  const images = [1, 2, 3, 4, 5].map((i) => picture(10 + i, 40 - i, i));
  const names = ["blocks.4.resid_post", "neck.3"];
  const results: { runs: number[]; seen: HostTensors }[] = [];
  for (const together of [undefined, 5, 2, 1]) {
    const runs: number[] = [];
    const encoder = graphEncoder({
      graph: await depthGraph(),
      input: pixels(size),
      hooks,
      defaultHook: "embed",
      weightsFolder: folder,
      threads: 1,
      ...(together === undefined ? {} : { together }),
      provenance: {},
      preprocess(few, to) {
        runs.push(few.length);
        return preprocess(few, preprocessing, size, to);
      },
      memory: () => 1,
    });
    results.push({ runs, seen: await encoder.encode(images, names) });
    await encoder.close();
  }
  deepEqual(results.map(({ runs }) => runs), [[5], [5], [2, 2, 1], [
    1,
    1,
    1,
    1,
    1,
  ]]);
  for (const name of names) {
    const { data, shape } = results[0]!.seen[name]!;
    for (const { seen } of results) {
      deepEqual(seen[name]!.shape, shape);
      ok(worst(seen[name]!.data, data) <= 1e-5);
    }
  }
});
