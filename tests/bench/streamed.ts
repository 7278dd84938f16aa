// deno-lint-ignore-file no-console
/**
 * The cost of streamed training relative to its two halves:
 * `deno run -A tests/bench/streamed.ts`.
 *
 * A ViT of DeiT-Tiny's size with random weights reads 256 JPEG pictures of
 * scenes. Each round times encoding decoded pictures, stepping on tokens in
 * memory, and a run that does both from files; all per token.
 *
 * @module
 */
import { join } from "node:path";
import sharp from "sharp";
import { randomFrom } from "../../core/random.ts";
import { readRun, resolveRun } from "../../core/run/run_config.ts";
import { makeRunFolder, runFolder } from "../../core/run/run_folder.ts";
import { type OpenRun, openRun } from "../../core/train/open_run.ts";
import { train } from "../../core/train/train.ts";
import { makeTrainer } from "../../core/train/trainer.ts";
import { builtins } from "../../plugins/mod.ts";
import { scenes } from "../../plugins/datasets/scenes/mod.ts";
import { median, milliseconds, peakMemory } from "./_median.ts";
import { writeRandomVit } from "./_random_vit.ts";

const rounds = 5, steps = 60, pictures = 256;

const folder = await Deno.makeTempDir();
await writePictures(join(folder, "pictures"));
await writeRandomVit(join(folder, "model"), {
  width: 192,
  layers: 12,
  heads: 3,
  imageSize: 224,
  patchSize: 16,
});
const settings = [
  "dataset.use=image-folder",
  `dataset.path=${join(folder, "pictures")}`,
  "encoder.use=vit",
  `encoder.model=${join(folder, "model")}`,
  "sparsifier.dSae=4096",
  "evaluate.images=32",
  "checkpoint.every=1000000",
  `train.tokens=${2048 * steps}`,
  // In such a short run the default window would call half of the latents dead.
  "train.deadTokens=1000000000",
];
const resolved = await resolveRun(
  await readRun(undefined, settings, folder),
  builtins,
);
const run = await openRun(resolved);
const { batch } = run.config.buffer;

const encoding: number[] = [], stepping: number[] = [], streamed: number[] = [];
for (let round = 0; round < rounds; round++) {
  encoding.push(await encodeAlone(run));
  stepping.push(await stepAlone(run));
  streamed.push(await streamedRun(run, join(folder, `run-${round}`)));
}
const ratios = streamed.map((time, i) => time / (encoding[i]! + stepping[i]!));
const perToken = (times: readonly number[]): string =>
  `${(1000 * median(times)).toFixed(1)} µs a token`;
console.log(`encoding alone    ${perToken(encoding)}`);
console.log(`stepping alone    ${perToken(stepping)}`);
console.log(
  `streamed training ${perToken(streamed)}: ${
    median(ratios).toFixed(3)
  } × their sum`,
);
console.log(
  `peak memory       ${peakMemory().toFixed(0)} MiB, announced ${
    (run.memory / 2 ** 20).toFixed(0)
  }`,
);
await run.close();
await Deno.remove(folder, { recursive: true });

async function writePictures(path: string): Promise<void> {
  await Deno.mkdir(path);
  const set = scenes({ length: pictures, width: 256, height: 256, samples: 1 });
  for (let i = 0; i < pictures; i++) {
    const { image: { data, width, height } } = await set.get(i);
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 90 }).toFile(join(path, `${i}.jpg`));
  }
}

/** Milliseconds per token of encoding decoded pictures. */
async function encodeAlone(
  { dataset, encoder, hook }: OpenRun,
): Promise<number> {
  const images = await Promise.all(
    Array.from({ length: 16 }, async (_, i) => (await dataset.get(i)).image),
  );
  const [rows, cols] = hook.layout.grid, groups = 20;
  await encoder.encode(images, [hook.name]);
  const time = await milliseconds(async () => {
    for (let i = 0; i < groups; i++) await encoder.encode(images, [hook.name]);
  });
  return time / (groups * images.length * rows * cols);
}

/** Milliseconds per token of training on a batch in memory. */
async function stepAlone(
  { engine, sparsifier, hook, optimiser }: OpenRun,
): Promise<number> {
  const random = randomFrom(1), dModel = hook.width;
  const shape = [batch, dModel];
  const data = Float32Array.from(
    { length: batch * dModel },
    () => random.normal() / Math.sqrt(dModel),
  );
  return await engine.tidy(async () => {
    const params = sparsifier.init({ dModel, sample: { data, shape }, random });
    const trainer = makeTrainer(engine, sparsifier, params, optimiser);
    await trainer.train({ data, shape });
    const time = await milliseconds(async () => {
      for (let i = 0; i < steps; i++) await trainer.train({ data, shape });
    });
    return time / (steps * batch);
  });
}

/** Milliseconds per token of a run, from its tenth step to its last. */
async function streamedRun(run: OpenRun, path: string): Promise<number> {
  const folder = runFolder(path);
  await makeRunFolder(folder);
  let start = 0, end = 0;
  await train(run, {
    folder,
    onEvent(event) {
      if (event.kind !== "step") return;
      if (event.step === 10) start = performance.now();
      end = performance.now();
    },
  });
  return (end - start) / ((steps - 10) * batch);
}
