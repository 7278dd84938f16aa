/** Tests of the examples in the README. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));

/** Writes the example that holds `words` into a folder; its path. */
async function example(folder: string, words: string): Promise<string> {
  const text = await Deno.readTextFile(join(project, "README.md"));
  const codes = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, it]) =>
    it!
  );
  const found = codes.filter((code) => code.includes(words));
  equal(found.length, 1, words);
  const path = join(folder, "example.ts");
  await Deno.writeTextFile(path, found[0]!);
  return path;
}

Deno.test("README's edit changes what the model says, and no edit changes nothing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--no-check", "--config", join(project, "deno.json")],
        await example(folder, "addDirection("),
      ],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    equal(code, 0, text.decode(stderr));
    const lines = text.decode(stdout).trimEnd().split("\n")
      .map((line) => line.split(" ").map(Number));
    deepEqual(lines.map(([strength]) => strength), [0, 1, 2]);
    const [none, ...edited] = lines.map(([, change]) => Math.abs(change!));
    equal(none, 0);
    // Rounding alone is about 1e-7.
    ok(edited.every((change) => change > 1e-4), `${edited}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
