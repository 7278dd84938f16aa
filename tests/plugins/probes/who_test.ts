import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { type Dataset, type Dictionary, type Example, findHook } from "tessera";
import { depthTarget } from "../../../plugins/probes/depth/study/depth_target.ts";
import { splitPictures } from "../../../plugins/probes/study/split_pictures.ts";
import type { DepthStudy } from "../../../plugins/probes/depth/study/depth_study.ts";
import { who, type WhoResult } from "../../../plugins/probes/who/mod.ts";
import {
  dSae,
  plantedWorld,
  type PlantedWorldOptions,
} from "./depth/_planted_world.ts";

/** 24 latents: with fewer permutations no p-value would do for two among them. */
const options = { permutations: 600, bins: 10, curves: 4, q: 0.05 };

function studyOf(world: PlantedWorldOptions = {}): DepthStudy {
  const input = plantedWorld(world);
  const split = { folds: 4, test: 0.25, seed: 1 };
  const known = {
    encoder: input.encoder,
    truth: world.truth ?? true,
    prediction: input.encoder.predictions?.[0],
  };
  return {
    ...input,
    ...known,
    hook: findHook(input.encoder, input.hook),
    split: splitPictures(input.dataset, input.heldOut, split),
    target: depthTarget(known),
    seed: 1,
  };
}

/** The same pictures with another depth, from the true one; without any where it gives nothing. */
function withDepth(
  dataset: Dataset,
  change: (metres: Float32Array, index: number) => Float32Array | undefined,
): Dataset {
  return {
    length: dataset.length,
    async get(index): Promise<Example> {
      const { maps, ...example } = await dataset.get(index);
      const data = change(maps!.depth!.data, index);
      return data
        ? { ...example, maps: { depth: { ...maps!.depth!, data } } }
        : example;
    },
  };
}

/**
 * The dictionary without its part in red and green, the key and the cipher of
 * depth: `ReLU(green − red)` is larger at middling depths, so that a latent
 * that reads both does go with depth.
 */
async function withoutCipher(
  { engine, sparsifier, params }: Dictionary,
): Promise<Dictionary> {
  const [, width] = params.W_enc!.shape as [number, number];
  const rows = (await engine.read(params.W_enc!)).slice();
  for (let start = 0; start < rows.length; start += width) {
    rows.fill(0, start, start + 2);
  }
  const W_enc = engine.tensor(rows, params.W_enc!.shape);
  return { engine, sparsifier, params: { ...params, W_enc, W_dec: W_enc } };
}

/** Every metric is a number, and every name one of a file. */
function check({ metrics, tables = {}, figures = {}, verdict }: WhoResult) {
  for (const [name, { value, low = 0, high = 0 }] of Object.entries(metrics)) {
    ok([value, low, high].every(Number.isFinite), name);
  }
  for (const name of Object.keys({ ...metrics, ...tables, ...figures })) {
    match(name, /^who_[a-z0-9_-]+$/i);
  }
  for (const { svg } of Object.values(figures)) {
    match(svg, /^<svg xmlns=/);
    ok(!/NaN|Infinity|undefined/.test(svg));
  }
  for (const sentence of verdict) ok(!sentence.endsWith("."));
}

function passes({ tuning }: WhoResult): Uint8Array {
  return tuning!.passes!;
}

Deno.test("who() finds the planted latents, one each way", async () => {
  const found = await who(studyOf(), options);
  check(found);
  const { spearman, partialEta2 } = found.tuning!;
  deepEqual([...passes(found).subarray(0, 2)], [1, 1]);
  ok(spearman[0]! > 0.9 && spearman[1]! < -0.9);
  ok(partialEta2[0]! > 0.95 && partialEta2[1]! > 0.9);
  // The others lie at right angles to depth; some see its cipher a little.
  const others = partialEta2.subarray(2).filter((eta) => !Number.isNaN(eta));
  ok(Math.max(...others) < 0.1);
  const passed = passes(found).reduce((sum, one) => sum + one, 0);
  ok(passed < dSae / 2);
  equal(found.metrics.who_pass!.value, passed);
  deepEqual([...found.perLatent!.depth_passes!.values], [...passes(found)]);
  equal(found.tables!.who_latents!.rows.length, dSae);
  equal(found.tables!.who_curves!.rows.length, options.curves * options.bins);
  deepEqual(
    found.tables!.who_sources!.rows.map(({ source }) => source),
    ["trained", "neurons", "pca", "random"],
  );
  // Each random direction has a part of the planted one, and so goes with depth.
  match(found.verdict[0]!, /not shown to be a larger share than of .*random/);
  match(found.verdict.at(-1)!, /true depth of 2160 patches of 60 pictures/);
});

Deno.test("who() has curves whose intervals hold their means", async () => {
  const { tables } = await who(studyOf(), { ...options, permutations: 100 });
  const rows = tables!.who_curves!.rows as Record<string, number>[];
  for (const { low, mean, high, from, to } of rows) {
    ok(low! <= mean! && mean! <= high! && from! < to!);
  }
  equal(rows.slice(0, options.bins).reduce((sum, { n }) => sum + n!, 0), 2160);
  ok(Math.abs(rows[0]!.from! - 1) < 0.1);
});

Deno.test("who() passes no latent of a model that knows only the place", async () => {
  const study = studyOf({ writes: "position", prior: 0.7 });
  const dictionary = await withoutCipher(study.dictionary!);
  const found = await who({ ...study, dictionary }, options);
  check(found);
  // By itself the rank correlation with depth is large: depth goes with the row.
  ok(Math.abs(found.tuning!.spearman[0]!) > 0.5);
  ok(found.metrics.who_tested!.value > 4);
  ok(passes(found).every((one) => one === 0));
  match(found.verdict[0]!, /^No latent of 24 was shown to go with depth/);
});

Deno.test("who() passes no latent when the depth is that of other pictures", async () => {
  const found = await who(studyOf({ shuffled: true }), options);
  check(found);
  ok(passes(found).every((one) => one === 0));
  equal(found.metrics.who_share!.value, 0);
  match(found.verdict[0]!, /^No latent/);
});

Deno.test("who() puts any target into its own words", async () => {
  const { target, ...study } = studyOf();
  const words = {
    name: "haze",
    small: ["clear", "clearer"],
    large: ["hazy", "hazier"],
    shown: (measured: number) => measured,
    scale: "as shares",
    source: (of: string) => `Haze is known of ${of}`,
  } as const;
  const { unit: _, ...other } = target, hazy = { ...other, ...words };
  const found = await who({ ...study, target: hazy }, options);
  check(found);
  const said = JSON.stringify(
    [found, found.verdict],
    (_, value) => ArrayBuffer.isView(value) ? [] : value,
  );
  equal(said.match(/depth|metres|nearer|farther/i), null);
  ok("who_clear" in found.metrics && "who_hazy" in found.metrics);
  ok(Object.keys(found.perLatent!).every((name) => name.startsWith("haze_")));
  // It is shown as it was measured, as a logarithm.
  const { preferred } = (await who({ ...study, target }, options)).tuning!;
  const difference = Math.log(preferred[0]!) - found.tuning!.preferred[0]!;
  ok(Math.abs(difference) < 1e-6);
});

Deno.test("who() asks for the model's own depth where no other is known, and says so", async () => {
  const found = await who(studyOf({ truth: false }), options);
  check(found);
  deepEqual([...passes(found).subarray(0, 2)], [1, 1]);
  match(found.verdict.at(-1)!, /the model's own prediction/);
  equal(found.perLatent!.depth_preferred!.unit, undefined);
});

Deno.test("who() says what is missing where there is no depth at all", async () => {
  const study = studyOf({ truth: false });
  const { encoder, truth } = study;
  const target = depthTarget({ encoder, truth });
  const { verdict, metrics } = await who({ ...study, target }, options);
  match(verdict[0]!, /not measured: the dataset knows no depth/);
  deepEqual(metrics, {});
});

Deno.test("who() asks neurons and principal directions where nothing was trained", async () => {
  const { dictionary: _, ...study } = studyOf();
  const found = await who(study, { ...options, permutations: 300 });
  check(found);
  equal(found.tuning, undefined);
  equal(found.perLatent, undefined);
  deepEqual(
    found.tables!.who_sources!.rows.map(({ source }) => source),
    ["neurons", "pca"],
  );
  match(found.verdict[0]!, /nothing was trained here/);
});

Deno.test("who() passes nothing when depth is the same everywhere", async () => {
  const study = studyOf();
  const dataset = withDepth(study.dataset, (metres) => metres.map(() => 2));
  const found = await who({ ...study, dataset }, {
    ...options,
    permutations: 50,
  });
  check(found);
  ok(passes(found).every((one) => one === 0));
});

Deno.test("who() leaves out pictures and patches whose depth is not known", async () => {
  const study = studyOf();
  const dataset = withDepth(
    study.dataset,
    // Every third without a map; of the others the left of the upper rows unknown.
    (metres, index) =>
      index % 3 === 0
        ? undefined
        : metres.map((value, i) => i % 24 < 8 && i < 12 * 24 ? NaN : value),
  );
  const found = await who({ ...study, dataset }, options);
  check(found);
  equal(found.metrics.who_pictures!.value, 40);
  equal(found.metrics.who_patches!.value, 40 * (36 - 6));
  deepEqual([...passes(found).subarray(0, 2)], [1, 1]);
  const none = withDepth(study.dataset, () => undefined);
  const nothing = await who({ ...study, dataset: none }, options);
  match(nothing.verdict[0]!, /no patch of these pictures has a depth/);
});

Deno.test("who() says when permutations are too few for any unit to pass", async () => {
  const { verdict } = await who(studyOf({ shuffled: true }), {
    ...options,
    permutations: 20,
  });
  ok(verdict.some((words) => /20 permutations are too few/.test(words)));
});

Deno.test("who() stops soon when told to", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await rejects(who({ ...studyOf(), signal }, options), /enough/);
});
