/** Tests of reading, checking and completing a run. @module */
import { deepEqual, equal, notEqual, rejects } from "node:assert/strict";
import { dirname } from "node:path";
import { z } from "zod";
import { definePlugin } from "tessera";
import { diffRuns, hashRun } from "../../../core/run/compare_runs.ts";
import type { Builtins } from "../../../core/run/load_plugin.ts";
import type { Kind } from "../../../core/plugin.ts";
import { readRun, resolveRun } from "../../../core/run/run_config.ts";
import { parseOverride, parseValue } from "../../../core/run/run_overrides.ts";

/** A built-in that returns its options and context instead of a real part. */
function builtin(kind: Kind, options: z.ZodObject) {
  return () =>
    Promise.resolve({
      default: definePlugin({
        apiVersion: 1,
        kind,
        name: `${kind}-test`,
        description: "A test",
        options,
        // deno-lint-ignore no-explicit-any
        create: (options, context) => ({ options, context }) as any,
      }),
    });
}

const path = z.string().meta({ format: "path" });
const builtins: Builtins = {
  dataset: {
    scenes: builtin("dataset", z.strictObject({})),
    folder: builtin(
      "dataset",
      z.strictObject({
        path: path.describe("The folder"),
        extra: path.optional(),
        label: z.string().default("class"),
      }),
    ),
  },
  encoder: {
    "depth-nano": builtin(
      "encoder",
      z.strictObject({ size: z.int().default(8) }),
    ),
    vit: builtin("encoder", z.strictObject({ model: z.string() })),
  },
  sparsifier: {
    "batch-top-k": builtin(
      "sparsifier",
      z.strictObject({
        dSae: z.int().min(1).default(1024),
        k: z.int().min(1).default(32),
        aux: z.strictObject({ k: z.int().default(512) }).prefault({}),
      }),
    ),
    date: builtin(
      "sparsifier",
      z.strictObject({ since: z.string().transform((text) => new Date(text)) }),
    ),
  },
  engine: { cpu: builtin("engine", z.strictObject({})) },
  probe: {},
};

async function inFolder(
  files: Record<string, string>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tessera_run_" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(`${folder}/${name}`), { recursive: true });
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await body(await Deno.realPath(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function resolved(overrides: string[], file?: string, cwd = "/here") {
  return await resolveRun(await readRun(file, overrides, cwd), builtins);
}

Deno.test("readRun() with nothing gives a run of defaults", async () => {
  const { config } = await resolved([]);
  equal(config.seed, 1);
  deepEqual(config.dataset, { use: "scenes" });
  deepEqual(config.encoder, { use: "depth-nano", size: 8 });
  deepEqual(config.sparsifier, {
    use: "batch-top-k",
    dSae: 1024,
    k: 32,
    aux: { k: 512 },
  });
  deepEqual(Object.keys(config.buffer), ["tokens", "batch", "images", "dtype"]);
  equal(config.buffer.batch, 2048);
  equal(config.train.lr, undefined);
  equal(JSON.stringify(config).includes("undefined"), false);
});

Deno.test("readRun() applies the command line to the file", async () => {
  const file = JSON.stringify({
    encoder: { use: "vit", model: "/models/deit" },
    sparsifier: { k: 16, dSae: 64 },
  });
  await inFolder({ "run.json": file }, async (folder) => {
    const { config } = await resolved(
      [
        "--sparsifier.k=64",
        "sparsifier.aux.k=7",
        "encoder=depth-nano",
        "train.tokens=2_000",
        "train.clip=1e-1",
      ],
      "run.json",
      folder,
    );
    deepEqual(config.sparsifier, {
      use: "batch-top-k",
      dSae: 64,
      k: 64,
      aux: { k: 7 },
    });
    deepEqual(
      config.encoder,
      { use: "depth-nano", size: 8 },
      "the other plugin's options are dropped",
    );
    equal(config.train.tokens, 2000);
    equal(config.train.clip, 0.1);
  });
});

Deno.test("readRun() keeps a slot's options when its plugin stays, in any order", async () => {
  const kept = await resolved(["sparsifier.k=5", "sparsifier=batch-top-k"]);
  equal(kept.config.sparsifier.k, 5);
  const other = await resolved(["encoder.model=/m", "encoder=vit"]);
  deepEqual(other.config.encoder, { use: "vit", model: "/m" });
  const whole = await resolved(['encoder={"use":"vit","model":"/n"}']);
  deepEqual(whole.config.encoder, { use: "vit", model: "/n" });
});

Deno.test("readRun() reads typed numbers as text where text is wanted", async () => {
  const { config } = await resolved([
    "name=7",
    "dataset=folder",
    "dataset.path=2012",
    "dataset.label=1",
  ]);
  equal(config.name, "7");
  equal(config.dataset.path, "/here/2012");
  equal(config.dataset.label, "1");
});

Deno.test("resolveRun() starts a path where it was written", async () => {
  const file = JSON.stringify({
    dataset: { use: "folder", path: "pictures", extra: "../more" },
    encoder: { use: "vit", model: "./deit" },
  });
  await inFolder({ "runs/a/run.json": file }, async (folder) => {
    const run = await resolved(
      ["dataset.extra=../typed", "encoder.model=../models/vit"],
      "a/run.json",
      `${folder}/runs`,
    );
    deepEqual(run.config.dataset, {
      use: "folder",
      path: `${folder}/runs/a/pictures`,
      extra: `${folder}/typed`,
      label: "class",
    });
    equal(run.config.encoder.model, `${folder}/models/vit`);
    const made = await run.create("encoder") as unknown as {
      options: unknown;
      context: { seed: number };
    };
    deepEqual(made.options, { model: `${folder}/models/vit` });
    equal(made.context.seed, 1);
  });
});

Deno.test("resolveRun() gives a run that means the same from any folder", async () => {
  const plugin = `export default {
    apiVersion: 1, kind: "sparsifier", name: "mine", description: "A test",
    options: { "~standard": { version: 1, vendor: "hand", validate: (value) => ({ value }) } },
    create: (options) => ({ dSae: 1, options }),
  }`;
  const file = JSON.stringify({
    dataset: { use: "folder", path: "../pictures" },
    sparsifier: { use: "./mine.ts", table: { file: "./table.csv" } },
  });
  const files = { "a/run.json": file, "a/mine.ts": plugin, "b/c/x.json": "{}" };
  await inFolder(files, async (folder) => {
    const first = await resolved([], "a/run.json", folder);
    deepEqual(first.config.sparsifier, {
      use: `${folder}/a/mine.ts`,
      table: { file: `${folder}/a/table.csv` },
    });
    const stored = `${folder}/b/c/config.json`;
    await Deno.writeTextFile(stored, JSON.stringify(first.config));
    const again = await resolved([], stored);
    deepEqual(again.config, first.config);
    equal(again.hash, first.hash);
    const typed = await resolved(["sparsifier=./a/mine.ts"], undefined, folder);
    equal(typed.config.sparsifier.use, `${folder}/a/mine.ts`);
  });
});

Deno.test("resolveRun() stores as written what JSON cannot hold", async () => {
  const run = await resolved([
    "sparsifier=date",
    "sparsifier.since=2024-05-01",
  ]);
  deepEqual(run.config.sparsifier, { use: "date", since: "2024-05-01" });
  const made = await run.create("sparsifier") as unknown as {
    options: { since: Date };
  };
  equal(made.options.since.getFullYear(), 2024);
});

Deno.test("readRun() and resolveRun() name every problem, and what would work", async () => {
  const cases: [overrides: string[], message: RegExp][] = [
    [
      ["sparser=1"],
      /^Cannot use these settings: sparser: no such key, did you mean "sparsifier"\?$/,
    ],
    [
      ["buffer.btach=1"],
      /^Cannot use these settings: buffer.btach: no such key, did you mean "batch"\?$/,
    ],
    [["lr=1"], /lr: no such key, did you mean "train.lr"\?$/],
    [
      ["buffer.colour=1"],
      /buffer.colour: no such key, known are tokens, batch, images, dtype$/,
    ],
    [
      ["train.tokens=many"],
      /train.tokens: expected integer ≥ 1, received "many"$/,
    ],
    [["train.tokens=0"], /train.tokens: expected integer ≥ 1, received 0$/],
    [["seed=1.5"], /seed: expected integer ≥ 0, received 1.5$/],
    [
      ["buffer.dtype=float16"],
      /buffer.dtype: expected float32 \| bfloat16, received "float16"$/,
    ],
    [
      ["train.clip=-1"],
      /train.clip: expected number > 0 \| null, received -1$/,
    ],
    [["buffer=4"], /buffer: expected object, received 4$/],
    [["name=a/b"], /name: must not hold slashes, received "a\/b"$/],
    [
      ["seed=x", "hook=1", "log.every=0"],
      /2 problems\n {2}seed: expected.*\n {2}log.every: expected/,
    ],
    [
      ["sparsifier.kk=1"],
      /sparsifier.kk: no such option of "sparsifier-test", did you mean "k"\?$/,
    ],
    [
      ["sparsifier.aux.kk=1"],
      /sparsifier.aux.kk: no such option of "sparsifier-test", did you mean "k"\?$/,
    ],
    [["sparsifier.k=0"], /sparsifier.k: expected integer ≥ 1, received 0$/],
    [["dataset=folder"], /dataset.path: is missing: The folder$/],
    [
      ["sparsifier=topk"],
      /^Cannot find sparsifier "topk": built in are "batch-top-k", "date"; write .*; did you mean "batch-top-k"\?$/,
    ],
    [
      ["sparsifier=topk", "encoder.sise=2", "dataset=folder"],
      /^Cannot use these settings: 3 problems\n {2}dataset.path: is missing.*\n {2}encoder.sise: .* did you mean "size"\?\n {2}Cannot find sparsifier "topk"/,
    ],
    [["sparsifier.k.x=0"], /sparsifier.k: expected integer/],
    [
      ["sparsifier"],
      /^Cannot read setting "sparsifier": write a key and a value, such as "--sparsifier.k=64"$/,
    ],
    [["sparsifier..k=1"], /^Cannot read setting/],
    [["=1"], /^Cannot read setting/],
  ];
  for (const [overrides, message] of cases) {
    await rejects(
      resolved(overrides),
      { name: "ConfigError", message },
      overrides.join(" "),
    );
  }
});

Deno.test("readRun() says what is wrong with the file", async () => {
  const files = {
    "comma.json": '{\n  "seed": 1,\n}',
    "list.json": "[]",
    "null.json": "null",
    "empty.json": "",
    "string.json": '{"sparsifier": "top-k"}',
    "number.json": '{"sparsifier": {"use": 5}}',
    "through.json": '{"train": 5}',
    "bom.json": '\uFEFF{"seed": 3}',
  };
  const cases: [file: string, message: RegExp, overrides?: string[]][] = [
    [
      "absent.json",
      /^Cannot read "absent.json": there is no file .*\/absent.json$/,
    ],
    [".", /^Cannot read ".": it is a folder$/],
    [
      "comma.json",
      /^Cannot read "comma.json": it is not JSON: .* at line 3 column 1$/,
    ],
    [
      "list.json",
      /it must hold an object such as \{ "seed": 1 \}, found a list$/,
    ],
    ["null.json", /found null$/],
    ["empty.json", /it is not JSON: Unexpected end/],
    [
      "string.json",
      /^Cannot use "string.json": sparsifier: expected object, received "top-k"$/,
    ],
    ["number.json", /sparsifier.use: expected text, received 5$/],
    ["through.json", /^Cannot set train.tokens: "tokens" cannot be inside 5$/, [
      "train.tokens=5",
    ]],
  ];
  await inFolder(files, async (folder) => {
    for (const [file, message, overrides = []] of cases) {
      await rejects(readRun(file, overrides, folder), {
        name: "ConfigError",
        message,
      }, file);
    }
    equal((await readRun("bom.json", [], folder)).config.seed, 3);
  });
});

Deno.test("hashRun() depends on every setting but the name and the index, in any order", async () => {
  const plain = await resolved([]);
  equal((await resolved(["name=other"])).hash, plain.hash);
  notEqual((await resolved(["seed=2"])).hash, plain.hash);
  notEqual((await resolved(["sparsifier.k=2"])).hash, plain.hash);
  equal((await resolved(["index.images=7"])).hash, plain.hash);
  const { seed, ...rest } = plain.config;
  equal(await hashRun({ ...rest, seed }), plain.hash);
  equal(plain.hash.length, 64);
});

Deno.test("diffRuns() lists the settings that differ", async () => {
  const { config: a } = await resolved([]);
  const { config: b } = await resolved([
    "sparsifier.k=64",
    "train.lr=0.1",
    "name=b",
    "index.images=7",
    "encoder=vit",
    "encoder.model=/m",
  ]);
  deepEqual(diffRuns(a, a), []);
  deepEqual(diffRuns(a, b), [
    'encoder.use: "depth-nano" → "vit"',
    "encoder.size: 8 → absent",
    "sparsifier.k: 32 → 64",
    'encoder.model: absent → "/m"',
    "train.lr: absent → 0.1",
  ]);
});

Deno.test("parseValue() reads numbers, words, lists and objects", () => {
  const cases: [text: string, value: unknown][] = [
    ["64", 64],
    ["-1.5", -1.5],
    [".5", 0.5],
    ["1e6", 1e6],
    ["1_000_000", 1_000_000],
    ["true", true],
    ["null", null],
    ["[1, 2]", [1, 2]],
    ['{"a": 1}', { a: 1 }],
    ['"64"', "64"],
    ["", ""],
    ["vit", "vit"],
    ["1.2.3", "1.2.3"],
    ["Infinity", "Infinity"],
    ["{broken", "{broken"],
  ];
  for (const [text, value] of cases) deepEqual(parseValue(text), value, text);
});

Deno.test("parseOverride() reads a key and a value", () => {
  deepEqual(parseOverride("--hook=a=b"), { key: "hook", text: "a=b" });
  deepEqual(parseOverride("encoder=npm:@acme/vit"), {
    key: "encoder.use",
    text: "npm:@acme/vit",
  });
});
