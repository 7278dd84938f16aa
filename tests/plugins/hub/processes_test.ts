import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { downloadModel } from "../../../plugins/hub/download_model.ts";
import { openHub } from "../../../plugins/hub/open_hub.ts";
import {
  commit,
  type FakeHub,
  fakeHub,
  type FakeHubOptions,
  repo,
  sha256,
} from "./_fake_hub.ts";

const weights = new Uint8Array(400_000).map((_, i) => i >> 8);
const files = { "config.json": "{}", "model.safetensors": weights };
const program = fileURLToPath(new URL("_download.ts", import.meta.url));

/** The permissions of the tasks. */
const variables = [
  "HF_ENDPOINT",
  "HF_HOME",
  "HF_HUB_CACHE",
  "HF_HUB_OFFLINE",
  "HF_TOKEN",
  "HF_TOKEN_PATH",
  "XDG_CACHE_HOME",
  Deno.build.os === "windows" ? "USERPROFILE" : "HOME",
].join(",");
const disk = ["--allow-read", "--allow-write"];
const env = `--allow-env=${variables}`;

interface At {
  readonly server: FakeHub;
  readonly home: string;
  /** The model's folder in the cache. */
  readonly folder: string;
  /** Starts a program that downloads. */
  start(...flags: string[]): Deno.ChildProcess;
}

async function withPrograms(
  options: Partial<FakeHubOptions>,
  body: (at: At) => Promise<void>,
): Promise<void> {
  const server = fakeHub({ files, card: { license: "mit" }, ...options });
  const home = await Deno.makeTempDir();
  const folder = join(home, "hub", `models--${repo.replace("/", "--")}`);
  const start = (...flags: string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--no-prompt", ...flags, program, repo],
      env: { HF_HOME: home, HF_ENDPOINT: server.endpoint, NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  try {
    await body({ server, home, folder, start });
  } finally {
    await server.stop();
    await Deno.remove(home, { recursive: true });
  }
}

async function textOf(program: Deno.ChildProcess): Promise<string> {
  const { stdout, stderr } = await program.output();
  const decoder = new TextDecoder();
  return decoder.decode(stdout).trim() || decoder.decode(stderr);
}

Deno.test("downloadModel() continues what a killed program left", async () => {
  const half = 150_000;
  let hangs = true;
  const release = Promise.withResolvers<void>();
  const body = () =>
    new ReadableStream({
      async start(controller) {
        controller.enqueue(weights.slice(0, half));
        await release.promise;
        controller.close();
      },
    });
  await withPrograms({
    intercept: (_, { at }) =>
      at === "cdn" && hangs ? new Response(body()) : undefined,
  }, async ({ server, home, folder, start }) => {
    const program = start("-A");
    const part = join(folder, "blobs", `${sha256(weights)}.incomplete`);
    const sizeOf = () => Deno.stat(part).then(({ size }) => size, () => 0);
    while (await sizeOf() < half) await new Promise((r) => setTimeout(r, 20));
    program.kill("SIGKILL");
    await program.output();
    release.resolve();
    hangs = false;
    const hub = await openHub({}, {
      HF_HOME: home,
      HF_ENDPOINT: server.endpoint,
    });
    const { path } = await downloadModel(hub, { repo, revision: "main" });
    const come = await Deno.readFile(join(path, "model.safetensors"));
    deepEqual(come, weights);
    deepEqual(server.ranges(), [null, `bytes=${half}-`]);
  });
});

Deno.test("downloadModel() downloads once for two programs", () =>
  withPrograms({
    // Long enough that both want it.
    intercept: async (_, { at }) => {
      if (at === "cdn") await new Promise((done) => setTimeout(done, 500));
      return undefined;
    },
  }, async ({ server, folder, start }) => {
    const path = join(folder, "snapshots", commit);
    const programs = [start("-A"), start("-A")];
    deepEqual(await Promise.all(programs.map(textOf)), [path, path]);
    deepEqual(server.ranges(), [null]);
    deepEqual(
      (await Array.fromAsync(Deno.readDir(join(folder, "blobs")))).length,
      2,
    );
  }));

Deno.test("downloadModel() needs no more permissions than the tasks have", () =>
  withPrograms({}, async ({ server, folder, start }) => {
    const hosts = "--allow-net=127.0.0.1";
    const path = await textOf(start(...disk, env, hosts));
    equal(path, join(folder, "snapshots", commit));
    await server.stop();
    equal(await textOf(start("--allow-read", env)), path);
  }));

/** Insufficient permissions, and the error about them. */
const denied: readonly [string, (server: FakeHub) => string[], RegExp][] = [
  [
    "network",
    () => [...disk, env],
    /^Cannot download "ada\/tiny.ViT_1" from "http:.*": this program may not reach "127.0.0.1:\d+"; run it with --allow-net=127.0.0.1:\d+, or give the folder of a model$/,
  ],
  [
    "host that it is redirected to",
    ({ endpoint }) => [...disk, env, `--allow-net=${new URL(endpoint).host}`],
    /^Cannot download "model.safetensors" of .*: this program may not reach "127.0.0.1:\d+"; run it with --allow-net=127/,
  ],
  [
    "environment",
    () => [...disk, "--allow-net"],
    /^Cannot find the model cache: this program may not read the environment; run it with --allow-env=HF_ENDPOINT,HF_HOME,/,
  ],
  [
    "disk",
    () => ["--allow-read", env, "--allow-net"],
    /^Cannot store "config.json" of .*: this program may not write to ".*"; run it with --allow-read --allow-write$/,
  ],
];

for (const [what, flags, message] of denied) {
  Deno.test(`downloadModel() says which permission it lacks: ${what}`, () =>
    withPrograms({}, async ({ server, start }) => {
      const text = await textOf(start(...flags(server)));
      ok(!text.includes("\n"), text);
      match(text, message);
    }));
}
