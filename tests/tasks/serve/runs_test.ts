/** Tests of the pages of runs: every state, a log that grows, runs that change or go. @module */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { makeRun, metrics } from "./_made_run.ts";
import { jsonOf, textOf, withApp } from "./_with_app.ts";

Deno.test("createApp() shows runs in every state, and no state is a failure", async () => {
  await withApp(async (root) => {
    await makeRun(root, "whole");
    await makeRun(root, "no index", { indexed: false });
    await makeRun(root, "training", { indexed: false, trained: false });
    for (
      const [name, config] of [["torn", '{"seed": 1, "data'], [
        "other",
        '{"seed": "x"}',
      ]] as const
    ) {
      await Deno.mkdir(join(root, name));
      await Deno.writeTextFile(join(root, name, "config.json"), config);
    }
  }, async (app) => {
    const page = await textOf(app, "/");
    for (
      const word of [
        "whole",
        "no index",
        "not indexed",
        "training",
        "unreadable",
        "0.1851",
      ]
    ) {
      ok(page.includes(word), word);
    }
    for (const name of ["whole", "no%20index", "training", "torn", "other"]) {
      await textOf(app, `/runs/${name}`);
    }
    match(
      await textOf(app, "/runs/no%20index/latents", 404),
      /deno task index/,
    );
    match(await textOf(app, "/runs/training/latents", 404), /still training/);
    match(
      await textOf(app, "/runs/training/map", 404),
      /href="\/runs\/training"/,
    );
    match(await textOf(app, "/runs/training"), /indexed once it is trained/);
    match(await textOf(app, "/runs/torn"), /it is not JSON/);
    match(await textOf(app, "/runs/nowhere", 404), /Cannot find run/);
  });
});

Deno.test("createApp() follows a log by its bytes, and through a restart", async () => {
  await withApp(
    (root) => makeRun(root, "r", { indexed: false, trained: false }),
    async (app, root) => {
      const log = join(root, "r", "metrics.jsonl");
      const first = await jsonOf(app, "/api/runs/r/metrics");
      equal(first.lines.length, 40);
      await Deno.writeTextFile(log, `${metrics(42)}{"step":1,"tok`);
      const more = await jsonOf(app, `/api/runs/r/metrics?from=${first.next}`);
      equal(more.lines.length, 2);
      deepEqual(await jsonOf(app, `/api/runs/r/metrics?from=${more.next}`), {
        lines: [],
        next: more.next,
        restarted: false,
      });
      match(await textOf(app, "/runs/r/numbers"), /1\.72M/);
      await Deno.writeTextFile(log, `${metrics(3)}no line\n`);
      ok(
        (await jsonOf(app, `/api/runs/r/metrics?from=${more.next}`)).restarted,
      );
      match(
        await textOf(app, "/runs/r"),
        /1 line of metrics\.jsonl is not a step/,
      );
    },
  );
});

Deno.test("createApp() notices runs that change or go", async () => {
  await withApp((root) => makeRun(root, "r"), async (app, root) => {
    await textOf(app, "/runs/r/latents/1");
    await makeRun(root, "r", { dSae: 8 });
    match(await textOf(app, "/runs/r/latents/9", 404), /from 0 to 7/);
    await Deno.truncate(join(root, "r", "index", "latents.safetensors"), 500);
    await Deno.writeTextFile(
      join(root, "r", "index", "index.json"),
      '{"version": 2}',
    );
    match(
      await textOf(app, "/runs/r/latents/1", 404),
      /Cannot use .*version 1/,
    );
    await Deno.remove(join(root, "r", "index"), { recursive: true });
    match(await textOf(app, "/runs/r/latents", 404), /has no index/);
    await Deno.remove(join(root, "r"), { recursive: true });
    await textOf(app, "/runs/r", 404);
    await textOf(app, "/");
  });
});
