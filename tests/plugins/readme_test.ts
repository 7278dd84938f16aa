/** Tests that the examples of plugins/README.md pass what every plugin must. @module */
import { deepEqual } from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type {
  Dataset,
  Encoder,
  Engine,
  Plugin,
  Probe,
  Sparsifier,
} from "tessera";
import {
  testDataset,
  testEncoder,
  testEngine,
  testProbe,
  testSparsifier,
} from "tessera/testing";

const page = await Deno.readTextFile(
  new URL("../../plugins/README.md", import.meta.url),
);
const folder = await Deno.makeTempDir();
const plugins: Plugin[] = [];
try {
  for (const [, code] of page.matchAll(/^```ts\n(.*?)^```$/gms)) {
    const path = join(folder, `example_${plugins.length}.ts`);
    await Deno.writeTextFile(path, code!);
    plugins.push((await import(pathToFileURL(path).href)).default);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

const context = { base: new URL("file:///"), seed: 1 };

/** Makes the example of a kind with its defaults, but for what is given. */
async function make<T>(kind: string, options: object = {}): Promise<T> {
  const plugin = plugins.find((plugin) => plugin.kind === kind)!;
  const checked = await plugin.options["~standard"].validate(options);
  if (checked.issues) throw new Error(JSON.stringify(checked.issues));
  return await plugin.create(checked.value, context) as T;
}

Deno.test("plugins/README.md has an example of each kind", () => {
  deepEqual(plugins.map(({ kind }) => kind), [
    "dataset",
    "encoder",
    "sparsifier",
    "engine",
    "probe",
  ]);
});

Deno.test("plugins/README.md's dataset is one", async () => {
  const dataset = await make<Dataset>("dataset", { length: 10 });
  const { id } = await dataset.get(3);
  deepEqual([plugins[0]!.name, dataset.length, id], [
    "stripes",
    10,
    "stripes/3",
  ]);
});

testDataset("plugins/README.md's dataset", () => make<Dataset>("dataset"));
testEncoder("plugins/README.md's encoder", () => make<Encoder>("encoder"));
testSparsifier(
  "plugins/README.md's sparsifier",
  (dSae) => make<Sparsifier>("sparsifier", { dSae, k: 2 }),
);
testEngine("plugins/README.md's engine", () => make<Engine>("engine"));
testProbe("plugins/README.md's probe", () => make<Probe>("probe"));
