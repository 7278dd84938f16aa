/** Tests of the list of interventions. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import { chooseLatents } from "../../../../../plugins/probes/depth/why/choose_latents.ts";
import { gather } from "../../../../../plugins/probes/depth/why/gather.ts";
import { conditionsOf } from "../../../../../plugins/probes/depth/why/intervention.ts";
import { interventionsOf } from "../../../../../plugins/probes/depth/why/interventions.ts";
import { candidates } from "../../../../../plugins/probes/depth/why/random_directions.ts";
import { plantedDirection } from "../_planted_world.ts";
import { plantedStudy, plantedTuning } from "./_study.ts";

const study = plantedStudy();
const gathered = await gather(study, study.split.test.slice(0, 3));
const input = {
  study,
  gathered,
  live: {},
  controls: 4,
  doses: [-1, 2],
  candidates: candidates(gathered.sample, study.hook.width, 1),
};
const chosen = chooseLatents({
  codes: gathered.codes!,
  rows: gathered.rows!,
  tuning: plantedTuning(),
  count: 3,
  seed: 1,
});
const direction = { direction: Float32Array.from(plantedDirection), sd: 1 };
const all = interventionsOf({ ...input, chosen, direction });

Deno.test("interventionsOf() lists edits of all patches, of latents and along the probe's direction", () => {
  const said = all.filter(({ role }) => role !== "other").map((each) =>
    [each.role, each.name, each.dose, each.controls.length].join(", ")
  );
  const ofLatent = ["dose, steer, -1, 4", "dose, steer, 2, 4"];
  deepEqual(said, [
    "whole, nothing, NaN, 0",
    "whole, zero all patches, NaN, 0",
    "whole, mean for all patches, NaN, 0",
    "whole, splice, error kept, NaN, 0",
    "whole, splice, NaN, 4",
    "whole, ablate the best together, 1, 4",
    "whole, ablate the best together, 2, 4",
    "whole, ablate the best together, 3, 4",
    ...[ofLatent, ofLatent, ofLatent].flat(),
    ...chosen.asked.map((latent) =>
      `ablation, ablate, NaN, ${chosen.controls.get(latent)!.length}`
    ),
    "whole, project the probe's direction out, NaN, 8",
    "whole, steer along the probe's direction, -1, 0",
    "whole, steer along the probe's direction, 2, 8",
    "swap, near and far patches, NaN, 8",
    "swap, two pictures, NaN, 8",
  ]);
  deepEqual(
    all.filter(({ isFollowed }) => isFollowed).map(({ name }) => name),
    [
      "ablate the best together",
      "project the probe's direction out",
      "near and far patches",
    ],
  );
});

Deno.test("interventionsOf() ablates each latent once, whatever it is a control of", () => {
  const own = new Map(
    all.filter(({ name }) => name === "ablate")
      .map(({ latent, condition }) => [latent!, condition]),
  );
  const wanted = [...chosen.asked, ...chosen.chance, ...chosen.alike];
  deepEqual(new Set(own.keys()), new Set(wanted));
  for (const { controls } of all.filter(({ role }) => role === "ablation")) {
    for (const { latent, condition } of controls) {
      equal(condition, own.get(latent!));
    }
  }
  const conditions = conditionsOf(all);
  equal(new Set(conditions).size, conditions.length);
  ok(all.every(({ condition }) => conditions.includes(condition)));
});

Deno.test("interventionsOf() leaves out what there is no direction and no dictionary for", () => {
  const bare = interventionsOf({
    ...input,
    study: { ...study, dictionary: undefined },
  });
  deepEqual(bare.map(({ name }) => name), [
    "nothing",
    "zero all patches",
    "mean for all patches",
  ]);
});
