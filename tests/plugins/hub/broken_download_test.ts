import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { downloadModel } from "../../../plugins/hub/download_model.ts";
import { atHub, partName, weights } from "./_at_hub.ts";
import { commit, repo, sha256 } from "./_fake_hub.ts";

for (const breaks of [[100_000], [70_000, 70_000], [1, 0, 0, 0]]) {
  Deno.test(`downloadModel() continues after breaks of ${breaks} bytes`, () =>
    atHub({ breaks: [...breaks] }, async ({ server, hub, id, waits }) => {
      const { path } = await downloadModel(hub, id);
      const come = await Deno.readFile(join(path, "model.safetensors"));
      deepEqual(come, weights);
      const starts = breaks.map((_, i) =>
        breaks.slice(0, i + 1).reduce((sum, each) => sum + each)
      );
      deepEqual(server.ranges(), [
        null,
        ...starts.map((start) => `bytes=${start}-`),
      ]);
      equal(waits.length, breaks.length);
    }));
}

Deno.test("downloadModel() waits longer and longer, gives up after five breaks without progress, and the next start continues", () =>
  atHub(
    { breaks: [50_000, 0, 0, 0, 0] },
    async ({ server, hub, id, waits, list }) => {
      await rejects(
        downloadModel(hub, id),
        (error: Error) => {
          match(
            error.message,
            /^Cannot download "model.safetensors" of "ada\/tiny.ViT_1" from "http:.*": .*, 5 times in a row; the 50\.0 kB that arrived are kept for the next start$/,
          );
          return true;
        },
      );
      deepEqual(waits, [1000, 2000, 4000, 8000]);
      ok((await list("blobs")).includes(partName));
      deepEqual(await list(join("snapshots", commit)), [
        "config.json",
        "preprocessor_config.json",
      ]);
      server.seen.length = 0;
      const { path } = await downloadModel(hub, id);
      deepEqual(server.ranges(), ["bytes=50000-"]);
      const come = await Deno.readFile(join(path, "model.safetensors"));
      deepEqual(come, weights);
      ok(!(await list("blobs")).includes(partName));
    },
  ));

Deno.test("downloadModel() starts again where a server sends only whole files", () =>
  atHub({ breaks: [100_000], wholeOnly: true }, async ({ hub, id, server }) => {
    const { path } = await downloadModel(hub, id);
    const come = await Deno.readFile(join(path, "model.safetensors"));
    deepEqual(come, weights);
    deepEqual(server.ranges(), [null, "bytes=100000-"]);
  }));

Deno.test("downloadModel() starts again where a server refuses to continue in the middle", () =>
  atHub({
    breaks: [100_000],
    intercept: (_, { at, range }) =>
      at === "cdn" && range ? new Response("no", { status: 416 }) : undefined,
  }, async ({ hub, id, server }) => {
    const { path } = await downloadModel(hub, id);
    const come = await Deno.readFile(join(path, "model.safetensors"));
    deepEqual(come, weights);
    deepEqual(server.ranges(), [null, "bytes=100000-", null]);
  }));

Deno.test("downloadModel() starts again where a server continues at another place", () =>
  atHub({
    breaks: [100_000],
    intercept: (_, { at, range }) =>
      at === "cdn" && range
        ? new Response("wrong", {
          status: 206,
          headers: { "content-range": "bytes 5-9/300000" },
        })
        : undefined,
  }, async ({ hub, id, server }) => {
    const { path } = await downloadModel(hub, id);
    const come = await Deno.readFile(join(path, "model.safetensors"));
    deepEqual(come, weights);
    deepEqual(server.ranges(), [null, "bytes=100000-", null]);
  }));

/** Parts that an earlier start may have left, and how each is continued. */
const parts: readonly [string, Uint8Array, (string | null)[]][] = [
  ["whole", weights, []],
  ["wrong", new Uint8Array(1000), ["bytes=1000-", null]],
  ["wrong and whole", new Uint8Array(weights.length), [null]],
  ["too long", new Uint8Array(weights.length + 1), [null]],
];

for (const [what, part, ranges] of parts) {
  Deno.test(`downloadModel() continues a part that is ${what}`, () =>
    atHub({}, async ({ hub, id, folder, server }) => {
      await Deno.mkdir(join(folder, "blobs"), { recursive: true });
      await Deno.writeFile(join(folder, "blobs", partName), part);
      const { path } = await downloadModel(hub, id);
      const come = await Deno.readFile(join(path, "model.safetensors"));
      deepEqual(come, weights);
      deepEqual(server.ranges(), ranges);
    }));
}

Deno.test("downloadModel() replaces a blob of the wrong length", () =>
  atHub({}, async ({ hub, id, folder }) => {
    await Deno.mkdir(join(folder, "blobs"), { recursive: true });
    const blob = join(folder, "blobs", sha256(weights));
    await Deno.writeFile(blob, new Uint8Array(5));
    await downloadModel(hub, id);
    deepEqual(await Deno.readFile(blob), weights);
  }));

/** What a server may send instead of the weights. */
const spoils: readonly [string, (bytes: Uint8Array) => Uint8Array, RegExp][] = [
  [
    "other bytes",
    (bytes) => bytes.with(1234, bytes[1234]! ^ 1),
    /the download does not have the hash [0-9a-f]{64} that was announced, and was removed; try again, or try another HF_ENDPOINT$/,
  ],
  [
    "more bytes",
    (bytes) => new Uint8Array(bytes.length + 7),
    /the download has more than the 300000 bytes that were announced, and was removed/,
  ],
  [
    "fewer bytes",
    (bytes) => bytes.slice(0, 200_000),
    /it (ended after 200000 of 300000 bytes|cannot continue in the middle of the file), 5 times in a row/,
  ],
];

for (const [what, spoil, message] of spoils) {
  Deno.test(`downloadModel() refuses ${what} than were announced`, () =>
    atHub({ spoil }, async ({ hub, id, list }) => {
      await rejects(downloadModel(hub, id), { name: "ConfigError", message });
      deepEqual(await list(join("snapshots", commit)), [
        "config.json",
        "preprocessor_config.json",
      ]);
      const blobs = await list("blobs");
      ok(!blobs.includes(sha256(weights)));
      if (what !== "fewer bytes") ok(!blobs.includes(partName));
      await rejects(list("refs"));
    }));
}

Deno.test("downloadModel() gives up on a server that never stops sending", () => {
  let sent = 0;
  const endless = () =>
    new ReadableStream({
      pull(controller) {
        sent += 100_000;
        // Not enough to fill a disk when something is wrong.
        if (sent < 1e8) controller.enqueue(new Uint8Array(100_000));
        else controller.close();
      },
    });
  return atHub({
    intercept: (_, { at }) =>
      at === "cdn" ? new Response(endless()) : undefined,
  }, async ({ hub, id, list }) => {
    await rejects(downloadModel(hub, id), /more than the 300000 bytes/);
    ok(sent < 5e7, `${sent} bytes were sent`);
    ok(!(await list("blobs")).includes(partName));
  });
});

Deno.test("downloadModel() checks small files by their git hash", () =>
  atHub({
    intercept: (request, { path, method }) =>
      path.includes("resolve-cache") && method === "GET" &&
        request.url.includes("/config.json")
        ? new Response('{"model_type":"Vit"}')
        : undefined,
  }, async ({ hub, id, list }) => {
    await rejects(
      downloadModel(hub, id),
      /"config.json".* does not have the hash/,
    );
    deepEqual(await list("blobs"), []);
  }));

Deno.test("downloadModel() downloads once when it is called twice at once", () =>
  atHub({}, async ({ hub, id, server, events }) => {
    const [first, second] = await Promise.all([
      downloadModel(hub, id),
      downloadModel(hub, id),
    ]);
    equal(first.path, second.path);
    deepEqual(server.ranges(), [null]);
    const waiting = /^another program is downloading .*: waiting for it$/;
    ok(events.some(({ text }) => waiting.test(text)));
  }));

Deno.test({
  name:
    "downloadModel() says how much space a full disk lacks, and keeps what arrived",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    atHub({}, async ({ hub, id, folder, list }) => {
      await Deno.mkdir(join(folder, "blobs"), { recursive: true });
      const part = join(folder, "blobs", partName);
      await Deno.symlink("/dev/full", part);
      await rejects(downloadModel(hub, id), {
        name: "ConfigError",
        message:
          `Cannot store "model.safetensors" of "${repo}": "${hub.cache}" has no space for its 300.0 kB; free some and start again, which continues the download, or set HF_HOME to a folder on another disk`,
      });
      ok((await list("blobs")).includes(partName));
      await Deno.remove(part);
      await downloadModel(hub, id);
    }),
});

Deno.test("downloadModel() says where it cannot write", () =>
  atHub({}, async ({ hub, id }) => {
    const file = await Deno.makeTempFile();
    const cache = join(file, "hub");
    await rejects(downloadModel({ ...hub, cache }, id), {
      name: "ConfigError",
      message:
        /^Cannot store "config.json" of .*: .* in ".*"; set HF_HOME to a writable folder$/,
    });
    await Deno.remove(file);
  }));
