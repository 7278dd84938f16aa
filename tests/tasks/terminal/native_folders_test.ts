/** Tests of where native libraries lie. @module */
import { equal, match } from "node:assert/strict";
import { join } from "node:path";
import { taskFlags } from "../_task_flags.ts";
import { packageFolder } from "../../../tasks/terminal/native_folders.ts";

Deno.test("packageFolder() finds packages in Deno's cache and in node_modules", () => {
  const cached = (rest: string) => `file:///home/a%20b/sharp/npm/host/${rest}`;
  equal(
    packageFolder(cached("sharp/0.35.5/lib/index.js"), "sharp", "@img"),
    "/home/a b/sharp/npm/host/@img",
  );
  equal(
    packageFolder(cached("sharp/0.35.5/index.js"), "sharp"),
    "/home/a b/sharp/npm/host/sharp",
  );
  equal(
    packageFolder("file:///p/node_modules/.deno/x/node_modules/x/i.js", "x"),
    "/p/node_modules",
  );
});

Deno.test("commands without an engine load onnxruntime and sharp, and no other library", async () => {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "load.ts");
  await Deno.writeTextFile(
    file,
    `const { InferenceSession } = await import("onnxruntime-node");
     const { default: sharp } = await import("sharp");
     const create = { width: 4, height: 4, channels: 3, background: "#123" };
     await sharp({ create }).png().toBuffer();
     console.log(typeof InferenceSession);
     try {
       Deno.dlopen("libc.so.6", {});
       console.log("any library");
     } catch (error) {
       console.log(error.name);
     }`,
  );
  try {
    for (const task of ["predict", "report"]) {
      const flags = await taskFlags(task);
      const config = new URL("../../../deno.json", import.meta.url).pathname;
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", ...flags, "--config", config, file],
        env: { NO_COLOR: "1" },
      }).output();
      const text = new TextDecoder();
      match(
        text.decode(stdout),
        /^(function|object)\nNotCapable\n$/,
        `${task}: ${text.decode(stderr)}`,
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
