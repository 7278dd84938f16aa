/** Tests of the pictures of a dataset, as files. @module */
import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { join } from "node:path";
import { makeRun } from "./_made_run.ts";
import { textOf, withApp } from "./_with_app.ts";

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

Deno.test("createApp() changes the addresses of pictures once it knows what the encoder sees", async () => {
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
