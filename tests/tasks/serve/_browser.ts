// deno-lint-ignore-file no-console
/**
 * Pages in headless Chromium, where there is one.
 *
 * @module
 */
import { deepEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { type Browser, chromium, type Page } from "playwright-core";
import { builtins } from "../../../plugins/mod.ts";
import { createApp } from "../../../tasks/serve/app.tsx";
import { openContext } from "../../../tasks/serve/context.ts";
import { anyPlugin } from "./_any_plugin.ts";
import { listen } from "../../../tasks/serve/http/listen.ts";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** Where Chromium is; undefined where there is none. */
export const chromiumPath: string | undefined = places.find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

if (!chromiumPath) {
  console.log(
    `tests in a browser are skipped: no Chromium at ${places.join(", ")}`,
  );
}

/** Where pictures of pages are kept: looked at, not committed. */
export const shotsFolder: string = join(tmpdir(), "tessera-screenshots");

/**
 * Checks that pages fit a desk and a phone, light and dark, without a
 * complaint, and keeps a picture of each. `pages` are paths by name.
 */
export async function checkPages(
  browser: Browser,
  address: string,
  pages: Readonly<Record<string, string>>,
): Promise<void> {
  await Deno.mkdir(shotsFolder, { recursive: true });
  for (const width of [1440, 390]) {
    for (const colorScheme of ["light", "dark"] as const) {
      const viewport = { width, height: width > 800 ? 1000 : 844 };
      const context = await browser.newContext({ viewport, colorScheme });
      for (const [name, path] of Object.entries(pages)) {
        const page = await context.newPage(), found = complaints(page);
        await page.goto(address + path, { waitUntil: "load" });
        const what = `${name} at ${width}, ${colorScheme}`;
        const scrolled = await page.evaluate<number>(
          "document.documentElement.scrollWidth",
        );
        ok(scrolled <= width, `${what} is ${scrolled} wide`);
        deepEqual(found, [], what);
        await page.screenshot({
          path: join(shotsFolder, `${name}-${width}-${colorScheme}.png`),
        });
        await page.close();
      }
      await context.close();
    }
  }
  console.log(`pictures of the pages: ${shotsFolder}`);
}

/** What a test in a browser has. */
export interface BrowserTest {
  /** The browser. */
  readonly browser: Browser;
  /** The server: `http://127.0.0.1:12345`. */
  readonly address: string;
  /** The folder of the runs. */
  readonly root: string;
}

/** Starts a browser and a server of the runs that `make` writes, and ends both. */
export async function withBrowser(
  make: (root: string) => Promise<unknown>,
  body: (test: BrowserTest) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  await make(root);
  const context = await openContext(root, builtins, root, anyPlugin);
  const bugs: unknown[] = [];
  const app = createApp({ ...context, onBug: (error) => bugs.push(error) });
  const server = listen(app.fetch, "127.0.0.1", 0);
  const browser = await chromium.launch({
    executablePath: chromiumPath!,
    args: ["--no-sandbox"],
  });
  try {
    await body({ browser, address: `http://${server.address}`, root });
    if (bugs.length > 0) throw bugs[0];
  } finally {
    await browser.close();
    await server.close();
    await context.pictures.close();
    await context.models.close();
    await Deno.remove(root, { recursive: true });
  }
}

/** What a page complains of: errors of its modules, files that are missing, what its policy forbids. */
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") found.push(message.text());
  });
  return found;
}
