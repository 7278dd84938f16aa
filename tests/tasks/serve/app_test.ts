import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import type { Hono } from "hono";
import { randomFrom } from "../../../core/random.ts";
import { builtins } from "../../../plugins/mod.ts";
import { createApp } from "../../../tasks/serve/app.tsx";
import { openContext } from "../../../tasks/serve/context.ts";
import { makeRun, metrics } from "./_made_run.ts";

/** A server of the runs that `make` writes, closed at the end. */
async function withApp(
  make: (root: string) => Promise<unknown>,
  body: (app: Hono, root: string, bugs: unknown[]) => Promise<void>,
  host?: string,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await make(root);
    const context = await openContext(root, builtins);
    const bugs: unknown[] = [];
    const onBug = (error: unknown): void => void bugs.push(error);
    try {
      const app = createApp({ ...context, onBug, ...host && { host } });
      await body(app, root, bugs);
    } finally {
      await context.pictures.close();
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function textOf(app: Hono, path: string, status = 200): Promise<string> {
  const answer = await app.request(path), text = await answer.text();
  equal(answer.status, status, `${path}: ${text.slice(0, 400)}`);
  return text;
}

async function jsonOf(app: Hono, path: string, status = 200) {
  return JSON.parse(await textOf(app, path, status));
}

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

Deno.test("createApp() sends pictures, and says which cannot be shown", async () => {
  await withApp(async (root) => {
    await makeRun(root, "some", { dataset: { gone: 50 } });
    await makeRun(root, "none", { dataset: { missing: true } });
  }, async (app) => {
    const picture = await app.request("/runs/some/pictures/3/thumb");
    equal(picture.headers.get("content-type"), "image/jpeg");
    deepEqual([...new Uint8Array(await picture.arrayBuffer()).subarray(0, 2)], [
      0xff,
      0xd8,
    ]);
    const absent = await app.request("/runs/some/pictures/60/thumb");
    equal(absent.status, 404);
    match(await absent.text(), /^<svg/);
    await textOf(app, "/runs/some/pictures/100/thumb", 404);
    await textOf(app, "/runs/some/pictures/x/thumb", 404);
    await textOf(app, "/runs/some/pictures/3/huge", 404);
    match(
      await textOf(app, "/runs/some/latents/5"),
      /pictures cannot be shown/,
    );
    match(
      await textOf(app, "/runs/none/latents/5"),
      /No picture can be shown\. .*moved away/,
    );
    match(await textOf(app, "/runs/none/latents"), /moved away/);
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
    // What a page elsewhere loads is refused, a link that is followed is not.
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
  }, "0.0.0.0");
});

Deno.test("createApp() says how an address is asked that is asked in another way", async () => {
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

Deno.test("createApp() takes a body that ends early for no mistake of its own", async () => {
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

Deno.test("createApp() gives pictures another address when it is known what the encoder sees", async () => {
  await withApp(
    (root) => makeRun(root, "r", { indexed: false, trained: false }),
    async (app, root) => {
      const { default: sharp } = await import("sharp");
      const shown = async () => {
        const page = await textOf(app, "/runs/r/images");
        const [url] = /\/runs\/r\/pictures\/0\/thumb\?v=\w+/.exec(page)!;
        const answer = await app.request(url);
        match(answer.headers.get("cache-control")!, /max-age/);
        const { width, height } = await sharp(await answer.arrayBuffer())
          .metadata();
        return { url, size: [width, height] };
      };
      const whole = await shown();
      deepEqual(whole.size, [96, 64]);
      const preprocessing = "resize shortest edge 64 bicubic, crop 64x64";
      await Deno.writeTextFile(
        join(root, "r", "checkpoint", "cfg.json"),
        JSON.stringify({
          metadata: { tessera: { encoder: { preprocessing } } },
        }),
      );
      const seen = await shown();
      deepEqual(seen.size, [64, 64]);
      notEqual(seen.url, whole.url);
    },
  );
});

Deno.test("createApp() documents every address of the API", async () => {
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

Deno.test("createApp() links to nothing that is not there", async () => {
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
        // Those have models, and tests, of their own.
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
