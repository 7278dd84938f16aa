/** Tests of the pages of pictures: latents of each patch, and pictures that readers drop. @module */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  latentMap,
  pictureLatents,
} from "../../../tasks/serve/live/picture_latents.ts";
import { mostBytes } from "../../../tasks/serve/live/dropped_pictures.ts";
import { goldenLatents } from "./_golden_run.ts";
import { type LiveApp, withLiveApp } from "./_with_live_app.ts";

async function png(
  width = 40,
  height = 24,
  format: "png" | "jpeg" | "webp" = "png",
): Promise<Uint8Array<ArrayBuffer>> {
  const { default: sharp } = await import("sharp");
  const create = {
    ...{ width, height, channels: 3 as const },
    background: { r: 200, g: 90, b: 30 },
  };
  return new Uint8Array(await sharp({ create }).toFormat(format).toBuffer());
}

async function upload(
  { app }: LiveApp,
  body: BodyInit,
  headers: Record<string, string> = {},
) {
  const init = { method: "POST", body, headers };
  const answer = await app.request("/api/runs/g/pictures", init);
  return { status: answer.status, json: await answer.json() };
}

Deno.test("a picture's latents are those of each of its patches", async () => {
  await withLiveApp(async ({ json, text }) => {
    const found = await json("/api/runs/g/images/3/latents");
    deepEqual(found.grid, [3, 5]);
    equal(found.dSae, goldenLatents);
    equal(found.offsets.length, 16);
    equal(found.offsets.at(-1), found.latents.length);
    equal(found.values.length, found.latents.length);
    ok(found.values.every((value: number) => value > 0));
    ok(found.latents.every((latent: number) => latent < goldenLatents - 1));
    const mean = found.error.reduce((a: number, b: number) => a + b, 0) / 15;
    ok(Math.abs(mean - found.fvu) < 1e-3 * found.fvu);
    const { latent, patch, value } = found.strongest[0];
    const page = await text("/runs/g/images/3");
    match(page, /Picture 3/);
    match(page, new RegExp(`row ${Math.floor(patch / 5)}, column`));
    match(page, new RegExp(`/runs/g/latents/${latent}"`));
    match(page, /rel="prev" href="\/runs\/g\/images\/2"/);
    const piece = await text(
      `/runs/g/images/3/patch?patch=${patch}&latent=${latent}`,
    );
    match(piece, /aria-current="true"/);
    match(piece, new RegExp(String(Number(value.toPrecision(4)))));
    const map = await text(`/runs/g/images/3?latent=${latent}`);
    match(map, /class="stage-map" src="data:image\/png;base64,/);
    match(await text("/runs/g/images/3?layer=error"), /class="stage-map"/);
  }, { indexed: true });
});

Deno.test("pictureLatents() and latentMap() read codes as they are", () => {
  const codes = {
    shape: [3, 5] as const,
    offsets: Uint32Array.of(0, 2, 2, 3),
    latents: Uint32Array.of(1, 4, 4),
    values: Float32Array.of(2, 3, 7),
  };
  deepEqual(pictureLatents({ codes }), [
    { latent: 4, value: 7, patches: 2, patch: 2 },
    { latent: 1, value: 2, patches: 1, patch: 0 },
  ]);
  deepEqual(latentMap({ codes }, 4), Float32Array.of(3, 0, 7));
});

Deno.test("the list of pictures has pages, and pictures that do not exist are not found", async () => {
  await withLiveApp(async ({ app, text }) => {
    match(await text("/runs/g/images"), /0 to 23 of 24/);
    match(await text("/runs/g/images?from=20"), /20 to 23 of 24/);
    match(await text("/runs/g/images?from=99999"), /23 to 23 of 24/);
    match(await text("/runs/g/images?from=abc"), /0 to 23 of 24/);
    const random = await app.request("/runs/g/images/random");
    equal(random.status, 302);
    match(random.headers.get("location")!, /^\/runs\/g\/images\/\d+$/);
    for (const index of ["24", "999999999999", "-1", "x", "..%2f", "own-1"]) {
      match(
        await text(`/runs/g/images/${index}`, 404),
        /Cannot find picture/,
      );
    }
    for (const query of ["patch=15", "patch=-1", "patch=a", "latent=32"]) {
      match(await text(`/runs/g/images/1?${query}`, 404), /Cannot find/);
    }
  });
});

Deno.test("a dropped picture is looked at like any other", async () => {
  await withLiveApp(async (test) => {
    for (const format of ["png", "jpeg", "webp"] as const) {
      const { status, json } = await upload(test, await png(64, 48, format));
      equal(status, 201);
      deepEqual([json.width, json.height], [64, 48]);
      match(json.id, /^own-[0-9a-f]{16}$/);
      const found = await test.json(json.links.latents);
      equal(found.picture, json.id);
      equal(found.offsets.length, 16);
      match(await test.text(json.links.page), /your own picture/);
      match(await test.text(json.links.steer), /Edited/);
      const file = await test.app.request(`/runs/g/dropped/${json.id}/large`);
      equal(file.headers.get("content-type"), "image/jpeg");
      await file.body?.cancel();
    }
    const form = new FormData();
    form.set("picture", new File([await png()], "mine.png"));
    const sent = await test.app.request("/runs/g/images", {
      method: "POST",
      body: form,
    });
    equal(sent.status, 303);
    match(await test.text(sent.headers.get("location")!), /mine\.png/);
    match(await test.text("/runs/g/images"), /mine\.png/);
  });
});

Deno.test("a large dropped picture is shrunk, and only the last ones are kept", async () => {
  await withLiveApp(async (test) => {
    const first = await upload(test, await png(4000, 1000, "jpeg"));
    deepEqual([first.json.width, first.json.height], [2048, 512]);
    for (let i = 0; i < 12; i++) await upload(test, await png());
    equal(test.context.dropped.list().length, 12);
    match(await test.text(first.json.links.page, 404), /drop it again/);
  });
});

Deno.test("files that are too large or not pictures are refused with a reason", async () => {
  await withLiveApp(async (test) => {
    const bytes = new TextEncoder();
    const whole = await png(64, 64, "jpeg");
    const bad: [string, BodyInit, number, RegExp][] = [
      ["text", "hello", 422, /begins with "hello"/],
      ["nothing", "", 422, /is empty/],
      [
        "svg",
        bytes.encode("<svg xmlns='x'/>"),
        422,
        /not how a JPEG, PNG or WebP begins/,
      ],
      ["half", whole.slice(0, whole.length >> 1), 422, /Cannot decode/],
      ["random", crypto.getRandomValues(new Uint8Array(5000)), 422, /Cannot/],
      ["large", new Uint8Array(mostBytes + 5000), 413, /at most 20 MB/],
    ];
    for (const [name, body, status, reason] of bad) {
      const answer = await upload(test, body);
      equal(answer.status, status, name);
      match(answer.json.error, reason, name);
    }
    const empty = new FormData();
    empty.set("other", "x");
    equal((await upload(test, empty)).status, 400);
    const broken = await upload(test, "nothing of the kind", {
      "content-type": "multipart/form-data; boundary=x",
    });
    equal(broken.status, 400);
    // 100 MB in pieces, without a length that says so.
    let sent = 0;
    const stream = new ReadableStream({
      pull(controller) {
        sent += 2 ** 20;
        if (sent > 100 * 2 ** 20) controller.close();
        else controller.enqueue(new Uint8Array(2 ** 20));
      },
    });
    equal((await upload(test, stream)).status, 413);
    ok(sent < 25 * 2 ** 20, "the rest is not read");
    equal(test.context.dropped.list().length, 0);
  });
});
