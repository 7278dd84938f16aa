import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { downloadModel } from "../../../plugins/hub/download_model.ts";
import { atHub } from "./_at_hub.ts";
import { commit, refuse } from "./_fake_hub.ts";

Deno.test("downloadModel() sends the token to the hub and to no other host", () =>
  atHub({}, async ({ hub, id, server }) => {
    await downloadModel(hub, id);
    for (const { at, token } of server.seen) {
      equal(token, at === "hub" ? "Bearer hf_secret" : null);
    }
    ok(server.seen.some(({ at }) => at === "cdn"));
  }, { token: "hf_secret" }));

/** A hub's responses, to which request, and the error that follows. */
const refusals: readonly [
  number,
  string,
  "/revision/" | ".safetensors",
  RegExp,
][] = [
  [
    401,
    "RepoNotFound",
    "/revision/",
    /^Cannot download "ada\/tiny.ViT_1" from "http:.*": it answers 401: there is no such model, or it is not public; check the name, or set HF_TOKEN to a token from .*; for a folder write "\.\/ada\/tiny.ViT_1"$/,
  ],
  [
    401,
    "GatedRepo",
    ".safetensors",
    /accept the terms of the model at http:.*\/ada\/tiny.ViT_1, and set HF_TOKEN/,
  ],
  [403, "GatedRepo", ".safetensors", /accept the terms of the model at http:/],
  [403, "", "/revision/", /accept the terms of the model at http:/],
  [
    404,
    "RepoNotFound",
    "/revision/",
    /there is no such model; check the name; for a folder write "\.\/ada/,
  ],
  [404, "RevisionNotFound", "/revision/", /there is no revision "main"; write/],
  [
    404,
    "EntryNotFound",
    ".safetensors",
    /^Cannot download "model.safetensors" of .*: it answers 404: there is no such file/,
  ],
  [418, "", "/revision/", /it answers 418; check HF_ENDPOINT/],
];

for (const [status, code, where, message] of refusals) {
  Deno.test(`downloadModel() says what to do after ${status} ${code} for ${where}`, () =>
    atHub({
      intercept: (_, { path }) =>
        path.includes(where) ? refuse(status, code) : undefined,
    }, async ({ hub, id, waits }) => {
      await rejects(downloadModel(hub, id), { name: "ConfigError", message });
      deepEqual(waits, []);
    }));
}

Deno.test("downloadModel() says that a token is not accepted", () =>
  atHub(
    { intercept: () => refuse(401, "") },
    async ({ hub, id }) => {
      await rejects(downloadModel(hub, id), /check the token in HF_TOKEN/);
    },
    { token: "hf_old" },
  ));

/** A hub's messages about tokens that are invalid or lack a permission. */
const said: readonly [number, string, RegExp][] = [
  [
    401,
    "Invalid credentials in Authorization header",
    /^Cannot download "ada\/tiny.ViT_1" from "http:.*": it answers 401 \(Invalid credentials in Authorization header\): check the token in HF_TOKEN or from your last login; a public model needs none$/,
  ],
  [
    401,
    'User Access Token "ada" is expired',
    /it answers 401 \(User Access Token "ada" is expired\): check the token/,
  ],
  [
    403,
    "Please enable access to public gated repositories in your fine-grained token settings to view this repository.",
    /it answers 403 \(Please enable access to .* this repository\): accept the terms of the model/,
  ],
];

for (const [status, message, expected] of said) {
  Deno.test(`downloadModel() passes on the hub's message with ${status}: ${message}`, () =>
    atHub({
      intercept: () =>
        new Response("no", { status, headers: { "x-error-message": message } }),
    }, async ({ hub, id }) => {
      await rejects(downloadModel(hub, id), { message: expected });
    }, { token: "hf_old" }));
}

/** Descriptions of a model that no hub would send. */
const strange: readonly [string, () => Response][] = [
  ["a page", () => new Response("<html>Log in to the network</html>")],
  [
    "a commit that is a path",
    () => Response.json({ sha: "../../../../tmp", siblings: [] }),
  ],
  ["no files", () => Response.json({ sha: commit })],
];

for (const [what, answer] of strange) {
  Deno.test(`downloadModel() refuses a hub that says ${what}`, () =>
    atHub({
      intercept: (_, { path }) =>
        path.includes("/revision/") ? answer() : undefined,
    }, async ({ hub, id }) => {
      await rejects(
        downloadModel(hub, id),
        /is not that of a hub; check HF_/,
      );
    }));
}

for (const etag of [undefined, '"../../evil"', '"d41d8cd98f00b204e9800998"']) {
  Deno.test(`downloadModel() refuses a file with ETag ${etag}`, () =>
    atHub({
      intercept: (_, { path }) =>
        path.endsWith("/config.json")
          ? new Response("{}", etag ? { headers: { etag } } : {})
          : undefined,
    }, async ({ hub, id, folder }) => {
      await rejects(
        downloadModel(hub, id),
        /does not say the hash of the file/,
      );
      await rejects(Deno.stat(folder), Deno.errors.NotFound);
    }));
}

/** Files of unusable models, and the error about them. */
const unusable: readonly [string[], RegExp][] = [
  [
    ["config.json", "pytorch_model.bin"],
    /it has no model.safetensors: its weights are a pickle, "pytorch_model.bin", and reading a pickle can run code; where a pull request at http:.*\/ada\/tiny.ViT_1\/discussions adds model.safetensors, such as number 3, write "ada\/tiny.ViT_1@refs\/pr\/3"; otherwise convert them, or choose/,
  ],
  [
    ["depth.pth"],
    /it has no config.json and no model.safetensors: its weights are a pickle, "depth.pth"/,
  ],
  [
    [
      "config.json",
      "model-00001-of-00002.safetensors",
      "model-00002-of-00002.safetensors",
      "model.safetensors.index.json",
      "pytorch_model.bin",
    ],
    /it has no model.safetensors: its weights are in several files, listed in "model.safetensors.index.json"; join them into model.safetensors, or choose a model that has it/,
  ],
  [
    ["config.json", "open_clip_model.safetensors"],
    /it has "config.json", "open_clip_model.safetensors"; choose a model with config.json and model.safetensors/,
  ],
  [[], /it has no files; choose a model/],
];

for (const [names, message] of unusable) {
  Deno.test(`downloadModel() refuses a model with ${names.join(" and ") || "nothing"}`, () =>
    atHub({
      files: Object.fromEntries(names.map((name) => [name, "x"])),
    }, async ({ hub, id, server, folder }) => {
      await rejects(downloadModel(hub, id), { name: "ConfigError", message });
      equal(server.seen.length, 1);
      await rejects(Deno.stat(folder), Deno.errors.NotFound);
    }));
}
