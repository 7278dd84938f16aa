/** Tests of the web server: what it answers to whom, and that nothing brings it down. @module */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import type { Hono } from "hono";
import { randomFrom } from "../../../core/random.ts";
import { makeRun } from "./_made_run.ts";
import { textOf, withApp } from "./_with_app.ts";

Deno.test("createApp() answers its own host only, and lets nothing in from elsewhere", async () => {
  const get = (app: Hono, host: string) =>
    app.request("/", { headers: { host } });
  await withApp((root) => makeRun(root, "r"), async (app) => {
    for (
      const host of ["localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"]
    ) {
      equal((await get(app, host)).status, 200, host);
    }
    for (
      const host of [
        "evil.example",
        "127.0.0.1.evil.example:8000",
        "10.0.0.5",
        "localhost.evil",
        "localhost:99999",
        "",
      ]
    ) {
      equal((await get(app, host)).status, 403, host);
    }
    const { headers } = await get(app, "localhost");
    const policy = headers.get("content-security-policy")!;
    ok(policy.startsWith("default-src 'none'") && !policy.includes("unsafe"));
    equal(headers.get("x-content-type-options"), "nosniff");
    equal(headers.get("access-control-allow-origin"), null);
    const posted = await app.request("/api/runs", {
      method: "POST",
      headers: { "sec-fetch-site": "cross-site" },
    });
    equal(posted.status, 403);
    // What a page elsewhere loads is refused; a link from there may be followed.
    for (const [dest, status] of [["image", 403], ["document", 200]] as const) {
      const headers = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-dest": dest,
      };
      equal((await app.request("/runs/r/map", { headers })).status, status);
    }
  });
  await withApp((root) => makeRun(root, "r"), async (app) => {
    equal((await get(app, "10.0.0.5:8000")).status, 200);
    equal((await get(app, "evil.example")).status, 403);
    // On a network no browser sends Sec-Fetch-Site.
    const host = "10.0.0.5:8000", method = "POST";
    const cases = [["http://evil.example", 403], ["null", 403], [
      `http://${host}`,
      400,
    ]] as const;
    for (const [origin, status] of cases) {
      const headers = { host, origin };
      const answer = await app.request("/api/runs/r/steer", {
        ...{ method, headers, body: "no JSON" },
      });
      equal(answer.status, status, origin);
    }
  }, { host: "0.0.0.0" });
});

Deno.test("createApp() answers a wrong method with those that the address takes", async () => {
  await withApp((root) => makeRun(root, "r"), async (app) => {
    for (
      const [method, path, allowed] of [
        ["GET", "/api/runs/r/steer", "POST"],
        ["OPTIONS", "/api/runs", "GET, HEAD"],
        ["DELETE", "/runs/r", "GET, HEAD"],
        ["PUT", "/runs/r/images", "GET, HEAD, POST"],
      ] as const
    ) {
      const answer = await app.request(path, { method });
      equal(answer.status, 405, path);
      equal(answer.headers.get("allow"), allowed);
      match(await answer.text(), new RegExp(`Cannot answer ${method} here`));
    }
    equal((await app.request("/nowhere", { method: "PUT" })).status, 404);
    equal((await app.request("/runs/r/map", { method: "HEAD" })).status, 200);
  });
});

Deno.test("createApp() does not take a body that ends early for a bug", async () => {
  await withApp((root) => makeRun(root, "r"), async (app, _root, bugs) => {
    for (const path of ["steer", "pictures"]) {
      const answer = await app.request(`/api/runs/r/${path}`, {
        method: "POST",
        body: new ReadableStream({
          pull: (controller) => controller.error(new Error("gone")),
        }),
      });
      equal(answer.status, 400);
      match((await answer.json()).error, /it ended early/);
    }
    deepEqual(bugs, []);
  });
});

Deno.test("createApp() documents every endpoint of the API", async () => {
  await withApp((root) => makeRun(root, "r"), async (app) => {
    const page = await textOf(app, "/api");
    for (
      const route of app.routes.filter(({ path, method }) =>
        path.startsWith("/api/") && method === "GET"
      )
    ) {
      ok(page.includes(`<code>${route.path}</code>`), route.path);
    }
  });
});

Deno.test("createApp() has no broken links", async () => {
  await withApp(async (root) => {
    await makeRun(root, "r & r");
    await makeRun(root, "plain", { indexed: false });
  }, async (app) => {
    const seen = new Set(["/"]);
    for (const path of seen) {
      if (seen.size > 300) break;
      const answer = await app.request(path), text = await answer.text();
      const isAbsent = /^\/runs\/plain\/(latents|map)/.test(path);
      equal(answer.status, isAbsent ? 404 : 200, path);
      if (!answer.headers.get("content-type")?.includes("html")) continue;
      ok(text.startsWith("<!DOCTYPE html>"), path);
      for (const [, url] of text.matchAll(/(?:href|src)="([^"#]+)"/g)) {
        const next = new URL(
          url!.replaceAll("&amp;", "&"),
          `http://localhost${path}`,
        );
        equal(next.host, "localhost", `${path} leads elsewhere: ${next}`);
        // These need a model, and are tested elsewhere.
        if (/\/(images|steer|probes)/.test(next.pathname)) continue;
        seen.add(next.pathname + next.search);
      }
    }
    ok(seen.has("/runs/r%20%26%20r/latents") && seen.size > 200);
  });
});

Deno.test("createApp() survives 2,000 odd requests: no failure, nothing from outside", async () => {
  await withApp(async (root) => {
    await makeRun(root, "r");
    await Deno.writeTextFile(join(root, "secret.txt"), "the secret");
  }, async (app, _root, bugs) => {
    const random = randomFrom(5);
    const pick = <T>(of: readonly T[]): T => of[random.integer(of.length)]!;
    const odd = [
      "..",
      "%2e%2e",
      "..%2f..%2fsecret.txt",
      "%2e%2e%5csecret.txt",
      "%00",
      "%",
      "%zz",
      "%ff%fe",
      "%c0%ae%c0%ae",
      "r",
      "r/..",
      "r%00",
      "r.",
      "R",
      "secret.txt",
      "/etc/passwd",
      "file:%2f%2f%2fetc%2fpasswd",
      "C:%5c",
      "~",
      "*",
      "-1",
      "1e9",
      "999999999999999999999",
      "1000000000",
      "0x10",
      "NaN",
      "Infinity",
      "1.5",
      "",
      " ",
      "5",
      "63",
      "64",
      "constructor",
      "__proto__",
      "toString",
      "hasOwnProperty",
      "💥",
      "%F0%9F%92%A5",
      "a".repeat(4000),
      "<script>alert(1)</script>",
      "'\"><svg onload=1>",
      "thumb",
      "large",
      "rows",
      "latents",
      "config.json",
      "index.json",
      "style.css",
      "%0d%0aX-Evil:1",
    ];
    const shapes = [
      "/runs/$",
      "/runs/r/latents/$",
      "/runs/r/$",
      "/runs/r/pictures/$/$",
      "/static/$/$",
      "/static/$",
      "/api/runs/$",
      "/api/runs/r/$",
      "/api/runs/r/latents/$",
      "/runs/$/latents/$",
      "/$",
      "/$/$/$",
    ];
    const keys = [
      "sort",
      "order",
      "q",
      "offset",
      "limit",
      "top",
      "from",
      "color",
      "min.density",
      "max.purity",
      "min.__proto__",
      "v",
      "%00",
      "__proto__",
    ];
    const values = [
      ...odd,
      "density",
      "latent",
      "asc",
      "desc",
      "0-9999999",
      "dawn",
      "1,2,3",
      "-0",
      "1e400",
    ];
    for (let i = 0; i < 2000; i++) {
      const path = pick(shapes).replace(/\$/g, () => pick(odd));
      const query = Array.from(
        { length: random.integer(4) },
        () => `${pick(keys)}=${pick(values)}`,
      );
      const url = `http://localhost${path}${
        query.length > 0 ? `?${query.join("&")}` : ""
      }`;
      const answer = await app.request(
        new Request(url, {
          method: pick(["GET", "GET", "GET", "HEAD", "POST"]),
        }),
      );
      const text = await answer.text();
      ok(answer.status < 500, `${answer.status} ${url}`);
      ok(!text.includes("the secret") && !text.includes("root:"), url);
      const isPage = answer.headers.get("content-type")?.includes("html");
      ok(!isPage || !/<script>alert|<svg onload/.test(text), url);
      equal(answer.headers.get("x-evil"), null);
    }
    deepEqual(bugs, []);
  });
});
