import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Encoder, PluginEvent } from "tessera";
import { depthAnything } from "../../../plugins/encoders/depth_anything/mod.ts";
import {
  openModelFolder,
  weightsFolder,
} from "../../../plugins/encoders/checkpoint/model_folder.ts";
import { vit } from "../../../plugins/encoders/vit/mod.ts";
import {
  goldenFolder,
  goldenImages,
  here,
  readGolden,
} from "../encoders/_golden.ts";
import { commit, fakeHub, repo, sha256 } from "./_fake_hub.ts";

/** The files of a golden model. */
async function filesOf(name: string): Promise<Record<string, Uint8Array>> {
  const names = [
    "config.json",
    "model.safetensors",
    "preprocessor_config.json",
  ];
  const folder = goldenFolder(name);
  return Object.fromEntries(
    await Promise.all(
      names.map(async (
        file,
      ) => [file, await Deno.readFile(`${folder}/${file}`)]),
    ),
  );
}

/** Runs `body` while the environment names a hub that has the golden model `name`. */
async function withHub(
  name: string,
  body: (home: string, stop: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const card = { license: "cc-by-nc-4.0" };
  const server = fakeHub({ files: await filesOf(name), card });
  const home = await Deno.makeTempDir();
  const variables = {
    HF_HOME: home,
    HF_ENDPOINT: server.endpoint,
    HF_HUB_CACHE: "",
    HF_HUB_OFFLINE: "",
    HF_TOKEN: "",
    HF_TOKEN_PATH: "",
  };
  const before = Object.keys(variables).map((name) =>
    [name, Deno.env.get(name)] as const
  );
  for (const [name, value] of Object.entries(variables)) {
    Deno.env.set(name, value);
  }
  try {
    await body(home, server.stop);
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
    await server.stop();
    await Deno.remove(home, { recursive: true });
  }
}

/** Every activation of an encoder for two pictures. */
async function run(encoder: Encoder): Promise<Record<string, Float32Array>> {
  const images = await goldenImages(await readGolden(goldenFolder("vit")));
  const names = encoder.hooks.map(({ name }) => name);
  try {
    const all = await encoder.encode(images.slice(0, 1), names);
    return Object.fromEntries(names.map((name) => [name, all[name]!.data]));
  } finally {
    await encoder.close();
  }
}

Deno.test("vit() opens a model from the hub, whose files are links, as it opens a folder", () =>
  withHub("vit", async (home, stop) => {
    const expected = await run(await vit({ model: goldenFolder("vit") }, here));
    const encoder = await vit({ model: repo }, here);
    const { model, licence } = encoder.provenance;
    equal(model, `${repo}@${commit}`);
    equal(licence, "cc-by-nc-4.0");
    deepEqual(await run(encoder), expected);
    await stop();
    const snapshot = join(
      home,
      "hub",
      `models--${repo.replace("/", "--")}`,
      "snapshots",
      commit,
    );
    const again = await vit({ model: repo }, here);
    deepEqual(again.provenance, encoder.provenance);
    deepEqual(await run(again), expected);
    // The folder of links can be named, too.
    deepEqual(await run(await vit({ model: snapshot }, here)), expected);
  }));

Deno.test("depthAnything() opens a model from the hub as it opens a folder", () =>
  withHub("depth_anything_v2", async () => {
    const options = { pos: "hf", size: { width: 28, height: 16 } } as const;
    const model = goldenFolder("depth_anything_v2");
    const [one, other] = [
      await depthAnything({ ...options, model }, here),
      await depthAnything({ ...options, model: `${repo}@v1` }, here),
    ];
    deepEqual(await run(other), await run(one));
  }));

Deno.test("openModelFolder() finds the weights themselves behind the links, and reports", () =>
  withHub("vit", async (home) => {
    const events: PluginEvent[] = [];
    const folder = await openModelFolder(
      repo,
      here.base,
      (event) => events.push(event),
    );
    const hash = sha256((await filesOf("vit"))["model.safetensors"]!);
    deepEqual(
      [weightsFolder(folder), basename(folder.weights.path)],
      [
        await Deno.realPath(
          join(home, "hub", `models--${repo.replace("/", "--")}`, "blobs"),
        ),
        hash,
      ],
    );
    equal(folder.hashes["model.safetensors"], hash);
    match(events[0]!.text, /^licence: cc-by-nc-4.0, which is not permissive/);
    ok(events.some(({ done, total }) => done !== undefined && done === total));
  }));

Deno.test("openModelFolder() prefers a folder to a model of the same name at the hub", () =>
  withHub("vit", async (home) => {
    const folder = join(home, repo);
    await Deno.mkdir(folder, { recursive: true });
    for (
      const [file, bytes] of Object.entries(await filesOf("depth_anything_v2"))
    ) {
      await Deno.writeFile(join(folder, file), bytes);
    }
    const base = new URL(`${pathToFileURL(home).href}/`);
    const { path, hashes } = await openModelFolder(repo, base);
    equal(path, folder);
    equal(hashes.model, undefined);
  }));

for (
  const model of ["./ada/vit", "../ada", "ada/vit/x", "/ada/vit", "ada/.."]
) {
  Deno.test(`openModelFolder() does not ask the hub for a model called "${model}"`, () =>
    withHub("vit", async (home) => {
      await rejects(
        openModelFolder(model, here.base),
        /^ConfigError: Cannot find "config.json" in "/,
      );
      await rejects(Deno.stat(join(home, "hub")), Deno.errors.NotFound);
    }));
}

Deno.test("openModelFolder() says that there is neither a model nor a folder", () =>
  withHub("vit", async () => {
    await rejects(
      openModelFolder("ada/other", here.base),
      /^ConfigError: Cannot download "ada\/other" from .*; for a folder write "\.\/ada\/other"$/,
    );
  }));
