import { deepEqual, equal, rejects } from "node:assert/strict";
import { downloadModel } from "../../../plugins/hub/download_model.ts";
import { atHub } from "./_at_hub.ts";
import { repo } from "./_fake_hub.ts";

Deno.test("downloadModel() tries again when the hub is busy, after the wait it asks for", () => {
  const answers = [
    new Response(null, { status: 429, headers: { "retry-after": "7" } }),
    new Response(null, { status: 503, headers: { "retry-after": "9999" } }),
    new Response(null, { status: 500 }),
  ];
  return atHub(
    { intercept: () => answers.shift() },
    async ({ hub, id, waits }) => {
      await downloadModel(hub, id);
      deepEqual(waits, [7000, 300_000, 4000]);
    },
  );
});

Deno.test("downloadModel() waits longer and longer for a hub that asks for no wait", () => {
  const now = () =>
    new Response(null, { status: 503, headers: { "retry-after": "0" } });
  const answers = [now(), now(), now()];
  return atHub(
    { intercept: () => answers.shift() },
    async ({ hub, id, waits }) => {
      await downloadModel(hub, id);
      deepEqual(waits, [1000, 2000, 4000]);
    },
  );
});

Deno.test("downloadModel() waits until the hub's rate limit resets, and says so", () => {
  const full = new Response(null, {
    status: 429,
    headers: {
      "ratelimit": '"resolvers";r=0;t=172',
      "ratelimit-policy": '"fixed window";"resolvers";q=3000;w=300',
    },
  });
  // Every response says how many requests are left.
  const broken = new Response(null, {
    status: 500,
    headers: { "ratelimit": '"resolvers";r=2999;t=172' },
  });
  const answers = [undefined, full, broken];
  return atHub(
    { intercept: () => answers.shift() },
    async ({ hub, id, waits, events }) => {
      await downloadModel(hub, id);
      deepEqual(waits, [173_000, 2000]);
      deepEqual(
        events.map(({ text }) => text).filter((text) => text.includes("again")),
        [
          `"config.json" of "${repo}": it answers 429, trying again in 173 s`,
          `"config.json" of "${repo}": it answers 500, trying again in 2 s`,
        ],
      );
    },
  );
});

Deno.test("downloadModel() asks the hub again when another host refuses what the hub redirects to", async () => {
  for (const status of [400, 403, 404]) {
    const answers = [new Response("SignatureError", { status })];
    await atHub({
      intercept: (_, { at }) => at === "cdn" ? answers.shift() : undefined,
    }, async ({ hub, id, waits, server }) => {
      await downloadModel(hub, id);
      deepEqual(waits, [1000]);
      deepEqual(server.ranges(), [null, null]);
    });
    await atHub({
      intercept: (_, { at }) =>
        at === "cdn" ? new Response("no", { status }) : undefined,
    }, async ({ hub, id }) => {
      await rejects(downloadModel(hub, id), {
        name: "ConfigError",
        message: new RegExp(
          `^Cannot download "model.safetensors" of .*: "127.0.0.1:\\d+" answers ${status}, 5 times in a row$`,
        ),
      });
    });
  }
});

Deno.test("downloadModel() gives up when the hub stays busy, or is not there", () =>
  atHub(
    { intercept: () => new Response(null, { status: 502 }) },
    async ({ hub, id, server, waits }) => {
      await rejects(
        downloadModel(hub, id),
        /it answers 502, 5 times in a row$/,
      );
      equal(server.seen.length, 5);
      await server.stop();
      waits.length = 0;
      await rejects(
        downloadModel(hub, id),
        /^ConfigError: Cannot download .* from "http:.*": .*Connection refused.*, 5 times in a row$/s,
      );
      equal(waits.length, 4);
    },
  ));

Deno.test("downloadModel() does not wait forever for a silent hub", async () => {
  const never = Promise.withResolvers<undefined>();
  const silent = (part: string, answer: Response) =>
    atHub({
      intercept: async (_, { path, at }) => {
        if (at !== "cdn" && part !== "/revision/") return undefined;
        if (!path.includes(part)) return undefined;
        if (part === "/revision/") await never.promise;
        return answer;
      },
    }, async ({ hub, id }) => {
      await rejects(
        downloadModel(hub, id),
        /nothing came for 0.25 seconds, 5 times in a row/,
      );
      never.resolve(undefined);
    }, { idle: 250 });
  await silent("/revision/", new Response());
  const body = () =>
    new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
    });
  await atHub({
    intercept: (_, { at }) => at === "cdn" ? new Response(body()) : undefined,
  }, async ({ hub, id }) => {
    await rejects(
      downloadModel(hub, id),
      /nothing came for 0.25 seconds, 5 times in a row/,
    );
  }, { idle: 250 });
});

Deno.test("downloadModel() gives up on a loop of redirects", () =>
  atHub({
    intercept: (_, { path }) =>
      new Response(null, { status: 302, headers: { location: path } }),
  }, async ({ hub, id }) => {
    await rejects(downloadModel(hub, id), /it redirects more than 20 times/);
  }));
