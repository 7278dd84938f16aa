/** Tests of the pages of probes: whatever a probe wrote is shown, and nothing in it runs. @module */
import { equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import type { ProbeResult } from "../../../core/probe.ts";
import { writeProbeResult } from "../../../core/files/probe_result.ts";
import { runFolder } from "../../../core/run/run_folder.ts";
import { builtins } from "../../../plugins/mod.ts";
import { createApp } from "../../../tasks/serve/app.tsx";
import { openContext } from "../../../tasks/serve/context.ts";
import { anyPlugin } from "./_any_plugin.ts";
import { makeRun } from "./_made_run.ts";

/** What a hostile probe may bring. */
export const result: ProbeResult = {
  verdict: ["It <b>sees</b> depth"],
  metrics: {
    r2_of_depth: {
      value: 0.5,
      low: 0.4,
      high: 0.62,
      meaning: "share of the variance of depth <script>",
      unit: "R²",
    },
    pictures: { value: 12, meaning: "pictures looked at" },
  },
  perLatent: {
    depth_r: {
      values: Float32Array.from({ length: 64 }, (_, i) => i === 3 ? NaN : i),
      meaning: "correlation of the latent with depth",
    },
  },
  figures: {
    plot: {
      svg:
        `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>`,
      caption: "A plot",
    },
  },
  tables: {
    rows: {
      caption: "All rows",
      columns: { name: "what it is", value: "how much" },
      rows: Array.from(
        { length: 300 },
        (_, i) => ({ name: `n${i}`, value: i }),
      ),
    },
  },
};

async function withProbe(
  body: (
    get: (path: string, status?: number) => Promise<Response>,
    root: string,
  ) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  const path = await makeRun(root, "r");
  await writeProbeResult(runFolder(path), {
    info: {
      version: 1,
      probe: "depth",
      options: { images: 12 },
      run: "0",
      dataset: { use: "scenes" },
      heldOut: 12,
    },
    result,
  });
  const context = await openContext(root, builtins, root, anyPlugin);
  const app = createApp(context);
  try {
    await body(async (path, status = 200) => {
      const answer = await app.request(path);
      equal(answer.status, status, path);
      return answer;
    }, root);
  } finally {
    await context.pictures.close();
    await context.models.close();
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("a probe's verdict, numbers with intervals, figures and tables are shown", async () => {
  await withProbe(async (get) => {
    match(await (await get("/runs/r/probes")).text(), /r2 of depth/);
    const page = await (await get("/runs/r/probes/depth")).text();
    match(page, /It &lt;b&gt;sees&lt;\/b&gt; depth\./);
    match(page, /share of the variance of depth &lt;script&gt;/);
    match(page, /0\.4<\/span>/);
    match(page, /0\.62<\/span>/);
    match(page, /none estimated/);
    match(page, /src="\/runs\/r\/probes\/depth\/figures\/plot\.svg"/);
    match(page, /300 rows/);
    match(page, /n199/);
    ok(!page.includes("n200<"), "a long table is cut");
    match(page, /sort=depth\.depth_r/);
    const csv = await (await get("/runs/r/probes/depth/tables/rows.csv"))
      .text();
    match(csv, /n299,299/);
  });
});

Deno.test("a probe's figure is a picture in which nothing runs", async () => {
  await withProbe(async (get) => {
    const figure = await get("/runs/r/probes/depth/figures/plot.svg");
    equal(figure.headers.get("content-type"), "image/svg+xml; charset=utf-8");
    const policy = figure.headers.get("content-security-policy")!;
    match(policy, /default-src 'none'/);
    match(policy, /sandbox/);
    ok(!policy.includes("script-src"));
    equal(figure.headers.get("x-content-type-options"), "nosniff");
    await figure.body?.cancel();
  });
});

Deno.test("a probe's columns join the grid with their meaning", async () => {
  await withProbe(async (get) => {
    const answer = await get(
      "/api/runs/r/latents?sort=depth.depth_r&limit=1",
    );
    const { latents, columns } = await answer.json();
    equal(latents[0].latent, 63);
    const column = columns.find(({ name }: { name: string }) =>
      name === "depth.depth_r"
    );
    equal(column.definition, "Correlation of the latent with depth");
    equal(column.source, "depth");
  });
});

Deno.test("a probe that cannot be read is reported, and the others are shown", async () => {
  await withProbe(async (get, root) => {
    const folder = join(root, "r", "probes", "torn");
    await Deno.mkdir(folder);
    await Deno.writeTextFile(join(folder, "result.json"), "{");
    const page = await (await get("/runs/r/probes")).text();
    match(page, /r2 of depth/);
    match(page, /not in version 1 format; run it again/);
    await get("/runs/r/probes/torn", 404);
    for (
      const path of [
        "nothing",
        "..%2f..%2fetc",
        "depth/figures/none.svg",
        "depth/figures/..%2f..%2fresult.json",
        "depth/tables/__proto__.csv",
        "depth/tables/..%2f..%2f..%2fconfig.json",
      ]
    ) await get(`/runs/r/probes/${path}`, 404);
  });
});

Deno.test("a run without probes says how to run one", async () => {
  await withProbe(async (get, root) => {
    await makeRun(root, "s");
    match(
      await (await get("/runs/s/probes")).text(),
      /deno task probe reconstruction runs\/s/,
    );
  });
});
