import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import {
  onnxGraph,
  type Port,
} from "../../../../plugins/encoders/network/onnx_graph.ts";
import { onnxThread } from "../../../../plugins/encoders/network/onnx_thread.ts";

const port = (name: string): Port => ({ name, dims: ["n"] });

/** a = −x, b = |a|, c = a + b, and d = √x, which nothing needs. */
function smallGraph() {
  const graph = onnxGraph();
  const a = graph.node("Neg", ["x"], { output: "a" });
  const b = graph.node("Abs", [a], { output: "b" });
  graph.node("Add", [a, b], { output: "c" });
  graph.node("Sqrt", ["x"], { output: "d" });
  return graph;
}

function operations(model: Uint8Array): string[] {
  const { graph } = fromBinary(ModelProtoSchema, model);
  return graph!.node.map(({ opType }) => opType);
}

Deno.test("onnxGraph() writes only what the outputs need", () => {
  const graph = smallGraph();
  deepEqual(operations(graph.model([port("x")], [port("b")])), ["Neg", "Abs"]);
  deepEqual(operations(graph.model([port("x")], [port("d")])), ["Sqrt"]);
});

Deno.test("onnxGraph() can be cut anywhere", async () => {
  const graph = smallGraph();
  const suffix = graph.model([port("a")], [port("c")]);
  deepEqual(operations(suffix), ["Abs", "Add"]);
  const thread = onnxThread();
  const session = thread.open({ model: suffix, weightsFolder: "", threads: 1 });
  const a = { data: Float32Array.of(-3, 4), shape: [2] };
  const { outputs } = await session.run({ a });
  thread.close();
  deepEqual(outputs.c, { data: Float32Array.of(0, 8), shape: [2] });
});

/** A chain of products that takes a long time. */
function slowModel(): Uint8Array {
  const graph = onnxGraph();
  let x = "x";
  for (let i = 0; i < 100; i++) x = graph.node("MatMul", [x, "x"]);
  graph.node("Identity", [x], { output: "y" });
  const square = (name: string): Port => ({ name, dims: [400, 400] });
  return graph.model([square("x")], [square("y")]);
}

const slowInput = () => ({
  x: { data: new Float32Array(400 * 400), shape: [400, 400] },
});

Deno.test("onnxThread() leaves the event loop alive while a model runs", async () => {
  const thread = onnxThread();
  const model = { model: slowModel(), weightsFolder: "", threads: 1 };
  const session = thread.open(model);
  await session.opened;
  let ticks = 0, atEnd = 0;
  const timer = setInterval(() => ticks++, 1);
  await session.run(slowInput()).then(() => atEnd = ticks);
  clearInterval(timer);
  thread.close();
  ok(atEnd > 1, `${atEnd} ticks`);
});

Deno.test("onnxThread() gives the buffers back", async () => {
  const thread = onnxThread();
  const model = smallGraph().model([port("x")], [port("b")]);
  const session = thread.open({ model, weightsFolder: "", threads: 1 });
  const x = { data: Float32Array.of(-1, 2), shape: [2] };
  const { inputs, outputs } = await session.run({ x });
  thread.close();
  equal(x.data.length, 0);
  deepEqual(inputs.x!.data, Float32Array.of(-1, 2));
  deepEqual(outputs.b!.data, Float32Array.of(1, 2));
});

Deno.test("onnxThread() says why a model cannot be opened, and opens the next one", async () => {
  const thread = onnxThread();
  const bad = onnxGraph();
  bad.node("NoSuchOperation", ["x"], { output: "y" });
  const open = (model: Uint8Array) =>
    thread.open({ model, weightsFolder: "", threads: 1 });
  const x = () => ({ x: { data: Float32Array.of(4), shape: [1] } });
  const broken = open(bad.model([port("x")], [port("y")]));
  await rejects(broken.run(x()), /NoSuchOperation/);
  const good = open(smallGraph().model([port("x")], [port("d")]));
  const { outputs } = await good.run(x());
  deepEqual(outputs.d!.data, Float32Array.of(2));
  good.release();
  await rejects(good.run(x()), /Cannot run model 2: it is not open/);
  thread.close();
});

Deno.test("onnxThread() rejects pending requests when it is closed", async () => {
  const thread = onnxThread();
  const model = { model: slowModel(), weightsFolder: "", threads: 1 };
  const session = thread.open(model);
  await session.opened;
  const running = session.run(slowInput());
  thread.close();
  await rejects(running, /Cannot run the model: it has been closed/);
  await rejects(session.run(slowInput()), /it has been closed/);
});
