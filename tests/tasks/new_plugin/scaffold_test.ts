/** Tests of `deno task new_plugin`: the plugin passes its test and trains. @module */
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { kinds } from "../../../core/run/load_plugin.ts";
import { newPlugin, nextCommands } from "../../../tasks/new_plugin/scaffold.ts";

const project = fileURLToPath(new URL("../../..", import.meta.url)).replace(
  /\/$/,
  "",
);

async function inFolder(
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tessera_new_" });
  try {
    await body(await Deno.realPath(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs Deno as a user in `cwd` would. */
async function deno(
  cwd: string,
  ...args: string[]
): Promise<{ code: number; output: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { INIT_CWD: cwd, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, output: text.decode(stdout) + text.decode(stderr) };
}

async function ok(cwd: string, ...args: string[]): Promise<string> {
  const { code, output } = await deno(cwd, ...args);
  equal(code, 0, `deno ${args.join(" ")}\n${output}`);
  return output;
}

const task = ["run", "--allow-read", "--allow-write", "--allow-env=INIT_CWD"];

Deno.test("new_plugin writes a sparsifier that passes its test and trains", async () => {
  await inFolder(async (folder) => {
    const written = await ok(
      folder,
      ...task,
      `${project}/tasks/new_plugin/main.ts`,
      "sparsifier",
      "my-sae",
    );
    match(
      written,
      /^wrote my-sae\/my_sae.ts\nwrote my-sae\/my_sae_test.ts\nwrote my-sae\/run.json\n/,
    );
    match(
      written,
      /Next:\n {2}deno task .*test .*\n {2}deno task .*train my-sae\/run.json\n$/,
    );
    const tested = await ok(`${folder}/my-sae`, "test", "-A");
    match(tested, /\d+ passed \| 0 failed/);
    const settings = {
      "dataset.length": 24,
      "buffer.tokens": 2048,
      "buffer.batch": 256,
      "buffer.images": 4,
      "train.tokens": 1024,
      "train.sample": 512,
      "evaluate.images": 4,
      "sparsifier.dSae": 32,
      engine: "reference",
      name: "tried",
    };
    const typed = Object.entries(settings).map(([key, value]) =>
      `--${key}=${value}`
    );
    const train = [
      "run",
      "-A",
      `${project}/tasks/train/main.ts`,
      "my-sae/run.json",
      "--trust-plugins",
    ];
    await ok(folder, ...train, ...typed);
    const config = JSON.parse(
      await Deno.readTextFile(`${folder}/runs/tried/config.json`),
    );
    equal(config.sparsifier.use, `${folder}/my-sae/my_sae.ts`);
    const checkpoint =
      `${folder}/runs/tried/checkpoint/sae_weights.safetensors`;
    equal((await Deno.stat(checkpoint)).isFile, true);
  });
});

Deno.test("newPlugin() writes every kind under the name that it is given", async () => {
  await inFolder(async (folder) => {
    for (const kind of kinds) {
      const name = `acme-${kind}-2`, file = `acme_${kind}_2`;
      const made = `${folder}/${kind}`;
      const paths = await newPlugin({ kind, name, folder: made });
      deepEqual(paths.map((path) => path.slice(made.length + 1)), [
        `${file}.ts`,
        `${file}_test.ts`,
        ...(kind === "probe" ? [] : ["run.json"]),
        "deno.json",
      ]);
      const { default: plugin } = await import(`file://${made}/${file}.ts`);
      equal(plugin.kind, kind);
      equal(plugin.name, name);
      for (const path of paths) {
        const text = await Deno.readTextFile(path);
        equal(
          /my.?plugin/i.test(text),
          false,
          `${path} keeps the template's name`,
        );
      }
      if (kind === "probe") continue;
      const run = JSON.parse(await Deno.readTextFile(`${made}/run.json`));
      equal(run[kind].use, `./${file}.ts`);
    }
  });
});

Deno.test("new_plugin says what is wrong and writes nothing", async () => {
  const cases: [args: string[], message: RegExp][] = [
    [
      ["sparsfier", "my-sae"],
      /^Cannot write a plugin of kind "sparsfier": kinds are dataset, .*; did you mean "sparsifier"\?\n$/,
    ],
    [
      ["sparsifier", "MySae"],
      /^Cannot name a plugin "MySae": write lower-case letters/,
    ],
    [["sparsifier", "../x"], /^Cannot name a plugin "..\/x"/],
    [
      ["sparsifier", "function"],
      /^Cannot name a plugin "function": the word is taken in its code; add another, such as "my-function"\n$/,
    ],
    [["sparsifier", "delete"], /the word is taken/],
    [["sparsifier", "plugin"], /the word is taken/],
    [["sparsifier"], /^deno task new_plugin <kind> <name>/],
    [
      ["sparsifier", "my-sae", "--dri=x"],
      /Unknown option '--dri'[^]*deno task new_plugin <kind> <name>/,
    ],
  ];
  await inFolder(async (folder) => {
    for (const [args, message] of cases) {
      const { code, output } = await deno(
        folder,
        ...task,
        `${project}/tasks/new_plugin/main.ts`,
        ...args,
      );
      equal(code, 1, output);
      match(output, message);
    }
    deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});

Deno.test("newPlugin() refuses to overwrite", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/run.json`, "mine");
    await rejects(
      newPlugin({ kind: "sparsifier", name: "my-sae", folder }),
      {
        name: "ConfigError",
        message:
          /^Cannot write ".*\/run.json": it exists already; choose another name or --dir=folder$/,
      },
    );
    const names = await Array.fromAsync(
      Deno.readDir(folder),
      ({ name }) => name,
    );
    deepEqual(names, ["run.json"]);
    equal(await Deno.readTextFile(`${folder}/run.json`), "mine");
  });
});

Deno.test("nextCommands() are what works where the user is", () => {
  const cases: [
    kind: string,
    folder: string,
    user: string,
    commands: string[],
  ][] = [
    ["sparsifier", `${project}/my-sae`, project, [
      "deno task test my-sae",
      "deno task train my-sae/run.json",
    ]],
    ["sparsifier", `${project}/tests/my-sae`, `${project}/tests`, [
      "deno task test tests/my-sae",
      "deno task train my-sae/run.json",
    ]],
    ["sparsifier", "/elsewhere/my-sae", project, [
      "deno task test /elsewhere/my-sae",
      "deno task train /elsewhere/my-sae/run.json",
    ]],
    ["probe", "/elsewhere/my-sae", "/elsewhere", [
      `deno task --config ${project}/deno.json test /elsewhere/my-sae`,
      `deno task --config ${project}/deno.json probe ./my-sae/my_sae.ts runs/<name>`,
    ]],
  ];
  for (const [kind, folder, user, commands] of cases) {
    deepEqual(nextCommands({ kind, name: "my-sae", folder }, user), commands);
  }
});
