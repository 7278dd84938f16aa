/** Tests of asking before a plugin that is not built in runs. @module */
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { acceptedPlugins } from "../../../tasks/terminal/accepted_plugins.ts";
import { approvePlugins } from "../../../tasks/terminal/approve_plugins.ts";

/** Asks about `specifier` in a folder with `mine.ts`, in as many commands as there are answers. */
async function commands(
  answers: readonly (boolean | undefined)[],
  of: {
    readonly specifier?: string;
    readonly typed?: boolean;
    readonly trusted?: boolean;
    readonly edit?: boolean;
    readonly list?: string;
  } = {},
): Promise<{ said: number[]; asked: number[]; went: boolean[]; text: string }> {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "mine.ts");
  const { typed = false, trusted = false, specifier = file } = of;
  const accepted = acceptedPlugins(of.list ?? join(folder, "a/b/list.json"));
  const url = specifier === file ? pathToFileURL(file).href : specifier;
  const said: number[] = [], asked: number[] = [], went: boolean[] = [];
  let text = "";
  try {
    for (const [i, answer] of answers.entries()) {
      const source = of.edit ? `// ${i}` : "// mine";
      await Deno.writeTextFile(file, source);
      let [says, asks] = [0, 0];
      const approve = approvePlugins({
        trusted,
        accepted,
        say: (line) => (says++, text += `${line}\n`),
        ask: answer === undefined ? undefined : () => (asks++, answer),
      });
      const once = () => approve({ kind: "dataset", specifier, url, typed });
      const all = await Promise.allSettled([once(), once(), once()]);
      went.push(all.every(({ status }) => status === "fulfilled"));
      said.push(says);
      asked.push(asks);
    }
    return { said, asked, went, text };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("approvePlugins() asks once for each file and content", async (t) => {
  await t.step("what was accepted is not asked about again", async () => {
    const { said, asked, went, text } = await commands([
      true,
      false,
      undefined,
    ]);
    deepEqual({ said, asked, went }, {
      said: [1, 0, 0],
      asked: [1, 0, 0],
      went: [true, true, true],
    });
    match(
      text,
      /^the dataset plugin ".*mine\.ts" \(".*", SHA-256 [0-9a-f]{64}\)/,
    );
  });
  await t.step("what was changed is", async () => {
    const edited = await commands([true, true, false], { edit: true });
    deepEqual(edited.asked, [1, 1, 1]);
    deepEqual(edited.went, [true, true, false]);
  });
  await t.step("what was refused is", async () => {
    const { asked, went } = await commands([false, true]);
    deepEqual({ asked, went }, { asked: [1, 1], went: [false, true] });
  });
});

Deno.test("approvePlugins() goes on without a terminal only when told", async (t) => {
  await t.step(
    "not told",
    async () => deepEqual((await commands([undefined])).went, [false]),
  );
  await t.step("--trust-plugins, which is not remembered", async () => {
    const told = await commands([undefined, undefined], { trusted: true });
    deepEqual(told.went, [true, true]);
    deepEqual(told.said, [1, 1]);
  });
  await t.step("its name was typed, which is remembered", async () => {
    const typed = await commands([undefined, undefined], { typed: true });
    deepEqual(typed.went, [true, true]);
    deepEqual(typed.said, [1, 0]);
  });
});

Deno.test("approvePlugins() remembers packages of one version only", async () => {
  const one = await commands([true, false], { specifier: "npm:@a/b@1.2.3" });
  deepEqual(one.went, [true, true]);
  for (
    const specifier of ["npm:b", "npm:b@^1.2.3", "https://example.com/b.ts"]
  ) {
    const { went, text } = await commands([true, false], { specifier });
    deepEqual(went, [true, false], specifier);
    match(text, /it will be asked about again: its code is not of one version/);
  }
});

Deno.test("approvePlugins() shows a stranger's text on one line", async () => {
  const specifier = "npm:b@1.0.0\u001b[2K\nyou accepted this before";
  const { text } = await commands([true], { specifier });
  equal(text.includes("\u001b"), false);
  match(text.split("\n")[0]!, /"npm:b@1\.0\.0\\nyou accepted/);
});

Deno.test("acceptedPlugins() holds nothing where its file cannot be read or written", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "list.json");
    for (const text of ["{", "null", '{"accepted":3}', "[]"]) {
      await Deno.writeTextFile(file, text);
      equal(await acceptedPlugins(file).has("a", "b"), false);
      equal(await acceptedPlugins(file).add("a", "b"), undefined);
      equal(await acceptedPlugins(file).has("a", "b"), true);
    }
    const nowhere = acceptedPlugins(join(file, "no", "list.json"));
    match((await nowhere.add("a", "b"))!, /cannot be written/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("approvePlugins() says what would work", async () => {
  const approve = approvePlugins({ ask: undefined, say: () => {} });
  await rejects(
    approve({
      kind: "encoder",
      specifier: "npm:b",
      url: "npm:b",
      typed: false,
    }),
    {
      name: "ConfigError",
      message:
        'Cannot run the encoder plugin "npm:b": there is no terminal to ask on; read its code, then add --trust-plugins',
    },
  );
});
