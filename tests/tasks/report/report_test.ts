// deno-lint-ignore-file no-console
/** Tests of `deno task report`: one file that holds all it shows. @module */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { writeProbeResult } from "../../../core/files/probe_result.ts";
import { runFolder } from "../../../core/run/run_folder.ts";
import { chromiumPath } from "../serve/_browser.ts";
import { type MadeRunOptions, makeRun } from "../serve/_made_run.ts";

const task = fileURLToPath(
  new URL("../../../tasks/report/main.ts", import.meta.url),
);

async function withRun(
  body: (
    at: {
      root: string;
      path: string;
      report(...args: string[]): Promise<
        { code: number; output: string; errors: string }
      >;
    },
  ) => Promise<void>,
  options?: MadeRunOptions,
): Promise<void> {
  const root = await Deno.makeTempDir();
  const run = await makeRun(root, "r", options);
  await writeProbeResult(runFolder(run), {
    info: {
      version: 1,
      probe: "depth",
      options: {},
      run: "0",
      dataset: { use: "scenes" },
      heldOut: 12,
    },
    result: {
      verdict: ["It sees depth"],
      metrics: { r2: { value: 0.5, low: 0.4, high: 0.6, meaning: "share" } },
      figures: {
        plot: {
          svg: `<svg xmlns="http://www.w3.org/2000/svg"/>`,
          caption: "A plot",
        },
      },
    },
  });
  try {
    await body({
      root,
      path: join(run, "report.html"),
      async report(...args) {
        const { code, stdout, stderr } = await new Deno.Command(
          Deno.execPath(),
          {
            args: ["run", "-A", "--no-check", task, "--trust-plugins", ...args],
            env: { INIT_CWD: root, NO_COLOR: "1" },
          },
        ).output();
        const text = new TextDecoder();
        return {
          code,
          output: text.decode(stdout),
          errors: text.decode(stderr),
        };
      },
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("report writes one file that needs no other, each picture once", async () => {
  await withRun(async ({ path, report }) => {
    const { code, output, errors } = await report("r", "--latents=20");
    equal(code, 0, errors);
    match(output, /r\/report\.html: [\d.]+ MiB; open it/);
    const html = await Deno.readTextFile(path);
    ok(html.startsWith("<!DOCTYPE html>"));
    ok(!/<script|<link|<form/.test(html));
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)]
      .map(([, address]) => address!);
    ok(addresses.every((one) => /^(data:image\/|#)/.test(one)));
    const pictures = addresses.filter((one) =>
      one.startsWith("data:image/webp")
    );
    equal(new Set(pictures).size, pictures.length);
    const used = new Set(addresses.filter((one) => /^#p\d/.test(one)));
    equal(used.size, pictures.length);
    equal(html.match(/<li id="latent-/g)!.length, 20);
    equal(html.match(/<figure><svg/g)!.length, 160);
    match(html, /It sees depth\./);
    match(html, /data:image\/svg\+xml;base64,/);
    match(html, /Fraction of variance unexplained/);
    // The same files, the same report.
    equal((await report("r", "--latents=20")).code, 0);
    equal(await Deno.readTextFile(path), html);
  });
});

Deno.test("report shows the latents that a column chooses", async () => {
  await withRun(async ({ path, report }) => {
    const { code } = await report(
      ...["r", "--latents=3", "--pictures=2", "--sort=latent", "--order=asc"],
    );
    equal(code, 0);
    const html = await Deno.readTextFile(path);
    deepEqual(
      [...html.matchAll(/<li id="latent-(\d+)"/g)].map(([, n]) => n),
      ["0", "1", "2"],
    );
    equal(html.match(/<figure><svg/g)!.length, 6);
  });
});

Deno.test("report says what it cannot show, and shows the rest", async () => {
  await withRun(async ({ path, report }) => {
    equal((await report("r")).code, 0);
    match(await Deno.readTextFile(path), /moved away/);
  }, { dataset: { missing: true } });
  await withRun(async ({ path, report }) => {
    equal((await report("r")).code, 0);
    const html = await Deno.readTextFile(path);
    match(html, /the run has no index/);
    match(html, /It sees depth/);
  }, { indexed: false });
});

Deno.test("report of nothing, or by no column, writes nothing", async () => {
  await withRun(async ({ path, report }) => {
    const bad: [string[], RegExp][] = [
      [["nothing"], /it is not the folder of a run/],
      [[], /write deno task report runs\/<name>/],
      [["r", "--sort=colour"], /Cannot find column "colour"/],
      [["r", "--latents=0"], /whole number from 1/],
      [["r", "--order=up"], /desc or asc/],
      [["r", "--color"], /options are --latents/],
    ];
    for (const [args, reason] of bad) {
      const { code, errors } = await report(...args);
      equal(code, 1);
      match(errors, reason);
      ok(!errors.includes(" at "), "no stack");
    }
    equal(await Deno.stat(path).catch(() => undefined), undefined);
  });
});

Deno.test({
  name: "report opens from the disk and loads nothing",
  ignore: !chromiumPath,
  fn: () =>
    withRun(async ({ path, report }) => {
      equal((await report("r", "--latents=4")).code, 0);
      const browser = await chromium.launch({
        executablePath: chromiumPath!,
        args: ["--no-sandbox"],
      });
      try {
        const page = await browser.newPage();
        const asked: string[] = [], said: string[] = [];
        page.on("request", (request) => asked.push(request.url()));
        page.on("console", (message) => said.push(message.text()));
        await page.goto(pathToFileURL(path).href);
        ok(
          await page.evaluate<boolean>(
            "[...document.images].every((image) => image.naturalWidth > 0)",
          ),
        );
        deepEqual(asked.filter((url) => !url.startsWith("data:")), [
          pathToFileURL(path).href,
        ]);
        deepEqual(said, []);
      } finally {
        await browser.close();
      }
    }),
});

if (!chromiumPath) console.log("the report is not opened: no Chromium");
