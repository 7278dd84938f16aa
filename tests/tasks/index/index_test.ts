// deno-lint-ignore-file no-console
/** Tests of `deno task index`. @module */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { readLatentIndex } from "../../../core/latents/read_latent_index.ts";
import { trainFolder } from "../_train_process.ts";

Deno.test("index finds what shows each latent of a trained run", async (t) => {
  await using at = await trainFolder({ index: { images: 0 } });
  await at.trainOk(["run.json"]);
  const folder = join(at.path, "runs/a/index");
  const index = async (...args: string[]): Promise<string> => {
    const { code, output, errors } = await at.task("index", args);
    equal(code, 0, output + errors);
    return output;
  };
  await t.step("with options", async () => {
    const output = await index(
      "runs/a",
      "--images=30",
      "--top=3",
      "--chance=2",
      "--perImage=2",
      "--neighbours=4",
      "--label=colour",
    );
    match(output, /^runs\/a: 30 pictures; memory at most \d+ MiB\n/);
    match(output, /\nindexed 64 latents on 480 tokens of 30 pictures in /);
    match(
      output,
      /\nno picture has the label "colour": purity is not measured\n/,
    );
    const { info } = await readLatentIndex(folder);
    deepEqual({ ...info, run: info.run.length }, {
      version: 1,
      run: 64,
      dSae: 64,
      grid: [4, 4],
      images: 30,
      skipped: 0,
      tokens: 480,
      slots: { top: 3, chance: 2 },
      neighbours: 4,
      label: null,
    });
  });
  await t.step("again, in its place", async () => {
    match(await index("runs/a"), /\nnext: deno task serve runs\/a\n$/);
    const { info } = await readLatentIndex(folder);
    equal(info.images, 80);
    deepEqual(info.slots, { top: 16, chance: 8 });
  });
  const typed: [args: string, message: string][] = [
    ["", "Cannot index without a run: write deno task index runs/<name>"],
    [
      "runs/a runs/b",
      "Cannot index with 2 runs at once: write deno task index runs/<name>",
    ],
    [
      "runs/a --image=3",
      "Cannot use --image: options are --images, --top, --chance, --perImage, --neighbours, --label and --trust-plugins",
    ],
    [
      "runs/a --images=0",
      "Cannot use --images=0: it must be a whole number above 0",
    ],
    [
      "runs/a --top=x",
      "Cannot use --top=x: it must be a whole number above 0",
    ],
    [
      "runs/b",
      'Cannot open "runs/b": it is not the folder of a run, since it has no config.json; write runs/<name>',
    ],
  ];
  for (const [args, message] of typed) {
    await t.step(`refuses: ${args}`, async () => {
      const words = args.split(" ").filter((word) => word !== "");
      const { code, errors, output } = await at.task("index", words);
      equal(code, 1, output);
      equal(errors, `${message}\n`);
    });
  }
});

Deno.test("index takes no more memory than it says", async () => {
  await using at = await trainFolder({
    encoder: { use: "patches", imageSize: 128, patchSize: 8, width: 192 },
    buffer: { tokens: 8192, batch: 2048, images: 16 },
    sparsifier: { use: "batch-top-k", dSae: 8192, k: 32 },
    train: { tokens: 4096, sample: 2048 },
    index: { images: 0 },
  });
  await at.trainOk(["run.json"]);
  const report = join(at.path, "report.json");
  const { code, output, errors } = await at.task("index", ["runs/a"], {
    REPORT: report,
  });
  equal(code, 0, output + errors);
  const { peak } = JSON.parse(await Deno.readTextFile(report));
  const [, said] = output.match(/memory at most (\d+) MiB/)!;
  if (peak === 0) return console.log("No /proc here: peak memory not checked");
  const ratio = peak / 2 ** 20 / Number(said);
  ok(ratio <= 1.1, `${ratio} of what was said, ${said} MiB`);
  ok(ratio >= 0.4, `${ratio} of what was said, ${said} MiB`);
});
