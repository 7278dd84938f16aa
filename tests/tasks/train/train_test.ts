// deno-lint-ignore-file no-console
/** Tests of `deno task train`: what it prints, writes and refuses. @module */
import { deepEqual, equal, match, notDeepEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { refused, trainFolder } from "../_train_process.ts";

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
      "Cannot hold out 41 of 80 pictures: write a number from 2 to 40 for evaluate.images",
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
  // The buffer alone is 75 MiB: the figure must not be far too large either.
  ok(ratio >= 0.4, `${ratio} of what was said, ${said} MiB`);
});
