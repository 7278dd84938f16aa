/** Tests in a browser: from the grid to a latent, a picture, and a prediction that changes. @module */
import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  checkPages,
  chromiumPath,
  complaints,
  withBrowser,
} from "./_browser.ts";
import { goldenRun } from "./_golden_run.ts";

const ignore = !chromiumPath;

const mapOf = (page: Page, name: string) =>
  page.getAttribute(`[data-map-name=${name}]`, "src");

/** Waits until a map is another one; the pages' policy forbids to wait inside them. */
async function changed(
  page: Page,
  name: string,
  before: string | null,
): Promise<void> {
  for (let i = 0; i < 600 && await mapOf(page, name) === before; i++) {
    await page.waitForTimeout(50);
  }
  notEqual(await mapOf(page, name), before);
}

Deno.test({
  name: "from the grid to a latent, to a picture, to a depth that is steered",
  ignore,
  fn: () =>
    withBrowser(
      (root) => goldenRun(root, "g", { indexed: true }),
      async ({ browser, address }) => {
        const page = await browser.newPage({
          viewport: { width: 1440, height: 900 },
        });
        const found = complaints(page);
        await page.goto(`${address}/runs/g/latents`);
        await page.locator(".row").first().click();
        await page.waitForURL(/latents\/\d+/);
        await page.locator(".exemplar a").first().click();
        await page.waitForURL(/images\/\d+$/);
        // Arrow keys go from patch to patch; the address follows.
        await page.focus("[data-stage]");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("ArrowRight");
        await page.waitForURL(/patch=\d+/);
        const patch = new URL(page.url()).searchParams.get("patch");
        await page.waitForSelector(`[data-patch="${patch}"]`);
        // A latent's map over the picture, and away again.
        const bar = page.locator(".patch-panel a[data-latent]").first();
        await bar.click();
        await page.waitForSelector("canvas.stage-map");
        match(page.url(), /latent=\d+/);
        equal(
          await page.locator(".patch-panel [aria-current=true]").count(),
          1,
        );
        await bar.click();
        await page.waitForSelector("canvas.stage-map", { state: "detached" });
        await page.click('a[data-layer="error"]');
        await page.waitForSelector("canvas.stage-map");
        // Without a pressed patch, the one under the pointer is shown.
        await page.focus("[data-stage]");
        await page.keyboard.press("Escape");
        const box = (await page.locator("[data-stage]").boundingBox())!;
        await page.mouse.move(box.x + 5, box.y + 5);
        await page.waitForSelector('[data-patch="0"]');
        await page.click("a.button.main");
        await page.waitForURL(/steer\?/);
        const [clean, edited] = [
          await mapOf(page, "clean"),
          await mapOf(page, "edited"),
        ];
        notEqual(edited, clean);
        // The slider moves: another prediction, another address.
        const slider = page.locator("[data-edit] input[type=range]");
        const before = page.url();
        await slider.focus();
        for (let i = 0; i < 30; i++) await page.keyboard.press("ArrowRight");
        await changed(page, "edited", edited);
        await page.waitForURL((url) => url.href !== before);
        // The address holds everything: reloaded, the page shows the same.
        await page.waitForSelector(".steer-result:not(.busy)");
        await page.waitForTimeout(300);
        const shown = await mapOf(page, "difference");
        await page.reload();
        equal(await mapOf(page, "difference"), shown);
        await page.selectOption("[data-edit] select", "ablate");
        await changed(page, "difference", shown);
        ok(await slider.isDisabled());
        await page.click("button[name=remove]");
        await page.waitForURL(/latent=(&|$)/);
        match(await page.innerText(".prediction-note"), /Nothing changes/);
        deepEqual(found, []);
      },
    ),
});

Deno.test({
  name: "the prediction follows a slider that does not rest",
  ignore,
  fn: () =>
    withBrowser((root) => goldenRun(root), async ({ browser, address }) => {
      const page = await browser.newPage(), found = complaints(page);
      await page.goto(`${address}/runs/g/steer?image=1`);
      const first = page.url(), before = await mapOf(page, "edited");
      await page.evaluate(`
        const slider = document.querySelector("[data-edit] [type=range]");
        const replace = history.replaceState.bind(history);
        globalThis.addresses = 0;
        history.replaceState = (...all) => (addresses++, replace(...all));
        globalThis.moving = setInterval(() => {
          slider.value = (Number(slider.value) * 1.01) % Number(slider.max);
          slider.dispatchEvent(new Event("input"));
        }, 5);
      `);
      await changed(page, "edited", before);
      const between = await mapOf(page, "edited");
      await changed(page, "edited", between);
      await page.evaluate("clearInterval(moving)");
      // In the end the page and its address show the last move.
      await page.waitForURL((url) => url.href !== first);
      await page.waitForSelector(".steer-result:not(.busy)");
      const shown = await mapOf(page, "difference");
      ok(await page.evaluate<number>("addresses") < 20);
      await page.reload();
      equal(await mapOf(page, "difference"), shown);
      deepEqual(found, []);
    }),
});

Deno.test({
  name:
    "a picture is dropped onto the page, and a file that is not a picture is refused",
  ignore,
  fn: () =>
    withBrowser((root) => goldenRun(root), async ({ browser, address }) => {
      const { default: sharp } = await import("sharp");
      const create = {
        ...{ width: 64, height: 48, channels: 3 as const },
        background: { r: 20, g: 90, b: 130 },
      };
      const picture = await sharp({ create }).png().toBuffer();
      const page = await browser.newPage();
      await page.goto(`${address}/runs/g/images`);
      const send = (name: string, buffer: typeof picture) =>
        page.setInputFiles("input[type=file]", {
          name,
          mimeType: "image/png",
          buffer,
        });
      await send("words.png", picture.subarray(20));
      await page.waitForSelector("[data-drop-problem]:not([hidden])");
      match(await page.innerText("[data-drop-problem]"), /words\.png/);
      await send("mine.png", picture);
      await page.waitForURL(/images\/own-/);
      equal(await page.innerText("h1"), "mine.png");
      match(await page.innerText(".patch-panel"), /latents? fires? here/);
    }),
});

Deno.test({
  name: "without scripts a picture is looked at, and steered by a form",
  ignore,
  fn: () =>
    withBrowser((root) => goldenRun(root), async ({ browser, address }) => {
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(`${address}/runs/g/images/1`);
      await page.locator(".patch-panel a[data-latent]").first().click();
      await page.waitForURL(/latent=\d+/);
      equal(await page.locator("img.stage-map").count(), 1);
      await page.click("a.button.main");
      await page.waitForURL(/steer/);
      const before = await mapOf(page, "difference");
      await page.fill("input[name=value]", "40");
      await page.click("[data-show]");
      await page.waitForURL(/value=40/);
      notEqual(await mapOf(page, "difference"), before);
      await page.locator("button[name=add]").first().click();
      await page.waitForURL(/latent=\d+.*latent=\d+/);
      equal(await page.locator("[data-edit]").count(), 2);
    }),
});

Deno.test({
  name: "pages with a model fit a desk and a phone, light and dark",
  ignore,
  fn: () =>
    withBrowser(
      (root) => goldenRun(root, "g", { indexed: true }),
      ({ browser, address }) =>
        checkPages(browser, address, {
          images: "/runs/g/images",
          image: "/runs/g/images/1",
          steer: "/runs/g/steer?image=1",
          probes: "/runs/g/probes",
        }),
    ),
});
