/**
 * Conformance tests for encoders.
 *
 * @module
 */
import {
  deepStrictEqual,
  equal,
  notDeepStrictEqual,
  ok,
  rejects,
} from "node:assert/strict";
import {
  ConfigError,
  type Encoder,
  type Hook,
  type HostTensor,
  randomFrom,
  type RgbImage,
} from "tessera";
import { closeTo } from "./close_to.ts";

/** A picture of coloured waves with noise. */
export function picture(width: number, height: number, seed = 0): RgbImage {
  const random = randomFrom(seed, width, height);
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % width, y = Math.floor(i / (3 * width));
    const wave = Math.sin(x / (3 + i % 3) + seed) + Math.cos(y / 5 + i % 3);
    return Math.min(255, 100 + 45 * wave + 40 * random.next());
  });
  return { data, width, height };
}

const pictures = [picture(40, 30, 1), picture(33, 57, 2), picture(64, 64, 3)];

/** The first, middle, last and default hooks, since a network may have hundreds. */
function someHooks({ hooks, defaultHook }: Encoder): string[] {
  const names = [hooks[0]!, hooks[hooks.length >> 1]!, hooks.at(-1)!]
    .map(({ name }) => name);
  return [...new Set([...names, defaultHook])];
}

/**
 * Registers the tests that the encoder made by `make` must pass: its hooks, the
 * shapes and values it returns, that pictures do not influence each other, that
 * the same pictures give the same bytes, and how it rejects a wrong hook.
 */
export function testEncoder(
  name: string,
  make: () => Encoder | Promise<Encoder>,
): void {
  const test = (what: string, body: (encoder: Encoder) => Promise<void>) =>
    Deno.test(`${name} ${what}`, async () => {
      const encoder = await make();
      try {
        await body(encoder);
      } finally {
        await encoder.close();
      }
    });

  test("names each hook once, including its default", (encoder) => {
    const names = encoder.hooks.map(({ name }) => name);
    ok(names.length > 0);
    equal(new Set(names).size, names.length);
    ok(names.includes(encoder.defaultHook));
    return Promise.resolve();
  });

  test("gives [images, tokens, width] of finite values at each hook", async (encoder) => {
    const names = encoder.hooks.map(({ name }) => name);
    const activations = await encoder.encode(pictures, names);
    deepStrictEqual(Object.keys(activations).sort(), [...names].sort());
    for (const hook of encoder.hooks) checkShape(hook, activations[hook.name]!);
  });

  test("tells pictures apart", async (encoder) => {
    const { data, shape } = await encodeAt(encoder, pictures);
    const length = data.length / shape[0]!;
    const [a, b] = [data.slice(0, length), data.slice(length, 2 * length)];
    ok(a.some((value, i) => value !== b[i]));
  });

  test("gives a picture the same activations alone and among others", async (encoder) => {
    const hooks = someHooks(encoder);
    const together = await encoder.encode(pictures, hooks);
    for (const [i, image] of pictures.entries()) {
      const alone = await encoder.encode([image], hooks);
      for (const hook of hooks) {
        const { data } = alone[hook]!, length = data.length;
        const among = together[hook]!.data.subarray(i * length);
        closeTo(among.subarray(0, length), data, 1e-5, `${hook} of ${i}`);
      }
    }
  });

  test("gives the same activations for hooks alone and together", async (encoder) => {
    const hooks = someHooks(encoder);
    const together = await encoder.encode(pictures, hooks);
    for (const hook of hooks) {
      const { data } = await encodeAt(encoder, pictures, hook);
      closeTo(together[hook]!.data, data, 1e-5, hook);
    }
  });

  test("gives the same bytes again", async (encoder) => {
    const first = await encodeAt(encoder, pictures);
    deepStrictEqual(await encodeAt(encoder, pictures), first);
  });

  test("accepts pictures of any size", async (encoder) => {
    const odd = [picture(1, 1), picture(1, 90), picture(300, 2)];
    const { data, shape } = await encodeAt(encoder, odd);
    equal(shape[0], odd.length);
    ok(data.every(Number.isFinite));
  });

  test("accepts an empty list of pictures", async (encoder) => {
    const { data, shape } = await encodeAt(encoder, []);
    equal(data.length, 0);
    equal(shape[0], 0);
  });

  test("does not change the pictures", async (encoder) => {
    const image = picture(20, 20);
    await encodeAt(encoder, [image]);
    deepStrictEqual(image, picture(20, 20));
  });

  test("rejects a hook that does not exist and names some that do", async (encoder) => {
    const { defaultHook } = encoder;
    const wrong = `${defaultHook}x`;
    await rejects(encoder.encode(pictures, [wrong]), (error) => {
      ok(error instanceof ConfigError, `${error}`);
      ok(error.message.includes(`"${wrong}"`), error.message);
      ok(error.message.includes(`"${defaultHook}"`), error.message);
      return true;
    });
  });

  test("resumes from a pause with the same results as without one", async (encoder) => {
    const last = encoder.hooks.at(-1)!.name;
    const wanted = encoder.predictions?.map(({ hook }) => hook) ?? [last];
    const before = someHooks(encoder).filter((name) => !wanted.includes(name));
    for (const name of encoder.pause ? before : []) {
      const paused = await encoder.pause!(pictures, [name]);
      const { [name]: seen } = await encoder.encode(pictures, [name]);
      deepStrictEqual(paused.activations, { [name]: seen });
      const resumed = await paused.resume();
      deepStrictEqual(resumed, await encoder.encode(pictures, wanted), name);
      const edited = seen!.data.map((value) => value * value + 0.5);
      const other = await paused.resume({ [name]: { ...seen!, data: edited } });
      ok(
        wanted.some((hook) =>
          other[hook]!.data.some((value, i) => value !== resumed[hook]!.data[i])
        ),
      );
    }
  });

  test("sees a part of each picture, or all of it", (encoder) => {
    for (const { width, height } of pictures) {
      const view = encoder.view?.({ width, height });
      if (!view) continue;
      ok(view.width > 0 && view.left >= 0, JSON.stringify(view));
      ok(view.height > 0 && view.top >= 0, JSON.stringify(view));
      // Rounding may make the sum a last digit too large.
      ok(view.left + view.width <= width + 1e-6, JSON.stringify(view));
      ok(view.top + view.height <= height + 1e-6, JSON.stringify(view));
    }
    return Promise.resolve();
  });

  test("shuffles into another encoder with the same hooks", async (encoder) => {
    const control = await encoder.shuffled?.(1);
    if (!control) return;
    try {
      deepStrictEqual(control.hooks, encoder.hooks);
      notDeepStrictEqual(control.provenance, encoder.provenance);
      const { data } = await encodeAt(control, pictures);
      ok(data.every(Number.isFinite));
      const own = await encodeAt(encoder, pictures);
      ok(data.some((value, i) => value !== own.data[i]));
    } finally {
      await control.close();
    }
  });

  test("needs more memory for more pictures", (encoder) => {
    ok(encoder.memory(1) > 0);
    ok(encoder.memory(32) > encoder.memory(1));
    return Promise.resolve();
  });
}

/** The activations at one hook. */
async function encodeAt(
  encoder: Encoder,
  images: readonly RgbImage[],
  hook: string = encoder.defaultHook,
): Promise<HostTensor> {
  return (await encoder.encode(images, [hook]))[hook]!;
}

function checkShape({ name, width, layout }: Hook, tensor: HostTensor): void {
  const [rows, columns] = layout.grid;
  const tokens = layout.specials + rows * columns;
  deepStrictEqual(tensor.shape, [pictures.length, tokens, width], name);
  equal(tensor.data.length, pictures.length * tokens * width, name);
  ok(tensor.data.every(Number.isFinite), `${name} is finite`);
}
