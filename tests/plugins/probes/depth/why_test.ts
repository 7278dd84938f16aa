/** Tests of the causal part of the depth probe, on models whose cause is known. @module */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { evenly, type Table } from "tessera";
import { readPictures } from "../../../../plugins/probes/study/pictures.ts";
import type { PartResult } from "../../../../plugins/probes/study/study.ts";
import type { DepthStudy } from "../../../../plugins/probes/depth/study/depth_study.ts";
import {
  why,
  type WhyOptions,
} from "../../../../plugins/probes/depth/why/mod.ts";
import { plantedDirection, plantedHook, side } from "./_planted_world.ts";
import { plantedStudy, plantedTuning } from "./why/_study.ts";

const options: WhyOptions = {
  latents: 4,
  images: 6,
  controls: 4,
  doses: [-2, -1, 1, 2],
};
const gain = 8, cells = side * side;

const passes = new Uint8Array(24);
passes[0] = passes[1] = 1;
const study = plantedStudy();
const found = await why(study, plantedTuning(passes), options);

Deno.test("why() measures the ablation of a planted latent as worked out by hand", async () => {
  const along = await components(study);
  const clean = along.map((of) => of.map(disparity));
  const sd = spread(clean.flat());
  // Latent 0 adds what is over the mean of half the gain, and nothing below.
  const changes = along.map((of) =>
    of.map((a) => disparity(Math.min(a, gain / 2)) - disparity(a))
  );
  const row = latentRow(found, 0, "ablate");
  near(row.effect, mean(changes.flat().map(Math.abs)) / sd);
  const inside = changes.flat().filter((_, i) => along.flat()[i]! > gain / 2);
  near(row.inside, mean(inside.map(Math.abs)) / sd);
  near(row.signed, mean(inside) / sd);
  equal(row.outside, 0);
  equal(row.n_tokens, inside.length);
  ok(Number(row.low) < Number(row.effect));
  ok(Number(row.effect) < Number(row.high));
  equal(row.clears, 1);
});

Deno.test("why() steers by doses of the spread of a latent's value where it fires", async () => {
  const all = await components(study);
  const clean = all.flat().map(disparity);
  const values = all.flat().map((a) => a - gain / 2).filter((v) => v > 0);
  const step = 2 * spread(values);
  const changes = all.flat().map((a) =>
    a > gain / 2 ? disparity(a + step) - disparity(a) : 0
  );
  const row = latentRow(found, 0, "steer", 2);
  near(row.effect, mean(changes.map(Math.abs)) / spread(clean));
  equal(row.outside, 0);
  const slopes = table(found, "why_doses").rows.filter((row) =>
    row.latent === 0 && row.direction === "its decoder row"
  );
  equal(slopes.length, options.doses.length);
  ok(slopes.every(({ monotone }) => monotone === 1));
  ok(Number(slopes[0]!.slope_high) < 0, "farther is less inverse depth");
});

Deno.test("why() finds nothing in latents that the model does not read", () => {
  const { rows } = table(found, "why_latents");
  const others = rows.filter(({ latent, condition }) =>
    condition === "ablate" && Number(latent) > 1
  );
  equal(others.length, 2);
  for (const { effect, clears } of others) {
    ok(Number(effect) < 1e-6);
    equal(clears, 0);
  }
  const { depth_causal, depth_causal_control } = found.perLatent!;
  near(depth_causal!.values[0]!, Number(latentRow(found, 0, "ablate").effect));
  ok(depth_causal_control!.values[0]! < 1e-6);
  ok(Number.isNaN(depth_causal_control!.values[23]!));
});

Deno.test("why() swaps the depth of patches and of pictures with the planted direction", () => {
  const { rows } = table(found, "why_pairs");
  deepEqual(rows.map(({ between }) => between), [
    "near and far patches",
    "two pictures",
  ]);
  for (const row of rows) {
    near(row.moved, 1, 1e-3);
    ok(Number(row.control_p95) < 0.5);
    equal(row.clears, 1);
  }
});

Deno.test("why() edits groups, all patches and nothing", () => {
  const { rows } = table(found, "why_conditions");
  const named = (name: string, dose = NaN) =>
    rows.find((row) => row.condition === name && Object.is(row.dose, dose))!;
  equal(named("nothing").effect, 0);
  equal(named("splice, error kept").effect, 0);
  // The dictionary rebuilds the one direction that is read.
  ok(Number(named("splice").effect) < 1e-5);
  ok(Number(named("splice").control_mean) > 1e-3);
  near(named("splice").loss_recovered, 1, 1e-6);
  equal(named("mean for all patches").loss_recovered, 0);
  ok(Number(named("mean for all patches").abs_rel) > 0);
  // Both planted latents: nothing of depth is left.
  const both = named("ablate the best together", 2);
  ok(Number(both.effect) > 0.5);
  equal(both.clears, 1);
  near(
    named("ablate the best together", 4).effect,
    both.effect as number,
    1e-5,
  );
  equal(named("project the probe's direction out").clears, 1);
});

Deno.test("why() claims what was shown, with what was not", () => {
  const verdict = found.verdict.join("\n");
  match(verdict, /^Removing the 4 best tuned latents together changes/);
  match(verdict, /\n2 of these also pass the test of tuning/);
  match(verdict, /\nProjecting the probe's direction out changes/);
  match(verdict, /\nSwapping that one component .* takes their depth 1 /);
  match(verdict, /read by the next block alone/);
  match(verdict, /\nNot shown: whether the model needs what was edited/);
  ok(found.verdict.every((sentence) => !sentence.endsWith(".")));
});

Deno.test("why() names its parts, keeps its numbers finite and its figures whole", () => {
  const { metrics, figures, tables } = found;
  for (const named of [metrics, figures!, tables!]) {
    ok(Object.keys(named).every((name) => name.startsWith("why_")));
  }
  for (const { value, low = 0, high = 0, meaning } of Object.values(metrics)) {
    ok([value, low, high].every(Number.isFinite));
    ok(!meaning.endsWith("."));
  }
  deepEqual(Object.keys(figures!), ["why_volcano", "why_doses", "why_maps"]);
  for (const { svg } of Object.values(figures!)) {
    match(svg, /^<svg xmlns/);
    ok(!/NaN|undefined|Infinity/.test(svg));
  }
  for (const { columns, rows } of Object.values(tables!)) {
    ok(rows.length > 0);
    const names = Object.keys(columns).sort();
    for (const row of rows) deepEqual(Object.keys(row).sort(), names);
  }
});

Deno.test("why() is the same each time", async () => {
  const again = await why(study, plantedTuning(passes), options);
  equal(JSON.stringify(again), JSON.stringify(found));
});

Deno.test("why() does not take position for depth", async () => {
  const none = new Uint8Array(24);
  const study = plantedStudy({ writes: "position" });
  const found = await why(study, plantedTuning(none), options);
  const verdict = found.verdict.join("\n");
  // The direction does move what the model says, whatever is written there;
  // that it is depth is another claim, and no latent passes for it.
  equal(latentRow(found, 0, "ablate").clears, 1);
  match(
    verdict,
    /Not shown: that they carry depth and not position alone, as none of these passes/,
  );
  ok(!/also pass/.test(verdict));
});

Deno.test("why() edits a direction alone without a dictionary, and measures no truth where there is none", async () => {
  const study = { ...plantedStudy({ truth: false }), dictionary: undefined };
  const found = await why(study, undefined, options);
  deepEqual(Object.keys(found.tables!), [
    "why_conditions",
    "why_pairs",
    "why_null",
  ]);
  equal(found.perLatent, undefined);
  match(found.verdict[0]!, /this hook has no dictionary/);
  match(found.verdict[1]!, /^Projecting the probe's direction out changes/);
  const { rows } = table(found, "why_conditions");
  ok(rows.every(({ abs_rel }) => Number.isNaN(abs_rel)));
  equal(
    rows.find(({ condition }) => /^project/.test(`${condition}`))!.clears,
    1,
  );
});

Deno.test("why() chooses latents by chance where nothing is known of tuning", async () => {
  const found = await why(study, undefined, { ...options, images: 3 });
  match(found.verdict.join("\n"), /4 latents by chance/);
  equal(found.metrics.why_agreement_spearman, undefined);
});

const cannot: [name: string, study: DepthStudy, RegExp][] = [
  ["says no depth", { ...study, prediction: undefined }, /says none/],
  [
    "cannot pause",
    plantedStudy({}, { pause: undefined! }),
    /the encoder cannot pause/,
  ],
  [
    "says depth before the hook",
    {
      ...study,
      prediction: { hook: "embed", kind: "depth", meaning: "inverse depth" },
    },
    /Cannot read "embed" after the pause/,
  ],
];

for (const [name, study, words] of cannot) {
  Deno.test(`why() measures nothing where the encoder ${name}`, async () => {
    const { verdict, metrics, tables } = await why(study, undefined, options);
    equal(verdict.length, 1);
    match(verdict[0]!, words);
    match(verdict[0]!, /^No effects on the model's own depth were measured: /);
    deepEqual([metrics, tables], [{}, undefined]);
  });
}

Deno.test("why() stops when it is told to, and says how far it is", async () => {
  const stop = new AbortController(), said: number[] = [];
  const watched: DepthStudy = {
    ...study,
    signal: stop.signal,
    report({ text, done, total }) {
      if (text !== "editing") return;
      ok(done! <= total!);
      said.push(done!);
      if (said.length === 3) stop.abort(new Error("enough"));
    },
  };
  const error = await why(watched, undefined, options).then(
    () => undefined,
    (error) => error,
  );
  equal(error?.message, "enough");
  equal(said.length, 3);
  deepEqual(said, said.toSorted((a, b) => a - b));
});

/** How long each patch is along the planted direction, picture by picture. */
async function components({ encoder, dataset, split }: DepthStudy) {
  const indices = evenly(split.test.length, options.images)
    .map((i) => split.test[i]!);
  const pictures = await readPictures(dataset, indices);
  const { [plantedHook]: x } = await encoder.encode(
    pictures.map(({ image }) => image),
    [plantedHook],
  );
  const width = plantedDirection.length;
  return pictures.map((_, picture) =>
    Array.from({ length: cells }, (_, cell) => {
      const at = (picture * (cells + 1) + 1 + cell) * width;
      return plantedDirection.reduce(
        (sum, u, d) => sum + u * x!.data[at + d]!,
        0,
      );
    })
  );
}

/** What the planted model says of a patch. */
function disparity(along: number): number {
  return 10 ** (-along / gain);
}

function table({ tables }: PartResult, name: string): Table {
  return tables![name]!;
}

function latentRow(
  found: PartResult,
  latent: number,
  condition: string,
  dose = NaN,
) {
  return table(found, "why_latents").rows.find((row) =>
    row.latent === latent && row.condition === condition &&
    Object.is(row.dose, dose)
  )!;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((x) => (x - middle) ** 2)));
}

function near(found: unknown, expected: number, tolerance = 1e-5): void {
  ok(
    Math.abs(Number(found) - expected) <= tolerance * Math.abs(expected),
    `${found} is not ${expected}`,
  );
}
