import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { ConfigError, type HostTensors } from "tessera";
import {
  checkProvider,
  type Device,
  firstOf,
} from "../../../../plugins/encoders/network/check_provider.ts";
import { relativeError } from "../../../../plugins/encoders/network/relative_error.ts";
import type { OnnxSession } from "../../../../plugins/encoders/network/onnx_thread.ts";

/** A session that computes `f` of each number of `x`, and records what it was asked. */
function fake(f: (value: number) => number) {
  const shapes: (readonly number[])[] = [];
  let releases = 0;
  const session: OnnxSession = {
    opened: Promise.resolve(),
    run({ x }) {
      shapes.push(x!.shape);
      const y = { data: x!.data.map(f), shape: x!.shape };
      return Promise.resolve({ outputs: { y }, inputs: { x: x! } });
    },
    release: () => void releases++,
  };
  return { session, shapes, releases: () => releases };
}

const feeds = (): HostTensors => ({
  x: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] },
});
const double = (value: number): number => 2 * value;

function checked(device: OnnxSession, provider: Device = "webgpu") {
  const cpu = fake(double);
  return { cpu, session: checkProvider(provider, device, () => cpu.session) };
}

Deno.test("checkProvider() trusts a device that agrees with the CPU on one picture", async () => {
  // 10⁻⁴ of the first picture's standard deviation is 1.6e-4.
  const device = fake((value) => 2 * value + 1e-4);
  const { cpu, session } = checked(device.session);
  const first = await session.run(feeds());
  ok(Math.abs(first.outputs.y!.data[5]! - 12) < 1e-3);
  await Promise.all([session.run(feeds()), session.run(feeds())]);
  deepEqual(cpu.shapes, [[1, 3]]);
  deepEqual(device.shapes, [[1, 3], [2, 3], [2, 3], [2, 3]]);
  equal(cpu.releases(), 1);
});

const wrong = [
  [
    "off by a thousandth",
    (value: number) => 2 * value + (value === 2 ? 1e-3 : 0),
    "webgpu",
    /^Cannot trust "webgpu": at "y" it is 6\.1e-4 standard deviations off what the CPU computes, more than 0\.0001; leave out encoder\.provider to compute on the CPU$/,
  ],
  [
    "off on a card that rounds factors",
    (value: number) => 2.01 * value,
    "cuda",
    /^Cannot trust "cuda": .* set NVIDIA_TF32_OVERRIDE=0 in the environment if it rounds factors, or leave out encoder\.provider/,
  ],
  [
    "NaN, and right after it",
    (value: number) => value === 1 ? NaN : 2 * value,
    "webgpu",
    /^Cannot trust "webgpu": at "y" it computes NaN where the CPU computes a number; leave out/,
  ],
  [
    "infinite",
    (value: number) => value === 3 ? Infinity : 2 * value,
    "webgpu",
    /at "y" it is Infinity standard deviations off/,
  ],
] as const;

for (const [what, f, provider, message] of wrong) {
  Deno.test(`checkProvider() refuses a device that is ${what}`, async () => {
    const device = fake(f);
    const { cpu, session } = checked(device.session, provider);
    for (let times = 0; times < 2; times++) {
      await rejects(session.run(feeds()), (error) => {
        ok(error instanceof ConfigError, `${error}`);
        equal(error.path, "encoder.provider");
        match(error.message, message);
        return true;
      });
    }
    // It is checked once, and all later runs fail.
    deepEqual(device.shapes, [[1, 3]]);
    equal(cpu.releases(), 1);
  });
}

Deno.test("checkProvider() says what a device needs when it cannot be opened", async () => {
  const noCard = new Error(
    "/src/webgpu_context.cc:136 status == Success was false. Failed to get a WebGPU adapter: No supported adapters\n",
  );
  const device = { ...fake(double).session, opened: Promise.reject(noCard) };
  const { cpu, session } = checked(device);
  const expected = {
    name: "ConfigError",
    message:
      'Cannot compute on "webgpu": Failed to get a WebGPU adapter: No supported adapters; it needs a graphics card with a driver for Vulkan, Metal or Direct3D 12; leave out encoder.provider to compute on the CPU',
    cause: noCard,
  };
  await rejects(session.opened, expected);
  await rejects(session.run(feeds()), expected);
  deepEqual(cpu.shapes, []);
});

Deno.test("checkProvider() reports that a device cannot run the model", async () => {
  const device: OnnxSession = {
    ...fake(double).session,
    run: () => Promise.reject(new Error("Resize is NOT implemented.")),
  };
  const { session } = checked(device, "cuda");
  await rejects(session.run(feeds()), {
    name: "ConfigError",
    message:
      /^Cannot compute on "cuda": Resize is NOT implemented; it needs an NVIDIA card, CUDA 12/,
  });
});

Deno.test("checkProvider() passes on what goes wrong on the CPU", async () => {
  const cpu = fake(() => {
    throw new Error("no memory");
  });
  const { session } = fake(double);
  const both = checkProvider("webgpu", session, () => cpu.session);
  await rejects(both.run(feeds()), /^Error: no memory$/);
  equal(cpu.releases(), 1);
});

Deno.test("relativeError() is in standard deviations, or relative to the value if all are equal", () => {
  const of = (...values: number[]) => Float32Array.from(values);
  equal(relativeError(of(1, 3), of(1, 3)), 0);
  equal(relativeError(of(1, 4), of(1, 3)), 1);
  equal(relativeError(of(8, 9), of(8, 8)), 0.125);
  equal(relativeError(of(0, 0), of(0, 0)), 0);
  equal(relativeError(of(0, 1e-9), of(0, 0)), Infinity);
  equal(relativeError(of(NaN, 1), of(NaN, 1)), 0);
  ok(Number.isNaN(relativeError(of(NaN, 3, 5), of(1, 3, 5))));
  ok(Number.isNaN(relativeError(of(2, 3, 5), of(2, NaN, 5))));
});

Deno.test("firstOf() copies one picture", () => {
  const all = feeds();
  const { x } = firstOf(all);
  deepEqual(x, { data: Float32Array.of(1, 2, 3), shape: [1, 3] });
  x!.data[0] = 7;
  equal(all.x!.data[0], 1);
});
