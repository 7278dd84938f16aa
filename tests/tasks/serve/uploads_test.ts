/** Tests of what is sent to the server: bounded in time, and in pixels that are decoded at once. @module */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import sharp from "sharp";
import { readBody } from "../../../tasks/serve/http/read_body.ts";
import { decodeLimit } from "../../../tasks/serve/live/decode_limit.ts";
import { droppedPictures } from "../../../tasks/serve/live/dropped_pictures.ts";

/** Bodies that say when they run, and end when they are told. */
function bodies(withRoom: ReturnType<typeof decodeLimit>) {
  const running = new Map<string, () => void>();
  const ended: Promise<unknown>[] = [];
  return {
    add(name: string, pixels: number) {
      const end = withRoom(pixels, () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        running.set(name, resolve);
        return promise;
      });
      ended.push(end);
      return end;
    },
    async end(name: string) {
      running.get(name)!();
      running.delete(name);
      await new Promise((resolve) => setTimeout(resolve));
    },
    running: async () => {
      await new Promise((resolve) => setTimeout(resolve));
      return [...running.keys()];
    },
    all: () => Promise.allSettled(ended),
  };
}

Deno.test("decodeLimit() runs as many as fit, in order, and a large one alone", async () => {
  const limits = { pictures: 2, pixels: 100, waiting: 4 };
  const { add, end, running, all } = bodies(decodeLimit(limits));
  for (
    const [name, pixels] of Object.entries({ a: 10, b: 20, c: 10, d: 500 })
  ) add(name, pixels);
  deepEqual(await running(), ["a", "b"]);
  await end("a");
  deepEqual(await running(), ["b", "c"]);
  await end("b");
  deepEqual(await running(), ["c"]);
  add("e", 1);
  await end("c");
  deepEqual(await running(), ["d"]);
  await end("d");
  deepEqual(await running(), ["e"]);
  await end("e");
  await all();
});

Deno.test("decodeLimit() gives room back after a failure, and refuses a crowd", async () => {
  const withRoom = decodeLimit({ pictures: 1, pixels: 9, waiting: 1 });
  await rejects(withRoom(5, () => Promise.reject(new Error("torn"))), /torn/);
  const { add, end, all } = bodies(withRoom);
  add("a", 5);
  add("b", 5);
  await rejects(
    add("c", 5),
    { status: 503, message: /1 others wait to be decoded; try again/ },
  );
  await new Promise((resolve) => setTimeout(resolve));
  await end("a");
  await end("b");
  await all();
});

Deno.test("pictures that are sent at once are decoded two at a time", async () => {
  // Few bytes, many pixels: 16 of them would take a gigabyte at once.
  const side = 5000;
  const png = await sharp({
    create: { width: side, height: side, channels: 3, background: "#123" },
  }).png().toBuffer();
  let most = 0, now = 0;
  const { prototype } = sharp as unknown as {
    prototype: { toBuffer(...args: unknown[]): Promise<unknown> };
  };
  const { toBuffer } = prototype;
  prototype.toBuffer = async function (...args: unknown[]) {
    most = Math.max(most, ++now);
    try {
      return await toBuffer.apply(this, args);
    } finally {
      now--;
    }
  };
  try {
    const dropped = droppedPictures();
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, i) => dropped.add(`${i}.png`, png)),
    );
    ok(all.every(({ image }) => image.width === 2048));
  } finally {
    prototype.toBuffer = toBuffer;
  }
  equal(most, 2);
});

/** A request whose body sends `chunks`, and then nothing more. */
function slow(
  chunks: number,
  every: number,
): { request: Request; cancelled(): boolean } {
  let cancelled = false, sent = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent++ === chunks) return await new Promise(() => {});
      await new Promise((resolve) => setTimeout(resolve, every));
      controller.enqueue(new Uint8Array(1));
    },
    cancel: () => void (cancelled = true),
  }, { highWaterMark: 0 });
  const request = new Request("http://localhost", { method: "POST", body });
  return { request, cancelled: () => cancelled };
}

Deno.test("readBody() does not wait for a client that is too slow", async () => {
  const stalls = slow(3, 0);
  await rejects(
    readBody(stalls.request, 99, { stall: 200, whole: 60_000 }),
    { status: 408, message: /did not arrive in time; send it again/ },
  );
  ok(stalls.cancelled());
  // A byte now and then is not enough either.
  const drips = slow(1e9, 5);
  await rejects(
    readBody(drips.request, 1e9, { stall: 60_000, whole: 200 }),
    { status: 408 },
  );
  ok(drips.cancelled());
});

Deno.test("readBody() reads what arrives, up to its limit", async () => {
  const of = (body: BodyInit) =>
    new Request("http://localhost", { method: "POST", body });
  equal(
    new TextDecoder().decode(await readBody(of("all of it"), 99)),
    "all of it",
  );
  equal((await readBody(new Request("http://localhost"), 99)).length, 0);
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(64)),
  });
  await rejects(readBody(of(endless), 999), { status: 413 });
  const torn = new ReadableStream({
    pull: (controller) => controller.error(new Error("gone")),
  });
  await rejects(readBody(of(torn), 999), (error: Error) => {
    match(error.message, /it ended early/);
    return true;
  });
});
