// deno-lint-ignore-file no-console
import {
  deepEqual,
  equal,
  match,
  notEqual,
  ok,
  rejects,
} from "node:assert/strict";
import { ConfigError, type Encoder, type HostTensor } from "tessera";
import { onnxGraph } from "../../../../plugins/encoders/network/onnx_graph.ts";
import type {
  OnnxModel,
  OnnxThread,
} from "../../../../plugins/encoders/network/onnx_thread.ts";
import {
  keyOf,
  type OpenModels,
  openModels,
  type OpenModelsOptions,
  type Part,
} from "../../../../plugins/encoders/network/open_models.ts";
import { picture } from "../../../conformance/encoder.ts";
import { dinov2 } from "../../../../plugins/encoders/dinov2/mod.ts";
import { onnx } from "../../../../plugins/encoders/onnx/mod.ts";
import type { Device } from "../../../../plugins/encoders/network/check_provider.ts";
import { goldenFolder, here } from "../_golden.ts";

const port = (name: string) => ({ name, dims: ["images", 2] });
const x = (): HostTensor => ({
  data: Float32Array.of(-1, 2, -3, 4),
  shape: [2, 2],
});

/** a = |x|, b = −a. */
function graph() {
  const graph = onnxGraph();
  graph.node("Abs", ["x"], { output: "a" });
  graph.node("Neg", ["a"], { output: "b" });
  return graph;
}

const toA: Part = { inputs: [port("x")], outputs: [port("a")] };
const toB: Part = { inputs: [port("x")], outputs: [port("b")] };

function make(more: Partial<OpenModelsOptions> = {}): OpenModels {
  return openModels({ graph: graph(), weightsFolder: "", threads: 1, ...more });
}

/** A thread whose models return what they are given, off by as much as `devices` says, and a log of what it did. */
function fakeThread(devices: Readonly<Record<string, number>>) {
  const log: string[] = [];
  let running = 0, most = 0;
  const thread: OnnxThread = {
    open({ provider = "cpu" }: OnnxModel) {
      log.push(`open ${provider}`);
      const off = devices[provider];
      return {
        opened: off === undefined
          ? Promise.reject(new Error("no adapter"))
          : Promise.resolve(),
        async run({ x }) {
          if (provider !== "cpu") most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (provider !== "cpu") running--;
          log.push(`run ${provider} ${x!.shape[0]}`);
          const a = { ...x!, data: x!.data.map((value) => value + off!) };
          return { outputs: { a }, inputs: { x: x! } };
        },
        release: () => void log.push(`release ${provider}`),
      };
    },
    describe: () => Promise.resolve([]),
    close: () => void log.push("close"),
  };
  return { thread, log, most: () => most };
}

Deno.test("openModels() opens a part when it first runs, and keeps four", async () => {
  const models = make();
  equal(models.has(toA), false);
  const { outputs, inputs } = await models.run(toA, { x: x() });
  deepEqual(outputs.a!.data, Float32Array.of(1, 2, 3, 4));
  deepEqual(inputs.x, x());
  ok(models.has(toA));
  const others: Part[] = ["p", "q", "r"].map((name) => ({
    ...toA,
    shown: [name],
  }));
  for (const part of others) await models.run(part, { x: x() });
  ok(models.has(toA));
  await models.run(toA, { x: x() }); // the last used again
  await models.run(toB, { x: x() });
  deepEqual([toA, toB, ...others].map((part) => models.has(part)), [
    true,
    true,
    false,
    true,
    true,
  ]);
  models.release(toA);
  equal(models.has(toA), false);
  models.close();
  await rejects(models.run(toB, { x: x() }), /closed/);
  await rejects(models.run(toA, { x: x() }), /the encoder is closed/);
});

Deno.test("openModels() compares each part on a device with the CPU once", async () => {
  const { thread, log } = fakeThread({ cpu: 0, webgpu: 1e-5 });
  const startThread = () => thread;
  const models = make({ provider: "webgpu", startThread });
  await models.run(toA, { x: x() });
  await models.run(toA, { x: x() });
  deepEqual(log.splice(0), [
    "open webgpu",
    "run webgpu 1",
    "open cpu",
    "run cpu 1",
    "release cpu",
    "run webgpu 2",
    "run webgpu 2",
  ]);
  await models.run({ ...toA, shown: ["a"] }, { x: x() });
  equal(log[0], "open webgpu");
  models.close();
});

Deno.test("openModels() refuses a device that is off or missing", async () => {
  const cases = [
    [{ cpu: 0, cuda: 0.01 }, /^Cannot trust "cuda": at "a" it is 6\.7e-3/],
    [{ cpu: 0 }, /^Cannot compute on "cuda": no adapter; it needs an NVIDIA/],
  ] as const;
  for (const [devices, message] of cases) {
    const { thread } = fakeThread(devices);
    const startThread = () => thread;
    const models = make({ provider: "cuda", startThread });
    await rejects(models.run(toA, { x: x() }), (error) => {
      ok(error instanceof ConfigError, `${error}`);
      match(error.message, message);
      return true;
    });
    models.close();
  }
});

Deno.test("openModels() lets one model at a time compute on webgpu, across all encoders", async () => {
  for (const [provider, expected] of [["webgpu", 1], ["cuda", 2]] as const) {
    const { thread, most } = fakeThread({ cpu: 0, [provider]: 0 });
    const startThread = () => thread;
    const all = [1, 2].map(() => make({ provider, startThread }));
    // Twice, since the first run of each waits for the CPU's.
    for (let times = 0; times < 2; times++) {
      await Promise.all(all.map((models) => models.run(toA, { x: x() })));
    }
    equal(most(), expected);
  }
});

Deno.test("openModels() frees a device's model once all its runs are done", async () => {
  const { thread, log } = fakeThread({ cpu: 0, cuda: 0 });
  const models = make({ provider: "cuda", startThread: () => thread });
  // One more than are kept, so that the first is dropped while it is compared.
  const parts = Array.from(
    { length: 5 },
    (_, i): Part => ({ ...toA, shown: [`${i}`] }),
  );
  await Promise.all(parts.map((part) => models.run(part, { x: x() })));
  await new Promise((resolve) => setTimeout(resolve, 1));
  equal(log.filter((line) => line === "run cuda 2").length, 5);
  equal(log.filter((line) => line === "release cuda").length, 1);
  ok(log.indexOf("release cuda") > log.indexOf("run cuda 2"), log.join());
});

Deno.test("keyOf() tells parts apart, whatever their values are called", () => {
  const part = (...names: string[]): Part => ({
    ...toA,
    inputs: names.map(port),
  });
  notEqual(keyOf(part("a b")), keyOf(part("a", "b")));
  equal(keyOf(part("a")), keyOf({ ...part("a"), shown: [] }));
});

const onDevices: Readonly<
  Record<string, (provider?: Device) => Promise<Encoder>>
> = {
  dinov2: (provider) =>
    dinov2({ model: goldenFolder("dinov2"), pos: "hf", provider }, here),
  onnx: (provider) =>
    onnx({ model: `${goldenFolder("onnx_vit")}/model.onnx`, provider }, here),
};

for (const provider of ["webgpu", "cuda"] as const) {
  for (const [name, open] of Object.entries(onDevices)) {
    Deno.test(`${name}() on "${provider}" agrees with the CPU, or says what would work`, async () => {
      const images = [picture(30, 20)];
      const [device, cpu] = [await open(provider), await open()];
      const { defaultHook: hook } = cpu;
      equal(device.provenance.provider, provider);
      equal("provider" in cpu.provenance, false);
      try {
        const { [hook]: values } = await device.encode(images, [hook]);
        const { [hook]: expected } = await cpu.encode(images, [hook]);
        const off = values!.data.map((value, i) =>
          Math.abs(value - expected!.data[i]!)
        );
        ok(Math.max(...off) < 1e-3);
      } catch (error) {
        ok(error instanceof ConfigError, `${error}`);
        match(
          error.message,
          /leave out encoder.provider to compute on the CPU$/,
        );
        console.log(`Skipping values on "${provider}": ${error.message}`);
      }
      await Promise.all([device.close(), cpu.close()]);
    });
  }
}
