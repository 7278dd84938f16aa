/** Tests of the pages of latents: sorted, filtered, one alone, with the columns of probes. @module */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { makeRun } from "./_made_run.ts";
import { jsonOf, textOf, withApp } from "./_with_app.ts";

Deno.test("createApp() sorts and filters latents as the address says", async () => {
  await withApp((root) => makeRun(root, "r"), async (app) => {
    const list = (query: string) => jsonOf(app, `/api/runs/r/latents?${query}`);
    const { total, dSae, latents, next } = await list("sort=density&limit=10");
    deepEqual([total, dSae, latents.length], [64, 64, 10]);
    const densities = latents.map((one: { values: { density: number } }) =>
      one.values.density
    );
    deepEqual(densities, densities.toSorted((a: number, b: number) => b - a));
    const second = await jsonOf(app, next);
    ok(second.latents[0].values.density <= densities.at(-1));
    // A latent without a purity comes last, whichever way they are sorted.
    for (const order of ["asc", "desc"]) {
      const all = await list(`sort=purity&order=${order}&limit=64`);
      equal(all.latents.at(-1).latent, 63);
      equal(all.latents.at(-1).values.purity, null);
    }
    const few = await list("min.purity=0.6&max.purity=0.7&limit=64");
    ok(few.total > 0 && few.total < 64);
    for (const { values } of few.latents) {
      ok(values.purity >= 0.6 && values.purity <= 0.7);
    }
    const numbers = await list("q=3,10-12&sort=latent");
    deepEqual(numbers.latents.map((one: { latent: number }) => one.latent), [
      3,
      10,
      11,
      12,
    ]);
    match(
      (await jsonOf(app, "/api/runs/r/latents?sort=nothing", 400)).error,
      /this run has density/,
    );
    match(
      (await jsonOf(app, "/api/runs/r/latents?limit=5000", 400)).error,
      /at most 1000/,
    );
    match(
      (await jsonOf(app, "/api/runs/r/latents?min.max=x", 400)).error,
      /must be a number/,
    );
  });
});

Deno.test("createApp() finds latents by the labels of their pictures", async () => {
  await withApp((root) => makeRun(root, "r", { dSae: 4 }), async (app) => {
    const find = (q: string) => jsonOf(app, `/api/runs/r/latents?q=${q}`);
    let found = await find("dusk");
    for (let i = 0; i < 200 && found.total < 3; i++) {
      await new Promise((done) => setTimeout(done, 25));
      found = await find("dusk");
    }
    equal(found.total, 3);
    equal((await find("noon")).total, 0);
  });
});

Deno.test("createApp() shows a latent with its pictures, and one that never fires", async () => {
  await withApp((root) => makeRun(root, "r"), async (app) => {
    const page = await textOf(app, "/runs/r/latents/7?sort=density&order=desc");
    equal(page.match(/class="tile"/g)?.length, 24);
    ok(page.includes('rel="next"') && page.includes('data-scale="3"'));
    ok(!page.includes(" style="));
    const latent = await jsonOf(app, "/api/runs/r/latents/7");
    equal(latent.top.length, 16);
    equal(latent.top[0].map[latent.top[0].token], 3);
    equal(latent.places.length, 16);
    const silent = await textOf(app, "/runs/r/latents/63");
    ok(/fired on none/.test(silent) && !silent.includes('class="chart"'));
    for (const number of ["64", "1000000000", "-1", "1e3", "7.5", "%00"]) {
      match(
        await textOf(app, `/runs/r/latents/${number}`, 404),
        /numbered from 0 to 63/,
      );
    }
  });
});

Deno.test("createApp() does not show an index whose parts do not fit", async () => {
  await withApp((root) => makeRun(root, "r"), async (app, root) => {
    const path = join(root, "r", "index", "index.json");
    const info = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...info, dSae: 65 }));
    match(
      await textOf(app, "/runs/r/latents/3", 404),
      /Cannot use the index/,
    );
    await Deno.writeTextFile(path, JSON.stringify({ ...info, run: "another" }));
    match(await textOf(app, "/runs/r/latents"), /made with other settings/);
  });
});

Deno.test("createApp() joins the columns of probes to the others", async () => {
  await withApp((root) => makeRun(root, "r"), async (app, root) => {
    const { writeSafetensors } = await import(
      "../../../core/files/safetensors.ts"
    );
    const folder = join(root, "r", "probes", "depth");
    await Deno.mkdir(folder, { recursive: true });
    const path = join(folder, "per_latent.safetensors");
    const data = Float32Array.from({ length: 64 }, (_, i) => i === 20 ? 9 : -i);
    await writeSafetensors(path, {
      correlation: { dtype: "F32", shape: [64], data },
    });
    const { latents } = await jsonOf(
      app,
      "/api/runs/r/latents?sort=depth.correlation&limit=1",
    );
    equal(latents[0].latent, 20);
    match(await textOf(app, "/runs/r/latents/20"), /depth correlation/);
    const bounded = "/api/runs/r/latents?sort=max&min.depth.correlation=5";
    equal((await jsonOf(app, bounded)).total, 1);
    await writeSafetensors(path, {
      correlation: { dtype: "F32", shape: [64], data: data.fill(9) },
    });
    equal((await jsonOf(app, bounded)).total, 64);
    await Deno.writeTextFile(path, "torn");
    match(await textOf(app, "/runs/r/latents"), /Cannot read .*per_latent/);
  });
});
