/** A test of where DeiT-Tiny holds depth, against numbers that another implementation found. @module */
// deno-lint-ignore-file no-console
import { ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { rgbd } from "../../../plugins/datasets/rgbd/mod.ts";
import { vit } from "../../../plugins/encoders/vit/mod.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import { depthTarget } from "../../../plugins/probes/depth/study/depth_target.ts";
import { splitPictures } from "../../../plugins/probes/study/split_pictures.ts";
import { where } from "../../../plugins/probes/where/mod.ts";

const shared = new URL("../../../../shared/", import.meta.url);
const model = "models/deit-tiny-patch16-224";
const frames = "images/rgbd-7scenes-redkitchen-200x320.tar";
const missing = [model, frames].filter((path) =>
  !existsSync(new URL(path, shared))
);
if (missing.length > 0) {
  console.log(
    `where() of DeiT-Tiny is not tested: there is no ../shared/${missing[0]}`,
  );
}

/**
 * R² of the median log depth of 14 × 14 cells in 60 later frames, by probes
 * fitted on 140: what `../shared/models/README.md` says.
 */
const known: readonly [features: string, hook: string, r2: number][] = [
  ["position", "blocks.0.resid_post", 0.545],
  ["pixels + position", "blocks.0.resid_post", 0.578],
  ["tokens", "blocks.0.resid_post", 0.652],
  ["tokens", "blocks.3.resid_post", 0.685],
  ["tokens", "blocks.6.resid_post", 0.685],
  ["tokens", "blocks.9.resid_post", 0.651],
  ["tokens", "blocks.11.resid_post", 0.640],
];

Deno.test({
  name: "where() finds in DeiT-Tiny what another implementation found",
  ignore: missing.length > 0,
  async fn() {
    const at = { base: shared };
    const dataset = await rgbd({ path: frames }, at);
    const encoder = await vit({ model }, at);
    try {
      const all = Uint32Array.from({ length: dataset.length }, (_, i) => i);
      const options = { folds: 5, test: 0.3, seed: 1 };
      const names = new Set(known.map(([, hook]) => hook));
      const hooks = encoder.hooks.filter(({ name }) => names.has(name));
      const found = await where({
        dataset,
        encoder,
        engine: reference(),
        hook: hooks[0]!,
        split: splitPictures(dataset, all, options),
        target: depthTarget({ encoder, truth: true }),
        seed: 1,
      }, { hooks, shuffles: 0, randomEncoders: 0 });
      const { rows } = found.tables!.where_layers!;
      for (const [features, hook, r2] of known) {
        const row = rows.find((row) =>
          row.features === features && row.hook === hook &&
          row.target === "truth_log_depth"
        )!;
        const near = Math.abs(row.r2 as number - r2) <= 0.02;
        ok(near, `${features} at ${hook}: R² ${row.r2}, known is ${r2}`);
      }
      ok(found.metrics.where_truth_best_partial_r2!.low! > 0.1);
    } finally {
      await encoder.close();
      await dataset.close?.();
    }
  },
});
