/** Tests of `deno task plugins`. @module */
import { equal, match, ok } from "node:assert/strict";

Deno.test("deno task plugins shows one thing at a time", async () => {
  const asked = async (...words: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "tasks/plugins.ts", ...words],
      cwd: new URL("../../", import.meta.url),
    }).output();
    const [out, error] = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    return { code, out: out!, error: error! };
  };
  const two = await asked("dataset", "encoder");
  equal(two.code, 1);
  match(
    two.error,
    /^Cannot show "dataset" and "encoder" at once: name one kind or one plugin\n$/,
  );
  const { code, out } = await asked("--help");
  equal(code, 0);
  ok(out.trimEnd().split("\n").every((line) => line.startsWith("  deno task")));
});
