/** Tests of steering: a model's own prediction with latents edited. @module */
import { deepEqual, equal, match, notDeepEqual, ok } from "node:assert/strict";
import { randomFrom } from "../../../core/random.ts";
import {
  readSteerQuery,
  steerQueryText,
} from "../../../tasks/serve/live/steer_query.ts";
import {
  softmax,
  topClasses,
} from "../../../tasks/serve/live/prediction_pair.ts";
import { goldenLatents } from "./_golden_run.ts";
import { goldenFolder } from "../../plugins/encoders/_golden.ts";
import { makeRun } from "./_made_run.ts";
import { floats, withLiveApp } from "./_with_live_app.ts";

const silent = goldenLatents - 1;

Deno.test("a firing latent that is set, scaled or ablated changes depth", async () => {
  await withLiveApp(async ({ json, post }) => {
    const { strongest } = await json("/api/runs/g/images/2/latents");
    const { latent, value, patches } = strongest[0];
    const steer = (edit: unknown, more = {}) =>
      post("/api/runs/g/steer", { image: 2, edits: [edit], ...more });
    const ablated = await steer({ latent, how: "ablate" });
    equal(ablated.prediction.kind, "depth");
    deepEqual(ablated.grid, [12, 20]);
    equal(floats(ablated.clean).length, 12 * 20);
    equal(ablated.changedPatches, patches);
    ok(ablated.difference.largest > 0);
    notDeepEqual(ablated.edited, ablated.clean);
    // Ablating is scaling by 0.
    const scaled = await steer({ latent, how: "scale", value: 0 });
    deepEqual(scaled.edited, ablated.edited);
    // Multiplied by 1 nothing changes, to the bit.
    const same = await steer({ latent, how: "scale", value: 1 });
    deepEqual(same.edited, same.clean);
    equal(same.changedPatches, 0);
    const set = await steer({ latent, how: "set", value: 3 * value });
    equal(set.changedPatches, 15);
    ok(set.difference.largest > 0);
    const one = await steer(
      { latent, how: "set", value: 3 * value },
      { patches: [7] },
    );
    equal(one.changedPatches, 1);
    deepEqual(one.clean, set.clean);
  });
});

Deno.test("a silent latent that is ablated or scaled changes no bit of depth", async () => {
  await withLiveApp(async ({ post, text }) => {
    for (
      const edit of [
        { latent: silent, how: "ablate" },
        { latent: silent, how: "scale", value: 100 },
      ]
    ) {
      const { clean, edited, changedPatches, difference } = await post(
        "/api/runs/g/steer",
        { image: 5, edits: [edit] },
      );
      deepEqual(edited, clean);
      equal(changedPatches, 0);
      deepEqual(difference, { mean: 0, largest: 0 });
    }
    match(
      await text(`/runs/g/steer?image=5&latent=${silent}&how=ablate&value=0`),
      /Nothing changes/,
    );
  });
});

Deno.test("without its error, the model goes on with the reconstruction", async () => {
  await withLiveApp(async ({ post }) => {
    const steer = (keepError: boolean) =>
      post("/api/runs/g/steer", { image: 1, keepError });
    const kept = await steer(true), lost = await steer(false);
    deepEqual(kept.edited, kept.clean);
    deepEqual(lost.clean, kept.clean);
    ok(lost.difference.largest > 0);
    equal(lost.changedPatches, 15);
  });
});

Deno.test("the steering page holds all of it in its address", async () => {
  await withLiveApp(async ({ app, text }) => {
    const page = await text("/runs/g/steer");
    match(page, /data-map-name="clean"/);
    match(page, /data-map-name="difference"/);
    match(page, /name="latent" value="\d+"/);
    const none = await text("/runs/g/steer?image=3&latent=");
    match(none, /None: add a latent/);
    const added = await app.request(
      "/runs/g/steer?image=3&latent=4&how=scale&value=2&add=&add=9",
    );
    equal(added.status, 302);
    const address = new URL(`http://x${added.headers.get("location")}`);
    deepEqual(address.searchParams.getAll("latent"), ["4", "9"]);
    deepEqual(address.searchParams.getAll("how"), ["scale", "set"]);
    ok(Number(address.searchParams.getAll("value")[1]) > 0);
    const both = await text(address.pathname + address.search);
    equal(both.match(/data-edit/g)!.length, 2);
    const less = await app.request(
      `${address.pathname}${address.search}&remove=0`,
    );
    match(less.headers.get("location")!, /latent=9&how=set/);
    const piece = await text(
      `/runs/g/steer/result${address.search}&error=lose`,
    );
    ok(!piece.includes("<html"));
    match(piece, /data-map-name="edited"/);
  }, { indexed: true });
});

Deno.test("readSteerQuery() reads what steerQueryText() wrote", () => {
  const query = {
    image: "own-0123456789abcdef",
    edits: [
      { latent: 3, how: "set" as const, value: -2.5 },
      { latent: 7, how: "ablate" as const, value: 0 },
    ],
    prediction: "depth",
    keepError: false,
    patches: [1, 2],
  };
  const params = new URLSearchParams(steerQueryText(query));
  deepEqual(readSteerQuery(params), query);
  const none = { image: "1", edits: [], keepError: true };
  deepEqual(
    readSteerQuery(new URLSearchParams(steerQueryText(none))),
    none,
  );
});

Deno.test("what cannot be steered is refused with a reason", async () => {
  await withLiveApp(async ({ post, text, app }) => {
    const bad: [unknown, RegExp][] = [
      [
        { image: 1, edits: [{ latent: 32, how: "ablate" }] },
        /has 32, numbered/,
      ],
      [{ image: 1, edits: [{ latent: -1, how: "ablate" }] }, /latent/],
      [{ image: 1, edits: [{ latent: 1.5, how: "ablate" }] }, /latent/],
      [{ image: 1, edits: [{ latent: 1, how: "set" }] }, /value/],
      [{ image: 1, edits: [{ latent: 1, how: "set", value: null }] }, /value/],
      [{ image: 1, edits: [{ latent: 1, how: "set", value: 1e9 }] }, /value/],
      [{ image: 1, edits: [{ latent: 1, how: "twist", value: 1 }] }, /how/],
      [{ image: 1, edits: "all" }, /edits/],
      [{ image: 1, edit: [] }, /edit/],
      [{ image: 1, patches: [15] }, /patch 15/],
      [{ image: 1, prediction: "colour" }, /it makes|makes "depth"/],
      [{}, /image/],
      [[], /Cannot use/],
      ["text", /Cannot use/],
    ];
    for (const [body, reason] of bad) {
      const { error } = await post("/api/runs/g/steer", body, 400);
      match(error, reason, JSON.stringify(body));
    }
    const { error } = await post("/api/runs/g/steer", { image: 99 }, 404);
    match(error, /Cannot find picture 99/);
    const torn = await app.request("/api/runs/g/steer", {
      method: "POST",
      body: '{"image": NaN}',
    });
    equal(torn.status, 400);
    match((await torn.json()).error, /not JSON/);
    for (
      const query of [
        "latent=32",
        "latent=x",
        "latent=1e3",
        "latent=1&how=bend",
        "latent=1&how=set&value=NaN",
        "latent=1&how=set&value=1e99",
        "patches=a",
        `patches=99&latent=1`,
        Array(17).fill("latent=1").join("&"),
        "prediction=colour",
      ]
    ) match(await text(`/runs/g/steer?image=1&${query}`, 400), /Cannot/);
  });
});

Deno.test("200 random bodies are answered, none with 500", async () => {
  await withLiveApp(async ({ app }) => {
    const random = randomFrom(7), statuses = new Set<number>();
    const pick = <T>(of: readonly T[]): T =>
      of[Math.floor(random.next() * of.length)]!;
    const odd = [
      ...[0, 1, -1, 1.5, 1e308, 31, 32, null, true, "", "0", "own-x"],
      ...["../../etc/passwd", "\u0000", "💥", [], {}, [[]], "ab".repeat(99)],
    ];
    const edit = () => ({
      latent: random.next() < 0.7 ? Math.floor(32 * random.next()) : pick(odd),
      how: pick(["set", "scale", "ablate", ...odd]),
      value: random.next() < 0.7 ? random.normal() : pick(odd),
    });
    for (let i = 0; i < 200; i++) {
      const body = JSON.stringify({
        image: random.next() < 0.7 ? Math.floor(5 * random.next()) : pick(odd),
        ...random.next() < 0.8 &&
          { edits: Array.from({ length: i % 5 }, edit) },
        ...random.next() < 0.2 && { prediction: pick(odd) },
        ...random.next() < 0.2 && { keepError: pick([true, false, ...odd]) },
        ...random.next() < 0.2 && { patches: [pick([...odd, 2, 14])] },
      });
      const at = Math.floor(random.next() * body.length);
      const torn = random.next() < 0.15 ? body.slice(0, at) : body;
      const path = random.next() < 0.9
        ? "/api/runs/g/steer"
        : "/api/runs/g/pictures";
      const answer = await app.request(path, { method: "POST", body: torn });
      await answer.body?.cancel();
      statuses.add(answer.status);
    }
    ok(!statuses.has(500), [...statuses].join());
    ok(statuses.has(200) && statuses.has(400));
  });
});

Deno.test("a run whose encoder is only read says which can be steered", async () => {
  const config = {
    hook: "pixels",
    encoder: { use: "patches", imageSize: 24, patchSize: 8, width: 8 },
  };
  await withLiveApp(async ({ text, post, json }) => {
    match(await text("/runs/g/steer"), /depth-nano/);
    match(await text("/runs/g/steer/result", 422), /Cannot steer/);
    const { error } = await post("/api/runs/g/steer", { image: 0 }, 422);
    match(error, /Cannot steer this run/);
    deepEqual((await json("/api/runs/g/images/0/latents")).grid, [3, 3]);
  }, { config });
});

Deno.test("a classifier's classes are shown before and after", async () => {
  const model = goldenFolder("classifiers/vit");
  const config = {
    hook: "blocks.0.resid_post",
    encoder: { use: "vit", model, threads: 1 },
  };
  await withLiveApp(async ({ json, post, text }) => {
    const { strongest: [{ latent }] } = await json(
      "/api/runs/g/images/2/latents",
    );
    const edits = [{ latent, how: "scale", value: 30 }];
    const tokens = await post("/api/runs/g/steer", { image: 2, edits });
    equal(tokens.prediction.kind, "logits");
    equal(tokens.prediction.labels.length, 5);
    ok(tokens.changedPatches + tokens.changedSpecials > 0);
    const page = await text(
      `/runs/g/steer?image=2&latent=${latent}&how=scale&value=30`,
    );
    match(page, /tabby, tabby cat/);
    match(page, /class-bar after/);
  }, { config: { ...config, tokens: "all" }, dModel: 12 });
});

Deno.test("a teacher's features are shown by how far they move, each teacher's by its hook", async () => {
  const model = goldenFolder("theia_heads");
  const config = {
    hook: "blocks.0.resid_post",
    encoder: { use: "theia", model, threads: 1 },
  };
  await withLiveApp(async ({ json, post, text }) => {
    const { strongest: [{ latent }] } = await json(
      "/api/runs/g/images/2/latents",
    );
    const edits = [{ latent, how: "ablate" }];
    const first = await post("/api/runs/g/steer", { image: 2, edits });
    equal(first.prediction.kind, "features");
    ok(first.difference.largest > 0);
    const page = await text(`/runs/g/steer?image=2&latent=${latent}`);
    match(page, /Shift of the features/);
    const hooks = [
      ...page.matchAll(/<option value="([^"]+)"[^>]*>[^<]*\(features\)/g),
    ]
      .map(([, hook]) => hook!);
    equal(hooks.length, 2);
    const other = await post("/api/runs/g/steer", {
      ...{ image: 2, edits, prediction: hooks[1] },
    });
    equal(other.prediction.hook, hooks[1]);
    notDeepEqual(other.clean.shape, first.clean.shape);
  }, { config, dModel: 6 });
});

Deno.test("a run without weights, or whose model was moved away, takes only its own pages with it", async () => {
  await withLiveApp(async ({ text, root, context, app }) => {
    await makeRun(root, "untrained");
    match(
      await text("/runs/untrained/images/0", 404),
      /has no sae_weights\.safetensors/,
    );
    const path = `${root}/g/config.json`;
    const config = JSON.parse(await Deno.readTextFile(path));
    config.encoder.model = `${root}/gone`;
    await Deno.writeTextFile(path, JSON.stringify(config));
    match(await text("/runs/g/steer", 404), /gone/);
    match(await text("/runs/g/images/1", 404), /gone/);
    equal((await app.request("/runs/g/latents")).status, 200);
    await context.models.close();
  }, { indexed: true });
});

Deno.test("topClasses() names those that were likeliest before or after", () => {
  const of = (data: number[]) => ({
    data: Float32Array.from(data),
    shape: [1, 1, 4],
  });
  const prediction = {
    hook: "logits",
    kind: "logits" as const,
    meaning: "logits",
    labels: ["a", "b", "c", "d"],
  };
  const found = topClasses({
    prediction,
    clean: of([0, 5, 1, -9]),
    edited: of([9, 5, 1, -9]),
  }, 1);
  deepEqual(found.map(({ name }) => name), ["b", "a"]);
  const sum = softmax(Float32Array.of(1000, 1, -1000))
    .reduce((a, b) => a + b, 0);
  equal(sum, 1);
});
