import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import {
  checkPages,
  chromiumPath,
  complaints,
  withBrowser,
} from "./_browser.ts";
import { makeRun, metrics } from "./_made_run.ts";

const ignore = !chromiumPath;

Deno.test({
  name:
    "the pages lead from the grid to a latent and to the next one, by the keyboard",
  ignore,
  fn: () =>
    withBrowser(
      (root) => makeRun(root, "r", { dSae: 200, side: 8 }),
      async ({ browser, address }) => {
        const page = await browser.newPage({
          viewport: { width: 1440, height: 900 },
        });
        const found = complaints(page);
        await page.goto(`${address}/`);
        await page.click("a.quick");
        await page.waitForSelector(".chunk");
        await page.selectOption("select[name=sort]", "density");
        await page.waitForURL(/sort=density/);
        // Lit patches are drawn over the pictures of the first rows.
        await page.waitForSelector(".row .tile canvas");
        const first = page.locator(".row").first();
        await first.focus();
        await page.keyboard.press("ArrowDown");
        const second = await page.locator(".row").nth(1).getAttribute("href");
        equal(
          await page.evaluate<string>(
            "document.activeElement.getAttribute('href')",
          ),
          second,
        );
        await page.keyboard.press("Enter");
        await page.waitForURL(/latents\/\d+\?/);
        equal(await page.locator(".exemplar").count(), 24);
        const next = await page.locator("a[rel=next]").getAttribute("href");
        await page.keyboard.press("ArrowRight");
        await page.waitForURL((url) => url.pathname + url.search === next);
        await page.click('button:text-is("Patches")');
        equal(await page.locator(".exemplar canvas.patches").count(), 24);
        await page.click('button:text-is("Pictures")');
        equal(await page.locator(".exemplar canvas").count(), 0);
        deepEqual(found, []);
      },
    ),
});

Deno.test({
  name:
    "the grid fetches rows while it is scrolled, and its address comes back to them",
  ignore,
  fn: () =>
    withBrowser(
      (root) => makeRun(root, "r", { dSae: 2000 }),
      async ({ browser, address }) => {
        const page = await browser.newPage({
          viewport: { width: 390, height: 844 },
        });
        const found = complaints(page);
        await page.goto(`${address}/runs/r/latents?sort=latent&order=asc`);
        await page.waitForSelector(".chunk");
        await page.evaluate(
          "document.querySelector('[data-from=\"960\"]').scrollIntoView()",
        );
        await page.waitForSelector('.row-number:text-is("965")');
        await page.waitForURL(/offset=9\d\d/);
        ok(await page.locator(".row").count() < 500);
        await page.reload();
        await page.waitForSelector('.row-number:text-is("965")');
        ok(await page.evaluate<number>("scrollY") > 10_000);
        deepEqual(found, []);
      },
    ),
});

Deno.test({
  name: "the pages follow a run that trains",
  ignore,
  fn: () =>
    withBrowser(
      (root) => makeRun(root, "r", { indexed: false, trained: false }),
      async ({ browser, address, root }) => {
        const page = await browser.newPage();
        const runs = await browser.newPage();
        await page.goto(`${address}/runs/r`);
        await runs.goto(`${address}/`);
        match(await page.locator(".figures").innerText(), /1\.64M/);
        await Deno.writeTextFile(join(root, "r", "metrics.jsonl"), metrics(80));
        await page.locator(".figures", { hasText: "3.28M" }).waitFor();
        await runs.locator(".runs", { hasText: "3.28M" }).waitFor();
      },
    ),
});

Deno.test({
  name: "the pages are useful without scripts",
  ignore,
  fn: () =>
    withBrowser((root) => makeRun(root, "r"), async ({ browser, address }) => {
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(`${address}/runs/r/latents?sort=density&order=desc`);
      equal(await page.locator(".row").count(), 24);
      await page.click("a[rel=next]");
      await page.waitForURL(/offset=24/);
      await page.click(".row >> nth=0");
      ok(await page.locator(".exemplar svg rect").count() > 0);
      await page.goto(`${address}/runs/r/map`);
      await page.click(".cells a >> nth=0");
      await page.waitForURL(/latents\/\d+/);
    }),
});

Deno.test({
  name:
    "every page fits a desk and a phone, light and dark, without a complaint",
  ignore,
  fn: () =>
    withBrowser(async (root) => {
      await makeRun(root, "scenes-patches", { dSae: 500, side: 8 });
      await makeRun(root, `training-${"long".repeat(40)}`, {
        indexed: false,
        trained: false,
      });
    }, async ({ browser, address }) => {
      const run = "/runs/scenes-patches";
      await checkPages(browser, address, {
        runs: "/",
        run,
        latents: `${run}/latents?sort=density&order=desc`,
        latent: `${run}/latents/7`,
        map: `${run}/map`,
        api: "/api",
      });
    }),
});
