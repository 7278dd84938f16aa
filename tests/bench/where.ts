// deno-lint-ignore-file no-console
/**
 * The cost of the depth probe's part `where` relative to encoding alone, on all
 * block hooks of DeiT-Tiny and 200 RGB-D frames:
 * `deno run -A tests/bench/where.ts`.
 *
 * Each round times, starting from the files: reading and encoding the frames
 * once at all hooks; `where` with its controls on the same frames, except random
 * weights. Since machines vary, the ratio is taken within a round.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { mapAhead } from "../../core/map_ahead.ts";
import { inGroups } from "../../core/train/split_examples.ts";
import { rgbd } from "../../plugins/datasets/rgbd/mod.ts";
import { vit } from "../../plugins/encoders/vit/mod.ts";
import { reference } from "../../plugins/engines/reference/mod.ts";
import { depthTarget } from "../../plugins/probes/depth/study/depth_target.ts";
import { splitPictures } from "../../plugins/probes/study/split_pictures.ts";
import { where } from "../../plugins/probes/where/mod.ts";
import { median, milliseconds, peakMemory } from "./_median.ts";

const rounds = Number(Deno.args[0] ?? 3), together = 8;
const shared = new URL("../../../shared/", import.meta.url);
const model = "models/deit-tiny-patch16-224";
const frames = "images/rgbd-7scenes-redkitchen-200x320.tar";
for (const path of [model, frames]) {
  if (existsSync(new URL(path, shared))) continue;
  console.log(`Cannot measure: there is no ../shared/${path}`);
  Deno.exit(0);
}

const at = { base: shared };
const dataset = await rgbd({ path: frames }, at);
const encoder = await vit({ model }, at);
const hooks = encoder.hooks.filter(({ name }) => /resid_post$/.test(name));
const indices = Uint32Array.from({ length: dataset.length }, (_, i) => i);
const split = splitPictures(dataset, indices, { folds: 5, test: 0.3, seed: 1 });
const study = {
  dataset,
  encoder,
  engine: reference(),
  hook: hooks[6]!,
  split,
  target: depthTarget({ encoder, truth: true }),
  seed: 1,
};

const times: [alone: number, whole: number][] = [];
for (let round = -1; round < rounds; round++) {
  const alone = await milliseconds(encodeAll);
  const whole = await milliseconds(() =>
    where(study, { hooks, shuffles: 3, randomEncoders: 0, together })
  );
  if (round >= 0 || rounds === 0) times.push([alone, whole]);
}
await encoder.close();
await dataset.close?.();

const of = (pick: (pair: [number, number]) => number) =>
  median(times.map(pick));
console.log(`DeiT-Tiny, ${hooks.length} hooks, ${dataset.length} RGB-D frames
  read and encoded  ${of(([alone]) => alone / 1000).toFixed(1)} s
  where             ${of(([, whole]) => whole / 1000).toFixed(1)} s: ${
  of(([alone, whole]) => whole / alone).toFixed(2)
} ×
  peak memory       ${peakMemory().toFixed(0)} MiB`);

/** Reads and encodes every frame once, the next ones ahead. */
async function encodeAll(): Promise<void> {
  const decoded = mapAhead(
    inGroups(indices, together),
    2,
    (group) => Promise.all(group.map((index) => dataset.get(index))),
  );
  for await (const examples of decoded) {
    const images = examples.map(({ image }) => image);
    await encoder.encode(images, hooks.map(({ name }) => name));
  }
}
