/** Tests that looking at a stranger's run runs none of its code and reads none of the reader's files. @module */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { jsonOf, textOf, withApp } from "./_with_app.ts";
import { denoDir } from "../_task_flags.ts";
import { makeRun } from "./_made_run.ts";
import { refuseForeign } from "../../../tasks/serve/runs/foreign_plugins.ts";

/** A module that leaves a file beside itself when it is imported. */
const evil = `
Deno.writeTextFileSync(new URL("./it-ran", import.meta.url), "");
export default {
  apiVersion: 1,
  kind: "dataset",
  name: "evil",
  description: "Evil",
  options: { "~standard": { version: 1, vendor: "x", validate: (value) => ({ value }) } },
  create: () => ({ length: 1, get: () => { throw new Error("evil"); } }),
};
`;

/** Writes the run `root/r`, three of whose plugins are \`use\`. */
async function hostile(root: string, use: string): Promise<string> {
  const folder = await makeRun(root, "r");
  await Deno.writeTextFile(join(folder, "evil.ts"), evil);
  await Deno.writeTextFile(join(root, "evil.ts"), evil);
  const weights = join(folder, "checkpoint", "sae_weights.safetensors");
  await Deno.writeTextFile(weights, "not weights");
  const file = join(folder, "config.json");
  const config = JSON.parse(await Deno.readTextFile(file));
  for (const slot of ["dataset", "encoder", "sparsifier", "engine"]) {
    config[slot] = { use };
  }
  await Deno.writeTextFile(file, JSON.stringify(config));
  return folder;
}

const pages = [
  "/",
  "/runs/r",
  "/runs/r/latents",
  "/runs/r/latents/3",
  "/runs/r/map",
  "/runs/r/images",
  "/runs/r/images/0",
  "/runs/r/steer",
  "/runs/r/probes",
  "/runs/r/pictures/0/thumb",
  "/api/runs",
  "/api/runs/r",
  "/api/runs/r/latents",
  "/api/runs/r/images/0/latents",
];

/** How a run may name code that is not built in; `at` is the folder of the run. */
const named: Readonly<Record<string, (at: string) => string>> = {
  "a file of the run": () => "./evil.ts",
  "a file outside the run": () => "../evil.ts",
  "an absolute path": (at) => join(at, "evil.ts"),
  "a file: URL": (at) => pathToFileURL(join(at, "evil.ts")).href,
  "a package": () => "npm:zod@^4.6.7",
  "a package of jsr": () => "jsr:@evil/evil@1.0.0",
  "an https: URL": () => "https://127.0.0.1:1/evil.ts",
};

async function ran(root: string): Promise<boolean[]> {
  const markers = [join(root, "it-ran"), join(root, "r", "it-ran")];
  return await Promise.all(
    markers.map((path) => Deno.stat(path).then(() => true, () => false)),
  );
}

Deno.test("serve: the code that a run names never runs, and pages say what is missing", async (t) => {
  for (const [what, use] of Object.entries(named)) {
    await t.step(what, () =>
      withApp(
        (root) => hostile(root, use(join(root, "r"))),
        async (app, root, bugs) => {
          for (const page of pages) {
            const answer = await app.request(page);
            await answer.arrayBuffer();
            ok(answer.status < 500, `${page}: ${answer.status}`);
          }
          const body = new FormData(), plain = new Uint8Array([1, 2, 3]);
          body.set("picture", new File([plain], "a.png"));
          await (await app.request("/runs/r/images", { method: "POST", body }))
            .arrayBuffer();
          deepEqual(await ran(root), [false, false]);
          deepEqual(bugs, []);
          const text = await textOf(app, "/runs/r");
          const quoted = JSON.stringify(use(join(root, "r")))
            .replaceAll('"', "&quot;");
          for (const slot of ["dataset", "encoder", "sparsifier"]) {
            ok(text.includes(`The ${slot} plugin ${quoted} is not built in`));
          }
          match(text, /its pictures are not shown; if you trust its code/);
          match(
            await textOf(app, "/runs/r/latents/3"),
            /No picture can be shown\. Cannot open the dataset of &quot;r&quot;: Cannot run the dataset plugin/,
          );
          const { error } = await jsonOf(
            app,
            "/api/runs/r/images/0/latents",
            404,
          );
          match(error, /not built in.*start again with --trust-plugins/);
        },
        { approve: refuseForeign },
      ));
  }
  await t.step("a data: URL is no plugin at all", () =>
    withApp(
      (root) =>
        hostile(root, `data:text/javascript,${encodeURIComponent(evil)}`),
      async (app, root) => {
        for (const page of pages) await (await app.request(page)).arrayBuffer();
        deepEqual(await ran(root), [false, false]);
        match(
          await textOf(app, "/runs/r/latents/3"),
          /No picture can be shown/,
        );
      },
      { approve: refuseForeign },
    ));
});

/** Ends of `deno task <name>` in `root`, with all permissions. */
async function task(name: string, root: string, ...args: string[]) {
  const main = fileURLToPath(
    new URL(`../../../tasks/${name}/main.ts`, import.meta.url),
  );
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main, ...args],
    env: {
      INIT_CWD: root,
      NO_COLOR: "1",
      XDG_CACHE_HOME: join(root, "cache"),
      DENO_DIR: denoDir(),
    },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, output: text.decode(stdout), errors: text.decode(stderr) };
}

Deno.test("report, index and probe of a stranger's run do not run its code", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const folder = await hostile(root, "./evil.ts");
    const made = await task("report", root, "r");
    equal(made.code, 0, made.errors);
    const html = await Deno.readTextFile(join(folder, "report.html"));
    match(html, /dataset plugin &quot;\.\/evil\.ts&quot; is not built in/);
    const others = [
      await task("index", root, "r"),
      await task("probe", root, "reconstruction", "r"),
    ];
    for (const { code, errors } of others) {
      equal(code, 1);
      match(
        errors,
        /^the dataset plugin ".*evil\.ts" \(".*", SHA-256 [0-9a-f]{64}\) is not/m,
      );
      match(
        errors,
        /Cannot run the dataset plugin ".*evil\.ts": there is no terminal to ask on; read its code, then add --trust-plugins/,
      );
    }
    deepEqual(await ran(root), [false, false]);
    const trusted = await task("report", root, "r", "--trust-plugins");
    equal(trusted.code, 0, trusted.errors);
    match(
      trusted.errors,
      /the dataset plugin ".\/evil\.ts" .* is not built in/,
    );
    deepEqual(await ran(root), [false, true]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

/** Writes a run with a secret outside of it, and a link to the secret at `path`. */
async function linked(root: string, path: string): Promise<void> {
  await makeRun(root, "good");
  const folder = await makeRun(root, "r");
  const secret = join(root, "secret");
  await Deno.writeTextFile(secret, "TOP-SECRET");
  const link = join(folder, path);
  await Deno.mkdir(dirname(link), { recursive: true });
  await Deno.remove(link).catch(() => {});
  await Deno.symlink(secret, link);
}

Deno.test("serve: links out of a run's folder are not followed", async (t) => {
  const places = [
    "results.json",
    "metrics.jsonl",
    "checkpoint/cfg.json",
    "index/index.json",
    "probes/p/result.json",
    "probes/p/figures/plot.svg",
    "probes/q",
  ];
  for (const place of places) {
    await t.step(
      place,
      () =>
        withApp((root) => linked(root, place), async (app) => {
          for (const page of pages) {
            const text = await (await app.request(page)).text();
            ok(!text.includes("TOP-SECRET"), page);
          }
          const why = "is a link that leads out of its folder";
          ok((await textOf(app, "/runs/r", 403)).includes(why));
          ok((await textOf(app, "/")).includes(why));
          await textOf(app, "/runs/good");
        }),
    );
  }
  await t.step("links inside are followed", () =>
    withApp(async (root) => {
      const folder = await makeRun(root, "r");
      await Deno.rename(join(folder, "index"), join(folder, "kept"));
      await Deno.symlink(join(folder, "kept"), join(folder, "index"));
    }, async (app) => {
      await textOf(app, "/runs/r/latents");
    }));
});

Deno.test("serve: a figure is not looked for outside its folder", async () => {
  await withApp(async (root) => {
    const folder = await makeRun(root, "r");
    await Deno.writeTextFile(join(root, "secret.svg"), "TOP-SECRET");
    const probe = join(folder, "probes", "p");
    await Deno.mkdir(probe, { recursive: true });
    const result = {
      ...{ version: 1, probe: "p", options: {}, run: "0", dataset: {} },
      ...{ heldOut: 1, verdict: [], metrics: {}, perLatent: {}, tables: {} },
      figures: { "../../../../secret": { caption: "A figure" } },
    };
    await Deno.writeTextFile(
      join(probe, "result.json"),
      JSON.stringify(result),
    );
  }, async (app) => {
    const text = await textOf(app, "/runs/r/probes");
    match(text, /its result\.json is not in version 1 format/);
  });
});
