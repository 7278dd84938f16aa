/** Tests of finding and checking plugins. @module */
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import {
  type Builtins,
  importPlugin,
  isPath,
  loadPlugin,
  pathUrl,
} from "../../../core/run/load_plugin.ts";
import { ConfigError } from "../../../core/errors.ts";

const good = `{
  apiVersion: 1,
  kind: "sparsifier",
  name: "mine",
  description: "A test",
  options: { "~standard": { version: 1, vendor: "hand", validate: (value) => ({ value }) } },
  create: () => ({ dSae: 1 }),
}`;

const builtins: Builtins = {
  dataset: {},
  encoder: { "vit": () => Promise.reject(new Error("no such module")) },
  sparsifier: {
    "top-k": async () => await import(dataUrl(`export default ${good}`)),
    "relu-l1": () => Promise.resolve({}),
  },
  engine: {},
  probe: {},
};

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

async function inFolder(
  files: Record<string, string>,
  body: (base: URL, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tessera load#1 100%" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await body(new URL(`${pathToFileURL(folder).href}/`), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("loadPlugin() finds built-ins, paths and specifiers", async () => {
  await inFolder(
    { "mine.ts": `export default ${good}` },
    async (base, folder) => {
      const specifiers = [
        "top-k",
        "./mine.ts",
        `../${folder.split("/").at(-1)}/mine.ts`,
        `${folder}/mine.ts`,
        new URL("mine.ts", base).href,
      ];
      for (const specifier of specifiers) {
        const plugin = await loadPlugin("sparsifier", specifier, {
          builtins,
          base,
        });
        equal(plugin.name, "mine", specifier);
      }
    },
  );
});

Deno.test("loadPlugin() says what was tried and what would work", async () => {
  const files = {
    "encoder.ts": `export default ${good.replace("sparsifier", "encoder")}`,
    "later.ts": `export default ${
      good.replace("apiVersion: 1", "apiVersion: 2")
    }`,
    "nothing.ts": "export const x = 1;",
    "function.ts": "export default () => 1;",
    "object.ts": "export default { use: 1 };",
    "schemaless.ts": `export default ${
      good.replace(/options: .*/, "options: {},")
    }`,
    "createless.ts": `export default ${good.replace(/create: .*/, "")}`,
    "broken.ts": "export default {",
    "throws.ts": 'throw new Error("out of luck");',
  };
  const cases: [specifier: string, message: RegExp][] = [
    [
      "topk",
      /^Cannot find sparsifier "topk": built in are "top-k", "relu-l1"; write "\.\/topk\.ts" for a file or "npm:topk" for a package; did you mean "top-k"\?$/,
    ],
    ["mine.ts", /write "\.\/mine\.ts" for a file/],
    ["vit", /"vit" is of kind encoder/],
    ["constructor", /^Cannot find sparsifier "constructor"/],
    [
      "relu-l1",
      /^Cannot use "relu-l1" as sparsifier: its default export must be \{ apiVersion: 1, kind: "sparsifier", … \}, found none$/,
    ],
    [
      "./encoder.ts",
      /^Cannot use ".\/encoder.ts" as sparsifier: its kind is "encoder"$/,
    ],
    ["./later.ts", /its apiVersion is 2, only 1 is known here$/],
    ["./nothing.ts", /found none$/],
    ["./function.ts", /found function$/],
    ["./object.ts", /found an object with use$/],
    ["./schemaless.ts", /its options are not a Standard Schema/],
    ["./createless.ts", /it has no create function$/],
    ["./absent.ts", /^Cannot load sparsifier ".\/absent.ts": Module not found/],
    ["./broken.ts", /^Cannot load sparsifier ".\/broken.ts": /],
    ["./throws.ts", /^Cannot load sparsifier ".\/throws.ts": out of luck$/],
  ];
  await inFolder(files, async (base) => {
    for (const [specifier, message] of cases) {
      await rejects(
        loadPlugin("sparsifier", specifier, { builtins, base }),
        { name: "ConfigError", path: "sparsifier", message },
        specifier,
      );
    }
  });
});

Deno.test("loadPlugin() keeps the error behind a failed import", async () => {
  const base = new URL("file:///");
  const error = await loadPlugin("encoder", "vit", { builtins, base })
    .catch((error: ConfigError) => error) as ConfigError;
  equal((error.cause as Error).message, "no such module");
  match(error.message, /^Cannot load encoder "vit": no such module$/);
});

Deno.test("importPlugin() takes a plugin of any kind", async () => {
  await inFolder({ "mine.ts": `export default ${good}` }, async (base) => {
    equal((await importPlugin("./mine.ts", base)).kind, "sparsifier");
    await rejects(
      importPlugin("mine", base),
      /Cannot find plugin "mine": write/,
    );
  });
});

Deno.test("isPath() tells paths from words and specifiers", () => {
  for (const path of ["./a.ts", "../a.ts", "/a.ts", ".\\a.ts", "C:\\a.ts"]) {
    equal(isPath(path), true, path);
  }
  for (const word of ["a.ts", "top-k", "npm:a", "file:///a.ts", ".a"]) {
    equal(isPath(word), false, word);
  }
});

Deno.test("pathUrl() takes names as they are", () => {
  const url = pathUrl("./a #1 50%.ts", new URL("file:///b/"));
  equal(url.href, "file:///b/a%20%231%2050%25.ts");
});

Deno.test("loadPlugin() imports npm: specifiers", async () => {
  // The project's own version, so that nothing is downloaded and the lockfile stays.
  await rejects(
    loadPlugin("sparsifier", "npm:zod@^4.6.7", {
      builtins,
      base: new URL("file:///"),
    }),
    /^ConfigError: Cannot use "npm:zod@\^4.6.7" as sparsifier: its default export must be/,
  );
});

Deno.test("loadPlugin() asks before it imports what is not built in", async () => {
  const asked: unknown[] = [], base = new URL("file:///not-here/");
  const approve = (plugin: unknown) => {
    asked.push(plugin);
    return Promise.reject(new ConfigError("sparsifier", "no"));
  };
  await rejects(
    loadPlugin("sparsifier", "./not-here.ts", { builtins, base, approve }),
    { message: "no" },
  );
  const name = Object.keys(builtins.sparsifier)[0]!;
  await loadPlugin("sparsifier", name, { builtins, base, approve });
  deepEqual(asked, [{
    kind: "sparsifier",
    specifier: "./not-here.ts",
    url: new URL("./not-here.ts", base).href,
    typed: false,
  }]);
});
