import {
  deepEqual,
  equal,
  notDeepEqual,
  ok,
  rejects,
} from "node:assert/strict";
import { pathToFileURL } from "node:url";
import {
  ConfigError,
  type Encoder,
  type HostTensor,
  type RgbImage,
} from "tessera";
import { depthAnything } from "../../../../plugins/encoders/depth_anything/mod.ts";
import {
  pause,
  type PauseOptions,
} from "../../../../plugins/encoders/network/pause.ts";
import { isOfPairs } from "../../../../plugins/encoders/transformer/block_hooks.ts";
import { onnxGraph } from "../../../../plugins/encoders/network/onnx_graph.ts";
import { picture } from "../../../conformance/encoder.ts";
import { goldenFolder, worst } from "../_golden.ts";

// Five blocks, of which the first, second, fourth and last are tapped.
const base = pathToFileURL(`${goldenFolder("depth_anything_v2")}/`);
const images = [picture(30, 20, 1), picture(20, 30, 2)];

function test(name: string, body: (encoder: Encoder) => Promise<void>): void {
  Deno.test(`pause() ${name}`, async () => {
    const size = { height: 12, width: 20 };
    const encoder = await depthAnything(
      { model: ".", size, pos: "hf", threads: 1 },
      { base },
    );
    try {
      await body(encoder);
    } finally {
      await encoder.close();
    }
  });
}

/** Not linear: a normalisation could undo a linear edit. */
function edit({ data, shape }: HostTensor): HostTensor {
  return { data: data.map((value) => value * value + 0.5), shape };
}

test("at any hook goes on to what the whole model predicts, bit by bit, and to something else when edited", async (encoder) => {
  const unread = await encoder.encode(images, ["depth"]);
  for (const { name } of encoder.hooks) {
    if (name === "depth") continue;
    // Attention is computed by hand where its inside is read, which changes last digits.
    const { depth } = isOfPairs({ name })
      ? await encoder.encode(images, [name, "depth"])
      : unread;
    const paused = await encoder.pause!(images, [name]);
    deepEqual(await paused.resume(), { depth }, name);
    const edited = { [name]: edit(paused.activations[name]!) };
    const changed = await paused.resume(edited);
    ok(worst(changed.depth!.data, depth!.data) > 1e-3, name);
    deepEqual(await paused.resume(), { depth }, `${name} again`);
  }
});

test("at scores or probabilities and another hook keeps every bit of what is not edited", async (encoder) => {
  const places = [
    ["blocks.0.scores", "blocks.3.resid_post"],
    ["blocks.0.probs", "blocks.1.probs"],
    ["blocks.2.v", "blocks.2.probs"],
    ["blocks.2.q", "blocks.2.probs"],
  ];
  for (const at of places) {
    const { depth } = await encoder.encode(images, [...at, "depth"]);
    const paused = await encoder.pause!(images, at);
    for (const some of [at, at.slice(0, 1), at.slice(1)]) {
      const given = Object.fromEntries(
        some.map((name) => [name, paused.activations[name]!]),
      );
      deepEqual(await paused.resume(given), { depth }, some.join());
    }
  }
});

test("goes on to scores that lie between two hooks it goes on from", async (encoder) => {
  const at = ["blocks.2.ln1", "blocks.2.ln2"], inside = "blocks.2.scores";
  const paused = await encoder.pause!(images, [...at, inside]);
  const given = Object.fromEntries(
    at.map((name) => [name, paused.activations[name]!]),
  );
  const wanted = [inside, "depth"];
  const expected = await encoder.encode(images, wanted);
  deepEqual(await paused.resume(given, wanted), expected);
});

test("shows that a head matters: without it the depth changes", async (encoder) => {
  // Two heads, sixteen tokens of eight numbers: the second half of each row is head 1's.
  const places = [["blocks.1.probs", 32], ["blocks.1.z", 8]] as const;
  const depths: Float32Array[] = [];
  for (const [hook, width] of places) {
    const paused = await encoder.pause!(images, [hook]);
    const { data, shape } = paused.activations[hook]!;
    equal(shape[2], width);
    const without = data.map((value, i) => i % width < width / 2 ? value : 0);
    const clean = (await paused.resume()).depth!.data;
    const { depth } = await paused.resume({ [hook]: { data: without, shape } });
    ok(worst(depth!.data, clean) > 1e-2, hook);
    depths.push(depth!.data);
  }
  // Without any attention, this head contributes nothing.
  ok(worst(depths[0]!, depths[1]!) < 1e-4);
});

test("returns what is computed at each of its hooks", async (encoder) => {
  const hooks = ["blocks.1.mlp_out", "feat.2", "neck.0"];
  const paused = await encoder.pause!(images, hooks);
  const seen = await encoder.encode(images, hooks);
  deepEqual(paused.activations, seen);
});

test("keeps what an edit does not reach, and computes the rest again", async (encoder) => {
  const [stream, tap] = ["blocks.3.resid_post", "feat.2"];
  const paused = await encoder.pause!(images, [stream, tap]);
  const edited = edit(paused.activations[stream]!);
  const clean = paused.activations[tap]!;
  const both = await paused.resume({ [stream]: edited });
  const alone = await encoder.pause!(images, [stream]);
  // The residual stream reaches the tap, so pausing there as well changes nothing.
  deepEqual(both, await alone.resume({ [stream]: edited }));
  const { [tap]: edited2 } = await paused.resume({ [stream]: edited }, [tap]);
  const streamOnly = await paused.resume({ [stream]: edited, [tap]: clean });
  const tapOnly = await paused.resume({ [tap]: edited2! });
  const { depth } = await encoder.encode(images, ["depth"]);
  for (const some of [streamOnly, tapOnly]) {
    ok(worst(some.depth!.data, depth!.data) > 1e-3);
    ok(worst(some.depth!.data, both.depth!.data) > 1e-3);
  }
  deepEqual(
    await paused.resume({ [stream]: edited, [tap]: edited2! }),
    both,
  );
});

test("goes on to any hook after an edit", async (encoder) => {
  const hook = "blocks.1.resid_mid";
  const later = ["blocks.1.mlp_out", "blocks.4.resid_post", "fusion.0"];
  const paused = await encoder.pause!(images, [hook]);
  deepEqual(
    await paused.resume(paused.activations, later),
    await encoder.encode(images, later),
  );
});

test("treats each picture alone, however many there are", async (encoder) => {
  const many = Array.from({ length: 5 }, (_, i) => picture(20 + i, 15, i));
  const hook = "blocks.2.resid_post";
  const resumed = async (some: readonly RgbImage[]) => {
    const paused = await encoder.pause!(some, [hook]);
    const { depth } = await paused.resume({
      [hook]: edit(paused.activations[hook]!),
    });
    return depth!.data;
  };
  const together = await resumed(many), one = together.length / many.length;
  for (const [i, image] of many.entries()) {
    const among = together.subarray(i * one, (i + 1) * one);
    ok(worst(among, await resumed([image])) <= 1e-5);
  }
});

test("does not change what it is given, and two can go on at once", async (encoder) => {
  const hook = "blocks.2.z";
  const paused = await encoder.pause!(images, [hook]);
  const edited = edit(paused.activations[hook]!);
  const before = edited.data.slice(), clean = paused.activations[hook]!;
  const activations = clean.data.slice();
  const [a, b, c] = await Promise.all([
    paused.resume({ [hook]: edited }),
    paused.resume(),
    paused.resume({ [hook]: edited }),
  ]);
  deepEqual(a, c);
  notDeepEqual(a, b);
  deepEqual(edited.data, before);
  deepEqual(clean.data, activations);
});

test("goes on unedited when the activations it returned were written into", async (encoder) => {
  const hook = "blocks.2.z",
    { depth } = await encoder.encode(images, ["depth"]);
  const paused = await encoder.pause!(images, [hook]);
  paused.activations[hook]!.data.fill(0);
  deepEqual(await paused.resume(), { depth });
  const without = await paused.resume(paused.activations);
  ok(worst(without.depth!.data, depth!.data) > 1e-3);
});

test("goes on when the list of pictures has changed", async (encoder) => {
  const { depth } = await encoder.encode(images, ["depth"]);
  const list = [...images];
  const paused = await encoder.pause!(list, ["blocks.2.mlp_out"]);
  list.length = 0;
  deepEqual(await paused.resume(), { depth });
});

test("computes nothing when nothing is wanted", async (encoder) => {
  const paused = await encoder.pause!(images, ["blocks.2.z"]);
  deepEqual(await paused.resume(undefined, []), {});
});

test("says what is wrong with where it should go on", async (encoder) => {
  const hook = "blocks.2.resid_post";
  const paused = await encoder.pause!(images, [hook]);
  const clean = paused.activations[hook]!;
  const short = { data: clean.data.subarray(8), shape: [1, 15, 8] };
  // JavaScript can pass what the types refuse.
  const other = (data: unknown) => ({ ...clean, data } as HostTensor);
  const none = undefined as unknown as HostTensor;
  const cases: [() => Promise<unknown>, RegExp][] = [
    [() => encoder.pause!(images, []), /pause nowhere: name at least one hook/],
    [
      () => encoder.pause!(images, ["blocks.2.resid_pots"]),
      /Cannot find hook "blocks\.2\.resid_pots" .* "blocks\.2\.resid_post"/,
    ],
    [
      () => paused.resume({}),
      /resume with nothing: give "blocks\.2\.resid_post"/,
    ],
    [
      () => paused.resume({ "blocks.1.z": clean }),
      /resume at "blocks\.1\.z": the model was paused at "blocks\.2\.resid_post"/,
    ],
    [
      () => paused.resume({ [hook]: short }),
      /Float32Array of 248 numbers, shape \[1, 15, 8\], .* takes a Float32Array, shape \[2, 16, 8\]/,
    ],
    [
      () => paused.resume({ [hook]: other(Float64Array.from(clean.data)) }),
      /resume with Float64Array of 256 numbers, shape \[2, 16, 8\]/,
    ],
    [
      () => paused.resume({ [hook]: other([...clean.data]) }),
      /resume with Array of 256 numbers/,
    ],
    [() => paused.resume({ [hook]: none }), /resume with undefined, shape/],
    [
      () => paused.resume({ "blocks.1.z": none }),
      /resume at "blocks\.1\.z": the model was paused at/,
    ],
    [
      () => paused.resume(paused.activations, ["embed"]),
      /resume to "embed": it does not come after "blocks\.2\.resid_post"/,
    ],
    [
      () => paused.resume(paused.activations, [hook]),
      /resume to "blocks\.2\.resid_post": it does not come after/,
    ],
  ];
  for (const [wrong, message] of cases) {
    await rejects(wrong(), (error) => {
      ok(error instanceof ConfigError, `${error}`);
      ok(message.test(error.message), error.message);
      return true;
    });
  }
  await rejects(encoder.pause!([], [hook]), RangeError);
});

Deno.test("pause() refuses a part that does not compute what the whole does", async () => {
  const graph = onnxGraph();
  graph.node("Abs", ["x"], { output: "a" });
  graph.node("Neg", ["a"], { output: "b" });
  const one = (value: number): HostTensor => ({
    data: Float32Array.of(value),
    shape: [1, 1],
  });
  const port = (name: string) => ({ name, dims: ["images", 1] });
  const released: string[] = [];
  const options = (off: number): PauseOptions => ({
    graph,
    hooks: ["a", "b"].map((name) => ({
      name,
      width: 1,
      layout: { specials: 0, grid: [1, 1] },
    })),
    ports: ["x", "a", "b"].map(port),
    input: port("x"),
    predictions: ["b"],
    trusted: new Set(),
    models: {
      has: () => false,
      release: ({ inputs }) => void released.push(inputs[0]!.name),
    },
    compute: () => Promise.resolve({ a: one(3), b: one(-3) }),
    run: () => Promise.resolve({ b: one(-3 - off) }),
  });
  deepEqual(await (await pause(["a"], options(0))).resume(), { b: one(-3) });
  deepEqual(released.splice(0), ["x"]);
  const paused = await pause(["a"], options(1e-3));
  await rejects(paused.resume(), /Cannot pause at "a": .*"b" comes out/);
  equal(released.join(), "x,a");
});
