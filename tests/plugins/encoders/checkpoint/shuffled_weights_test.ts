/** Tests of networks with shuffled weights. @module */
import {
  deepEqual,
  equal,
  notDeepEqual,
  ok,
  rejects,
} from "node:assert/strict";
import { dirname, join } from "node:path";
import {
  type Dtype,
  type Encoder,
  type HostTensors,
  readTensorBytes,
  type SafetensorsHeader,
  writeSafetensors,
} from "tessera";
import { depthAnything } from "../../../../plugins/encoders/depth_anything/mod.ts";
import { depthNano } from "../../../../plugins/encoders/depth_nano.ts";
import { dinov2 } from "../../../../plugins/encoders/dinov2/mod.ts";
import { theia } from "../../../../plugins/encoders/theia/mod.ts";
import { vit } from "../../../../plugins/encoders/vit/mod.ts";
import {
  type ModelFolder,
  openModelFolder,
} from "../../../../plugins/encoders/checkpoint/model_folder.ts";
import { shuffledWeights } from "../../../../plugins/encoders/checkpoint/shuffled_weights.ts";
import { picture } from "../../../conformance/encoder.ts";
import { goldenFolder, here } from "../_golden.ts";
import { using, withModel } from "../dinov2/_models.ts";

const images = [picture(40, 30, 1), picture(33, 57, 2)];
const depthModel = { model: goldenFolder("depth_anything_v2") };

const encoders: Readonly<Record<string, () => Promise<Encoder>>> = {
  vit: () => vit({ model: goldenFolder("classifiers/vit") }, here),
  theia: () =>
    theia({
      model: goldenFolder("theia_heads"),
      statistics: "half",
      resample: "bilinear",
    }, here),
  dinov2: () => dinov2({ model: goldenFolder("dinov2"), pos: "hf" }, here),
  depthAnything: () =>
    depthAnything({ model: goldenFolder("depth_anything_v2") }, here),
  depthNano: () => depthNano({}, here),
};

/** Hooks that keep the test short: the residual stream after each block, and the predictions. */
function readAt({ hooks, predictions = [] }: Encoder): string[] {
  return [
    ...hooks.map(({ name }) => name).filter((name) => /resid_post/.test(name)),
    ...predictions.map(({ hook }) => hook),
  ];
}

for (const [name, make] of Object.entries(encoders)) {
  Deno.test(`shuffled() of ${name}() is the same network with shuffled weights, decided by the seed`, async () => {
    await using(make(), async (encoder) => {
      const hooks = readAt(encoder);
      const own = await encoder.encode(images, hooks);
      const seen: HostTensors[] = [];
      for (const seed of [1, 1, 2]) {
        await using(encoder.shuffled!(seed), async (control) => {
          deepEqual(control.hooks, encoder.hooks);
          equal(control.defaultHook, encoder.defaultHook);
          deepEqual(control.predictions, encoder.predictions);
          const provenance = { ...encoder.provenance, shuffled: `${seed}` };
          deepEqual(control.provenance, provenance);
          seen.push(await control.encode(images, hooks));
        });
      }
      for (const hook of hooks) {
        const [one, same, other] = seen.map((all) => all[hook]!.data);
        ok(one!.every(Number.isFinite), hook);
        deepEqual(one, same, hook);
        notDeepEqual(one, other, hook);
        notDeepEqual(one, own[hook]!.data, hook);
      }
      // The encoder itself is unchanged.
      deepEqual(await encoder.encode(images, hooks), own);
    });
  });
}

/** The bits of a tensor's numbers, in order. */
async function sorted(header: SafetensorsHeader, name: string) {
  const { buffer } = await readTensorBytes(header, name);
  const bytes = { F32: 4, F16: 2, BF16: 2 }[
    header.tensors.get(name)!.dtype as "F32" | "F16" | "BF16"
  ];
  const View = bytes === 4 ? Uint32Array : Uint16Array;
  return [new View(buffer), new View(buffer).slice().sort()] as const;
}

/** A folder of a model, opened. */
function open(model: string): Promise<ModelFolder> {
  return openModelFolder(model, here.base);
}

/** An encoder that can only be closed. */
const closing = { close: () => Promise.resolve() } as Encoder;

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

for (const dtype of ["F32", "F16"] as const satisfies readonly Dtype[]) {
  Deno.test(`shuffledWeights() keeps the numbers of each ${dtype} tensor, but not their order`, async () => {
    await withModel("dinov2", { dtype }, async (path) => {
      const model = await open(path);
      let moved = 0, all = 0;
      const check = async (copy: ModelFolder): Promise<Encoder> => {
        const names = [...model.weights.tensors.keys()];
        deepEqual([...copy.weights.tensors.keys()].sort(), names.sort());
        for (const name of names) {
          const { dtype, shape } = copy.weights.tensors.get(name)!;
          const before = model.weights.tensors.get(name)!;
          deepEqual([dtype, shape], [before.dtype, before.shape]);
          const [was, numbers] = await sorted(model.weights, name);
          const [is, same] = await sorted(copy.weights, name);
          deepEqual(same, numbers, name);
          is.forEach((bits, i) => moved += Number(bits !== was[i]));
          all += is.length;
        }
        return closing;
      };
      await (await shuffledWeights(model, 7, check)).close();
      ok(moved > 0.8 * all, `${moved} of ${all}`);
    });
  });
}

Deno.test("shuffledWeights() shuffles numbers of any width, each tensor in its own order", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const count = Array.from({ length: 50 }, (_, i) => i);
    await Deno.writeTextFile(join(folder, "config.json"), "{}");
    const bytes = Uint8Array.from(count), shape = [50];
    await writeSafetensors(join(folder, "model.safetensors"), {
      a: { dtype: "F64", shape, data: Float64Array.from(count) },
      b: { dtype: "I64", shape, data: BigInt64Array.from(count.map(BigInt)) },
      c: { dtype: "U8", shape, data: bytes },
      d: { dtype: "BOOL", shape: [5, 10], data: bytes },
      none: { dtype: "F32", shape: [0, 3], data: new Float32Array() },
      one: { dtype: "F32", shape: [], data: Float32Array.of(3) },
    }, { format: "pt" });
    const model = await open(folder);
    const control = await shuffledWeights(model, 3, async ({ weights }) => {
      deepEqual(weights.metadata, { format: "pt" });
      const read = async (name: string) =>
        (await readTensorBytes(weights, name)).buffer;
      const orders = [
        [...new Float64Array(await read("a"))],
        [...new BigInt64Array(await read("b"))].map(Number),
        [...new Uint8Array(await read("c"))],
        [...new Uint8Array(await read("d"))],
      ];
      equal(new Set([count, ...orders].map(String)).size, 5);
      for (const order of orders) {
        deepEqual(order.toSorted((a, b) => a - b), count);
      }
      deepEqual([...new Float32Array(await read("one"))], [3]);
      return closing;
    });
    await control.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("shuffledWeights() removes its folder once, when the encoder is closed", async () => {
  const model = await open(depthModel.model);
  let folder = "", closed = 0;
  const control = await shuffledWeights(model, 1, ({ weights }) => {
    folder = dirname(weights.path);
    return { ...closing, close: () => Promise.resolve(void closed++) };
  });
  ok(await isThere(folder));
  await control.close();
  ok(!await isThere(folder));
  await control.close();
  equal(closed, 2);
});

Deno.test("shuffledWeights() removes its folder when the encoder cannot be opened or closed", async () => {
  const model = await open(depthModel.model);
  let folder = "";
  const opening = shuffledWeights(model, 1, ({ weights }) => {
    folder = dirname(weights.path);
    throw new Error("cannot open");
  });
  await rejects(opening, /cannot open/);
  ok(folder !== "" && !await isThere(folder));
  const control = await shuffledWeights(model, 1, ({ weights }) => {
    folder = dirname(weights.path);
    return { ...closing, close: () => Promise.reject(new Error("stuck")) };
  });
  ok(await isThere(folder));
  await rejects(control.close(), /stuck/);
  ok(!await isThere(folder));
});

Deno.test("an encoder fitted by a shuffled one is shuffled, and outlives it", async () => {
  await using(encoders.depthAnything!(), async (encoder) => {
    const size = { width: 60, height: 35 };
    const control = await encoder.shuffled!(1);
    const fitted = await control.fitted!(size);
    await control.close();
    const { depth } = await fitted.encode(images, ["depth"]);
    ok(depth!.data.every(Number.isFinite));
    await using(encoder.fitted!(size), async (own) => {
      deepEqual(fitted.hooks, own.hooks);
      const clean = await own.encode(images, ["depth"]);
      notDeepEqual(depth, clean.depth);
      // Fitted first and then shuffled, it is the same.
      await using(own.shuffled!(1), async (other) => {
        deepEqual((await other.encode(images, ["depth"])).depth, depth);
      });
    });
    await fitted.close();
  });
});

Deno.test("shuffled() leaves no folder behind, even if fitting returns the encoder itself", async () => {
  const folder = await Deno.makeTempDir(), before = Deno.env.get("TMPDIR");
  Deno.env.set("TMPDIR", folder);
  try {
    const size = { height: 8, width: 8 };
    const model = depthAnything({ ...depthModel, pos: "hf", size }, here);
    await using(model, async (encoder) => {
      const control = await encoder.shuffled!(5);
      equal([...Deno.readDirSync(folder)].length, 1);
      const fitted = await control.fitted!({ width: 9, height: 5 });
      ok(fitted === control);
      await control.encode(images, ["depth"]);
      await control.close();
      deepEqual([...Deno.readDirSync(folder)], []);
    });
  } finally {
    if (before === undefined) Deno.env.delete("TMPDIR");
    else Deno.env.set("TMPDIR", before);
    await Deno.remove(folder, { recursive: true });
  }
});
