/** Tests of edits by one way alone, on the model of this repository. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import { depthNano } from "../../../../../plugins/encoders/depth_nano.ts";
import { scenes } from "../../../../../plugins/datasets/scenes/mod.ts";
import type { DepthStudy } from "../../../../../plugins/probes/depth/study/depth_study.ts";
import { projection } from "../../../../../plugins/probes/depth/why/edits.ts";
import { measure } from "../../../../../plugins/probes/depth/why/measure.ts";
import { tapOf } from "../../../../../plugins/probes/depth/why/causal_paths.ts";
import { directionsByChance } from "../../../../../plugins/probes/depth/why/random_directions.ts";
import type { Condition } from "../../../../../plugins/probes/depth/why/condition.ts";
import type { Intervention } from "../../../../../plugins/probes/depth/why/intervention.ts";
import { plantedStudy } from "./_study.ts";

const here = { base: new URL("./", import.meta.url) };

Deno.test("measure() follows an edit of depth-nano by the residual stream and by the tap", async () => {
  const encoder = await depthNano({ size: 64 }, here);
  try {
    const dataset = scenes({
      length: 2,
      width: 64,
      height: 64,
      samples: 1,
      seed: 1,
    });
    const hook = encoder.hooks.find(({ name }) =>
      name === "blocks.4.resid_post"
    )!;
    const prediction = encoder.predictions![0]!;
    const at = encoder.hooks.find(({ name }) => name === prediction.hook)!;
    const [direction] = directionsByChance(hook.width, 1, 4);
    const projected = projection(
      hook,
      direction!,
      new Float32Array(hook.width),
    );
    const none: Condition = { edit: (x) => x };
    const study = { ...plantedStudy(), encoder, dataset, hook, prediction };
    const found = await measure({
      study: study as DepthStudy,
      model: { encoder: { ...encoder, pause: encoder.pause! }, prediction, at },
      pictures: Uint32Array.of(0, 1),
      interventions: [
        followed("nothing", none),
        followed("projected", projected),
      ],
      live: {},
    });
    equal(found.tap, "feat.2");
    // An edit of nothing changes nothing, to the bit, by whatever way.
    deepEqual([...found.effects.get(none)!.absolute], [0, 0]);
    const by = (path: string, name = "projected") =>
      found.paths.find((each) => each.path === path && each.name === name)!
        .effects.absolute;
    for (const path of ["both", "residual", "tap"]) {
      deepEqual([...by(path, "nothing")], [0, 0]);
    }
    const whole = found.effects.get(projected)!.absolute;
    for (const picture of [0, 1]) {
      const [both, residual, tap] = ["both", "residual", "tap"].map((path) =>
        by(path)[picture]!
      ) as [number, number, number];
      ok(residual > 0 && tap > 0 && residual !== tap);
      ok(Math.abs(both - whole[picture]!) < 1e-4 * both, "both are the edit");
      ok(both < (residual + tap) * 2);
    }
    ok(found.sd > 0);
    equal(found.maps.get("clean")!.length, 64);
    // The stream after block 3 is read by the next block alone.
    const { image } = await dataset.get(0);
    equal(
      await tapOf({ encoder: { ...encoder, pause: encoder.pause! } }, {
        name: "blocks.3.resid_post",
      }, image),
      undefined,
    );
  } finally {
    await encoder.close();
  }
});

function followed(name: string, condition: Condition): Intervention {
  const role = "whole", dose = NaN, isFollowed = true;
  return { role, name, dose, condition, controls: [], isFollowed };
}
