import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { downloadModel } from "../../../plugins/hub/download_model.ts";
import { parseHubId } from "../../../plugins/hub/hub_id.ts";
import { atHub, weights } from "./_at_hub.ts";
import { commit, gitHash, repo, sha256 } from "./_fake_hub.ts";

Deno.test("downloadModel() lays files out as Hugging Face's cache, and needs no hub afterwards", () =>
  atHub({}, async ({ server, hub, id, folder, list }) => {
    const model = await downloadModel(hub, id);
    equal(model.path, join(folder, "snapshots", commit));
    equal(model.source, `${repo}@${commit}`);
    equal(model.licence, "mit");
    deepEqual(await list(join("snapshots", commit)), [
      "config.json",
      "model.safetensors",
      "preprocessor_config.json",
    ]);
    const path = join(model.path, "model.safetensors");
    deepEqual(await Deno.readFile(path), weights);
    const blob = join("..", "..", "blobs", sha256(weights));
    if (Deno.build.os !== "windows") equal(await Deno.readLink(path), blob);
    equal((await list("blobs")).length, 3);
    const ref = join(folder, "refs", "main");
    equal(await Deno.readTextFile(ref), commit);
    await server.stop();
    deepEqual(await downloadModel(hub, id), model);
    deepEqual(await downloadModel({ ...hub, offline: true }, id), model);
    const pinned = { ...id, revision: commit };
    deepEqual(await downloadModel(hub, pinned), model);
  }));

Deno.test("downloadModel() asks for no file but JSON and safetensors", () =>
  atHub({}, async ({ server, hub, id }) => {
    await downloadModel(hub, id);
    const names = server.seen.map(({ path }) => path)
      .filter((path) => !path.includes("/revision/"));
    ok(names.every((path) => /\.(json|safetensors)$/.test(path)));
  }));

Deno.test("downloadModel() takes branches, tags, pull requests and commits", async () => {
  for (const revision of ["v1", "refs/pr/1", commit]) {
    await atHub({}, async ({ server, hub, folder }) => {
      const id = parseHubId(`${repo}@${revision}`)!;
      equal(id.revision, revision);
      const { path } = await downloadModel(hub, id);
      await server.stop();
      equal((await downloadModel(hub, id)).path, path);
      if (revision === commit) return;
      equal(
        await Deno.readTextFile(join(folder, "refs", revision)),
        commit,
      );
    });
  }
});

Deno.test("downloadModel() takes a small file's hash from the redirect to the hub's cache", () => {
  const bytes = new TextEncoder().encode('{"model_type":"vit"}');
  const cached = `/api/resolve-cache/${repo}/${commit}/config.json`;
  return atHub({
    intercept: (_, { path }) =>
      path.endsWith(`${commit}/config.json`) && path !== cached
        ? new Response(null, {
          status: 307,
          headers: {
            "location": `${cached}?%2F${repo}=&etag=%22${gitHash(bytes)}%22`,
            "x-linked-etag": `"${gitHash(bytes)}"`,
            "x-linked-size": `${bytes.length}`,
          },
        })
        : undefined,
  }, async ({ hub, id, list, server }) => {
    const { path } = await downloadModel(hub, id);
    deepEqual(await Deno.readFile(join(path, "config.json")), bytes);
    ok((await list("blobs")).includes(gitHash(bytes)));
    const asked = server.seen.filter(({ path }) => path === cached);
    deepEqual(asked.map(({ method }) => method), ["GET"]);
  });
});

Deno.test("downloadModel() notes that a model has no preprocessor_config.json", () =>
  atHub(
    { files: { "config.json": "{}", "model.safetensors": weights } },
    async ({ server, hub, id, list }) => {
      const { path } = await downloadModel(hub, id);
      deepEqual(await list(join(".no_exist", commit)), [
        "preprocessor_config.json",
      ]);
      await server.stop();
      equal((await downloadModel(hub, id)).path, path);
    },
  ));

Deno.test("downloadModel() completes a model that another program has cached in part", () =>
  atHub({}, async ({ server, hub, id, folder }) => {
    const { path } = await downloadModel(hub, id);
    await Deno.remove(join(path, "preprocessor_config.json"));
    await rejects(downloadModel({ ...hub, offline: true }, id), {
      message:
        `Cannot use "${repo}": "preprocessor_config.json" is not in "${hub.cache}", and HF_HUB_OFFLINE forbids downloading; unset it, or for a folder write "./${repo}"`,
    });
    server.seen.length = 0;
    await downloadModel(hub, id);
    // The blobs are there: only links are made.
    deepEqual(server.seen.filter(({ method }) => method === "GET").length, 1);
    ok(await Deno.stat(join(path, "preprocessor_config.json")));
    await Deno.remove(folder, { recursive: true });
    await rejects(
      downloadModel({ ...hub, offline: true }, id),
      /it is not in ".*", and HF_HUB_OFFLINE forbids downloading/,
    );
  }));

Deno.test("downloadModel() reports the progress of each file", () =>
  atHub({}, async ({ hub, id, events }) => {
    await downloadModel(hub, id);
    const text = `downloading "model.safetensors" of "${repo}", 300.0 kB`;
    const mine = events.filter((event) => event.text === text);
    ok(mine.length > 0);
    for (const [i, { done, total }] of mine.entries()) {
      equal(total, weights.length);
      ok(done! > (mine[i - 1]?.done ?? 0));
    }
    equal(mine.at(-1)!.done, weights.length);
    deepEqual(events.filter(({ done }) => done === undefined), []);
  }));

Deno.test("downloadModel() reports a licence that is not permissive before downloading", async () => {
  const card = {
    license: "other",
    license_name: "theia",
    license_link: "LICENSE",
  };
  await atHub({ card }, async ({ server, hub, id, events }) => {
    const { licence } = await downloadModel(hub, id);
    equal(licence, "other (theia)");
    deepEqual(events[0], {
      text:
        `licence: other (theia), which is not permissive: read it before you use what you make with it: ${server.endpoint}/${repo}/blob/main/LICENSE`,
    });
    events.length = 0;
    equal((await downloadModel(hub, id)).licence, licence);
    deepEqual(events, []);
  });
  for (const card of [undefined, {}, { license: 7 }]) {
    await atHub({ card }, async ({ hub, id, events }) => {
      equal((await downloadModel(hub, id)).licence, "none named");
      match(events[0]!.text, /^licence: the card of this model names none/);
    });
  }
});
