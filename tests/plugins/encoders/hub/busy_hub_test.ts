import { deepEqual, equal, rejects } from "node:assert/strict";
import { downloadModel } from "../../../../plugins/encoders/hub/download_model.ts";
import { atHub } from "./_at_hub.ts";

Deno.test("downloadModel() tries again when the hub is busy, as late as it asks", () => {
  const answers = [
    new Response(null, { status: 429, headers: { "retry-after": "7" } }),
    new Response(null, { status: 503, headers: { "retry-after": "9999" } }),
    new Response(null, { status: 500 }),
  ];
  return atHub(
    { intercept: () => answers.shift() },
    async ({ hub, id, waits }) => {
      await downloadModel(hub, id);
      deepEqual(waits, [7000, 60_000, 4000]);
    },
  );
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

Deno.test("downloadModel() does not wait for ever on a hub that is silent", async () => {
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
      /nothing came for 0.25 seconds, 5 times in a row; the 10 bytes that came/,
    );
  }, { idle: 250 });
});

Deno.test("downloadModel() leaves a loop of redirects", () =>
  atHub({
    intercept: (_, { path }) =>
      new Response(null, { status: 302, headers: { location: path } }),
  }, async ({ hub, id }) => {
    await rejects(downloadModel(hub, id), /it redirects more than 20 times/);
  }));
