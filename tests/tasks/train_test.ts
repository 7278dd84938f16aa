// deno-lint-ignore-file no-console
/** Tests of `deno task train`: whole runs, as a user starts, stops and resumes them. @module */
import { deepEqual, equal, match, notDeepEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { type Ended, trainFolder } from "./_train_process.ts";

Deno.test("train shows how far it is, the final table and what to type next", async () => {
  await using at = await trainFolder();
  const output = await at.trainOk(["run.json"]);
  const lines = output.split("\n");
  match(
    lines[0]!,
    /^runs\/a: 64 latents on "pixels" of patches \(d_model 24\), 3\.84k tokens of 64 pictures; memory at most \d+ MiB$/,
  );
  match(lines[1]!, /^0% filling the buffer: 64 of 512 tokens$/);
  match(
    output,
    /\n100% 3\.84k tokens \| [\d.]+k?\/s \| FVU 0\.\d{3} \| L0 4\.0 \| dead \d+\.\d % \| 0:00 left\n/,
  );
  for (
    const row of [
      /^ {2}FVU +0\.\d{4} +fraction of variance unexplained: 0 is perfect, 1 is the mean$/m,
      /^ {2}L0 +\d\.\d\d +latents that fire on a token, at inference; aimed at 4$/m,
      /^ {2}dead +\d+\.\d\d % +latents silent for the last 192 training tokens$/m,
      /^ {2}silent +\d+\.\d\d % +latents that fire on none/m,
      /^ {2}threshold +\d\.\d+ +what an activation must exceed, calibrated$/m,
      /^ {2}measured on +128 tokens +of 8 pictures not trained on$/m,
      /^ {2}trained on +3\.84k tokens +in 60 steps and \d+:\d\d$/m,
      /^ {2}skipped +0 +pictures that could not be decoded$/m,
    ]
  ) match(output, row);
  match(output, /\n100% indexing: 80 of 80 pictures\n/);
  match(
    output,
    /\nindexed 64 latents on 1280 tokens of 80 pictures in \d+\.\d s\n/,
  );
  equal(
    lines.at(-2),
    "next: deno task serve runs/a   (see what each latent stands for)",
  );
  deepEqual(Object.keys(await at.files()).sort(), [
    "checkpoint/cfg.json",
    "checkpoint/sae_weights.safetensors",
    "config.json",
    "index/index.json",
    "index/latents.safetensors",
    "index/maps.safetensors",
    "metrics.jsonl",
    "results.json",
    "state/training.safetensors",
  ]);
});

Deno.test("train with index.images=0 makes no index and says how", async () => {
  await using at = await trainFolder({ index: { images: 0 } });
  const output = await at.trainOk(["run.json"]);
  equal(
    output.split("\n").at(-2),
    "next: deno task index runs/a   (find what shows each latent)",
  );
  equal("index/index.json" in await at.files(), false);
});

Deno.test("train ends with the same bytes, whatever stops it on the way", async (t) => {
  await using at = await trainFolder();
  /** A run's files but for its settings, which hold its name. */
  const files = async (name: string): Promise<Record<string, string>> => {
    const { "config.json": _, ...rest } = await at.files(name);
    return rest;
  };
  await at.trainOk(["run.json", "--name=whole"]);
  const wanted = await files("whole");

  await t.step(
    "killed in the middle of writes, flushes and renames",
    async () => {
      // Each process gets a little further than the one before.
      for (const [i, operation] of [21, 10, 26, 28, 33, 61].entries()) {
        const { signal, output, errors } = await at.train(
          i === 0 ? ["run.json", "--name=b"] : ["--resume", "runs/b"],
          { KILL_AT: `${operation}` },
        );
        equal(signal, "SIGKILL", output + errors);
      }
      const left = Object.keys(await at.files("b"));
      ok(left.some((name) => name.endsWith(".tmp")), "killed while writing");
      const output = await at.trainOk(["--resume=runs/b"]);
      match(output, /^goes on from step [1-5]\d? of 60$/m);
      deepEqual(await files("b"), wanted);
    },
  );

  await t.step("killed at any time", async () => {
    const times: number[] = [];
    for (;;) {
      const begun = await Deno.stat(join(at.path, "runs/c/config.json"))
        .then(() => true, () => false);
      if (!begun) {
        const folder = join(at.path, "runs/c");
        await Deno.remove(folder, { recursive: true }).catch(() => {});
      }
      const args = begun ? ["--resume=runs/c"] : ["run.json", "--name=c"];
      if (times.length === 3) {
        await at.trainOk(args);
        break;
      }
      times.push(1200 * Math.random());
      await at.train(args, {}, AbortSignal.timeout(times.at(-1)!));
    }
    deepEqual(await files("c"), wanted, `killed after ${times} ms`);
  });

  await t.step("Ctrl-C", async () => {
    const stopped = await at.train(["run.json", "--name=d"], {
      INTERRUPT_AT: "60",
    });
    equal(stopped.code, 130, stopped.output + stopped.errors);
    match(
      stopped.output,
      /\nstopping after this step; Ctrl-C again to stop at once\nstopped; go on with: deno task train --resume runs\/d\n$/,
    );
    equal(stopped.errors, "");
    const output = await at.trainOk(["--resume", "runs/d", "run.json"]);
    match(output, /^goes on from step \d+ of 60$/m);
    deepEqual(await files("d"), wanted);
  });

  await t.step("Ctrl-C while it is indexed", async () => {
    const stopped = await at.train(["run.json", "--name=e"], {
      INDEX_AT: "20 SIGINT",
    });
    equal(stopped.code, 130, stopped.output + stopped.errors);
    match(
      stopped.output,
      /\nstopping after these pictures; Ctrl-C again to stop at once\nstopped; it is trained: go on with: deno task index runs\/e\n$/,
    );
    match(stopped.output, /^ {2}FVU /m);
    const left = Object.keys(await at.files("e"));
    ok(left.includes("state/index.safetensors"));
    equal(left.includes("index/index.json"), false);
    const { code, output, errors } = await at.task("index", ["runs/e"]);
    equal(code, 0, output + errors);
    match(output, /^runs\/e: 80 pictures; memory at most \d+ MiB\n/);
    match(output, /\nnext: deno task serve runs\/e\n$/);
    deepEqual(await files("e"), wanted);
  });

  await t.step("killed while it is indexed", async () => {
    const { signal } = await at.train(["run.json", "--name=f"], {
      INDEX_AT: "30 SIGKILL",
    });
    equal(signal, "SIGKILL");
    const again = await at.task("index", ["runs/f"], {
      INDEX_AT: "40 SIGINT",
    });
    equal(again.code, 130, again.output + again.errors);
    match(
      again.output,
      /\nstopped; the same command goes on: deno task index runs\/f\n$/,
    );
    const output = await at.trainOk(["--resume=runs/f"]);
    match(output, /^goes on from step 60 of 60$/m);
    match(output, /^indexed 64 latents/m);
    deepEqual(await files("f"), wanted);
  });

  await t.step("resumed when all is done: the index stays", async () => {
    const output = await at.trainOk(["--resume=runs/f"]);
    equal(/^indexed/m.test(output), false);
    deepEqual(await files("f"), wanted);
  });

  await t.step("resumed with another number of pictures", async () => {
    const output = await at.trainOk(["--resume=runs/f", "--index.images=20"]);
    match(output, /^indexed 64 latents on 320 tokens of 20 pictures/m);
    const { "index/index.json": info, ...rest } = await files("f");
    equal(JSON.parse(atob(info!)).images, 20);
    const { state, checkpoint } = {
      state: "state/training.safetensors",
      checkpoint: "checkpoint/sae_weights.safetensors",
    };
    equal(rest[state], wanted[state]);
    equal(rest[checkpoint], wanted[checkpoint]);
  });
});

Deno.test("train gives other bytes for another seed, and a run without a name a free one", async () => {
  await using at = await trainFolder({ name: undefined });
  const [first, second] = [
    await at.trainOk(["run.json"]),
    await at.trainOk(["run.json", "--seed=2"]),
  ];
  match(first, /^runs\/dots-patches-batch-top-k: /);
  match(second, /^runs\/dots-patches-batch-top-k-2: /);
  const weights = "checkpoint/sae_weights.safetensors";
  const [one, two] = [
    await at.files("dots-patches-batch-top-k"),
    await at.files("dots-patches-batch-top-k-2"),
  ];
  notDeepEqual(one[weights], two[weights]);
  match(
    first,
    /\nnext: deno task serve runs\/dots-patches-batch-top-k {3}\(/,
  );
});

Deno.test("train skips pictures that cannot be decoded, counts and lists them", async () => {
  const torn = [3, 14, 15, 65];
  await using at = await trainFolder({ dataset: { use: "./dots.js", torn } });
  const output = await at.trainOk(["run.json"]);
  match(output, /^skipped dots\/14: Cannot decode dots\/14$/m);
  match(output, /^ {2}skipped +4 +pictures that could not be decoded$/m);
  match(
    output,
    /\n\nskipped pictures are listed in runs\/a\/skipped\.json\n\n/,
  );
  const list = JSON.parse(
    await Deno.readTextFile(join(at.path, "runs/a/skipped.json")),
  );
  deepEqual(
    list,
    Object.fromEntries(
      Object.keys(list).map((id) => [id, `Cannot decode ${id}`]),
    ),
  );
  equal(Object.keys(list).length, 4);
});

/** The message of a process that must fail, and say nothing else. */
function refused({ code, errors, output }: Ended): string {
  equal(code, 1, output + errors);
  equal(output, "");
  match(errors, /^.*\n$/, "one line, no stack");
  return errors.slice(0, -1);
}

Deno.test("train refuses what it cannot do before it starts", async (t) => {
  await using at = await trainFolder();
  const typed: [args: string, message: string | RegExp][] = [
    [
      "run.json --sparsifier=topk",
      'Cannot find sparsifier "topk": built in are "batch-top-k", "relu-l1", "top-k"; write "./topk.ts" for a file or "npm:topk" for a package; did you mean "top-k"?',
    ],
    [
      "run.json --sparsifier.kk=3",
      'Cannot use "run.json": sparsifier.kk: no such option of "batch-top-k", did you mean "k"?',
    ],
    [
      "run.json --buffer.dtype=float16",
      'Cannot use "run.json": buffer.dtype: expected float32 | bfloat16, received "float16"',
    ],
    [
      "run.json --hook=pixel",
      `Cannot find hook "pixel": the nearest of the encoder's 1 are "pixels"`,
    ],
    [
      "run.json --buffer.tokens=100",
      "Cannot shuffle in a buffer of 100 tokens: 4 pictures bring 64 and a batch takes 64; write at least 128 for buffer.tokens, or fewer buffer.images",
    ],
    [
      "run.json --evaluate.images=41",
      "Cannot hold 41 pictures out of 80: write a number from 2 to 40 for evaluate.images",
    ],
    [
      "run.json other.json",
      'Cannot train 2 runs at once: received "run.json" and "other.json"; write settings as --key=value',
    ],
    [
      "run.json --sparsifier.k 64",
      "Cannot read --sparsifier.k: it needs a value; write --sparsifier.k=<value>",
    ],
    [
      "--resume",
      "Cannot resume: write --resume runs/<name>, the folder of the run",
    ],
    [
      "--resume runs/none",
      'Cannot resume "runs/none": it is not the folder of a run, since it has no config.json; start the run without --resume',
    ],
    ["none.json", /^Cannot read "none\.json": there is no file .*none\.json$/],
  ];
  for (const [args, message] of typed) {
    await t.step(args, async () => {
      const found = refused(await at.train(args.split(" ")));
      if (typeof message === "string") equal(found, message);
      else match(found, message);
    });
  }
  await t.step("nothing is left behind", async () => {
    const names = await Array.fromAsync(
      Deno.readDir(at.path),
      ({ name }) => name,
    );
    deepEqual(names.sort(), ["dots.js", "run.json", "watcher.js"]);
  });
});

/** An encoder whose width and weights are in a file beside it. */
const wide = `
export default {
  apiVersion: 1,
  kind: "encoder",
  name: "wide",
  description: "A width from a file",
  options: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } },
  async create() {
    const file = new URL("wide.json", import.meta.url);
    const { width, weights, nan } = JSON.parse(await Deno.readTextFile(file));
    const layout = { specials: 0, grid: [4, 4] };
    let calls = 0;
    return {
      hooks: [{ name: "out", width, layout }],
      defaultHook: "out",
      provenance: { weights },
      async encode(images) {
        const data = new Float32Array(images.length * 16 * width);
        images.forEach((image, i) => {
          for (let j = 0; j < 16 * width; j++) {
            data[i * 16 * width + j] = image.data[(j * 37) % image.data.length];
          }
        });
        if (++calls === nan) data[0] = NaN;
        return { out: { data, shape: [images.length, 16, width] } };
      },
      memory: () => 0,
      close: async () => {},
    };
  },
};
`;

Deno.test("train refuses to resume what has changed, and loses nothing", async (t) => {
  await using at = await trainFolder({
    encoder: { use: "./wide.js" },
    train: { tokens: 640, sample: 256 },
  });
  const describe = (json: unknown) =>
    Deno.writeTextFile(join(at.path, "wide.json"), JSON.stringify(json));
  await Deno.writeTextFile(join(at.path, "wide.js"), wide);
  await describe({ width: 8, weights: "one" });
  await at.trainOk(["run.json"]);
  const before = await at.files();
  const state = join(at.path, "runs/a/state/training.safetensors");
  const resume = async (...args: string[]): Promise<string> =>
    refused(await at.train(["--resume=runs/a", ...args]));

  await t.step("another setting on the command line", async () => {
    equal(
      await resume("--sparsifier.k=5"),
      'Cannot resume "runs/a" with other settings: sparsifier.k: 4 → 5; leave them out, or start a new run without --resume',
    );
    equal(
      await resume("run.json", "--seed=9", "--hook=out"),
      'Cannot resume "runs/a" with other settings: seed: 1 → 9; leave them out, or start a new run without --resume',
    );
  });
  await t.step("another setting in the stored file", async () => {
    await at.edit("runs/a/config.json", (json) => json.sparsifier.k = 5);
    match(
      await resume(),
      /^Cannot resume "runs\/a": its settings are not those of the save of step 10 \(hash [0-9a-f]{8}, saved with [0-9a-f]{8}\); undo what was changed in config\.json, or start a new run without --resume$/,
    );
    await at.edit("runs/a/config.json", (json) => json.sparsifier.k = 4);
  });
  await t.step("other weights", async () => {
    await describe({ width: 8, weights: "two" });
    equal(
      await resume(),
      'Cannot resume "runs/a": its encoder had weights one, now it has two',
    );
    equal(
      refused(await at.task("index", ["runs/a"])),
      'Cannot open "runs/a": its encoder had weights one when it was trained, now it has two; put that back, or train it again',
    );
  });
  await t.step("another width", async () => {
    await describe({ width: 9, weights: "one" });
    equal(
      await resume(),
      'Cannot resume "runs/a": its dictionary is for activations of width 8, those at "out" have 9',
    );
    await describe({ width: 8, weights: "one" });
  });
  await t.step("a truncated save", async () => {
    const whole = await Deno.readFile(state);
    await Deno.writeFile(state, whole.subarray(0, whole.length - 9));
    match(
      await resume(),
      /^Cannot read ".*training\.safetensors" as safetensors: tensor ".*" ends at byte \d+, the file has \d+: is it truncated\?; remove the file to begin runs\/a again$/,
    );
    await Deno.writeFile(state, whole);
  });
  await t.step("a folder that is taken", async () => {
    equal(
      refused(await at.train(["run.json"])),
      'Cannot start run "a": runs/a exists; go on with it by --resume runs/a, or write another --name',
    );
  });
  await t.step("all is as it was", async () => {
    await at.trainOk(["--resume=runs/a"]);
    const { "config.json": _, ...files } = await at.files();
    const { "config.json": __, ...wanted } = before;
    deepEqual(files, wanted);
  });
  await t.step("a number that is not finite", async () => {
    await describe({ width: 8, weights: "one", nan: 15 });
    const { code, errors } = await at.train(["run.json", "--name=b"]);
    equal(code, 1);
    match(
      errors,
      /^Cannot go on after step 7: activations at "out" are not finite for "dots\/\d+"; the save of step 7 in ".*b" stands: go on from it with deno task train --resume .*b\n$/,
    );
    await describe({ width: 8, weights: "one" });
    await at.trainOk(["--resume=runs/b"]);
    const { "config.json": _, ...files } = await at.files("b");
    const { "config.json": __, ...wanted } = before;
    deepEqual(files, wanted);
  });
});

Deno.test("train --help shows every setting, slot and plugin", async () => {
  await using at = await trainFolder();
  const help = await at.trainOk(["--help"]);
  for (
    const word of [
      "seed",
      "name",
      "dataset",
      "encoder",
      "hook",
      "tokens",
      "buffer.tokens",
      "buffer.dtype",
      "sparsifier",
      "train.tokens",
      "train.lr",
      "evaluate.images",
      "checkpoint.every",
      "log.every",
      "index.images",
      "engine",
      "scenes",
      "imagenet",
      "patches",
      "vit",
      "theia",
      "batch-top-k",
      "relu-l1",
      "cpu",
      "reference",
    ]
  ) match(help, new RegExp(`^ {2}${word.replace(".", "\\.")} `, "m"));
  equal(await at.trainOk(["-h"]), help);
});

Deno.test("train takes no more memory than it says", async () => {
  await using at = await trainFolder({
    encoder: { use: "patches", imageSize: 128, patchSize: 8, width: 192 },
    buffer: { tokens: 100_000, batch: 2048, images: 16 },
    // Latents that fire differ from step to step, by tens of megabytes.
    sparsifier: { use: "relu-l1", dSae: 4096 },
    train: { tokens: 30_000 },
  });
  const { output, report: { peak } } = await at.watched(["run.json"]);
  const [, said] = output.match(/memory at most (\d+) MiB/)!;
  if (peak === 0) return console.log("No /proc here: peak memory not checked");
  const ratio = peak / 2 ** 20 / Number(said);
  ok(ratio <= 1.1, `${ratio} of what was said, ${said} MiB`);
  // The buffer alone is 75 MiB: what was said is no empty promise either.
  ok(ratio >= 0.4, `${ratio} of what was said, ${said} MiB`);
});
