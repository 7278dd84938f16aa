/** Tests of the depth probe as a whole, on worlds whose answers are known. @module */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import {
  type Dataset,
  ExampleError,
  type ProbeInput,
  type ProbeResult,
} from "tessera";
import { testProbe } from "tessera/testing";
import plugin, {
  depth,
  type DepthOptions,
} from "../../../plugins/probes/depth/mod.ts";
import {
  dSae,
  plantedHook,
  plantedWorld,
  type PlantedWorldOptions,
} from "./depth/_planted_world.ts";

const small: DepthOptions = {
  parts: "sense,where,who,why",
  images: 60,
  folds: 3,
  hooks: "stream",
  randomEncoders: 0,
  shuffles: 5,
  permutations: 200,
  latents: 6,
  causalImages: 6,
  controls: 4,
};

async function probed(
  world: PlantedWorldOptions,
  options: Partial<DepthOptions> = {},
  change: Partial<ProbeInput> = {},
): Promise<ProbeResult> {
  const probe = depth({ ...small, ...options }, { seed: 1 });
  return await probe.run({ ...plantedWorld(world), ...change });
}

const said = ({ verdict = [] }: ProbeResult): string => verdict.join("\n");

testProbe(
  "depth",
  () => depth({ ...small, images: 24, permutations: 50 }, { seed: 1 }),
  () => plantedWorld({ length: 24 }),
);

Deno.test("depth finds where, by whom and why depth is written", async () => {
  const result = await probed({});
  const { metrics, perLatent, tables } = result;
  match(said(result), new RegExp(RegExp.escape(plantedHook)));
  ok(metrics.where_truth_best_partial_r2!.low! > 0.5);
  const passes = [...perLatent!.passes!.values];
  equal(passes.length, dSae);
  equal(passes[0], 1);
  equal(passes[1], 1);
  const causal = [...perLatent!.causal!.values];
  const most = causal.indexOf(
    causal.reduce((a, b) => b > a || Number.isNaN(a) ? b : a, NaN),
  );
  ok(most < 2, `latent ${most} moves the model's depth most`);
  for (const name of ["where_layers", "who_latents", "why_latents"]) {
    ok(tables![name]!.rows.length > 0, name);
  }
});

Deno.test("depth rejects a model that only knows position: no latent passes, and the verdict says so", async () => {
  const result = await probed({ writes: "position" });
  const passes = [...result.perLatent!.passes!.values];
  equal(passes.filter((value) => value === 1).length, 0);
  ok(result.metrics.where_truth_best_partial_r2!.low! <= 0);
  match(said(result), /not shown|none of/i);
});

Deno.test("depth finds nothing of a target that belongs to other pictures", async () => {
  const result = await probed({ shuffled: true, prior: 0 });
  const { rows } = result.tables!.where_layers!;
  const tokens = rows.filter(({ target }) => target === "truth_log_depth");
  ok(tokens.length > 0);
  for (const { low, features, hook } of tokens) {
    ok(
      Number.isNaN(low) || (low as number) <= 0,
      `${hook}, ${features}: R² is at least ${low}`,
    );
  }
  const passes = [...result.perLatent!.passes!.values];
  equal(passes.filter((value) => value === 1).length, 0);
});

Deno.test("depth runs its parts alone", async () => {
  for (const part of ["sense", "where", "who", "why"]) {
    const { metrics, tables = {}, figures = {}, verdict } = await probed({}, {
      parts: part,
    });
    ok(verdict!.length > 0);
    for (
      const name of [metrics, tables, figures].flatMap((of) => Object.keys(of))
    ) {
      ok(name.startsWith(`${part}_`), `${name} of ${part}`);
    }
  }
});

Deno.test("depth without a true depth takes the model's own, and says so", async () => {
  const result = await probed({ truth: false });
  match(said(result), /does not know the true depth/);
  deepEqual(
    [...new Set(result.tables!.where_layers!.rows.map(({ target }) => target))],
    ["own_log_depth", "own_disparity", "own_rank", "control_task"],
  );
});

Deno.test("depth without a dictionary asks the model alone, and says so", async () => {
  const result = await probed({}, {}, { dictionary: undefined });
  equal(Object.keys(result.perLatent ?? {}).length, 0);
  match(said(result), /no dictionary/);
  ok(result.metrics.where_truth_best_r2!.value > 0.5);
});

/** The planted dataset, with each picture as `change` makes it. */
function changed(
  { dataset }: ProbeInput,
  change: (
    example: Awaited<ReturnType<Dataset["get"]>>,
    index: number,
  ) => Awaited<ReturnType<Dataset["get"]>>,
): Dataset {
  return {
    ...dataset,
    get: async (index) => change(await dataset.get(index), index),
  };
}

Deno.test("depth survives maps that are constant, unknown, or missing", async () => {
  const world = plantedWorld();
  const dataset = changed(world, (example, index) => {
    if (index % 10 === 1) throw new ExampleError(`${index}`, "it is torn");
    if (index % 10 === 2) {
      const { maps: _, ...rest } = example;
      return rest;
    }
    if (index % 10 !== 3 && index % 10 !== 4) return example;
    const depth = example.maps!.depth!;
    const value = index % 10 === 3 ? NaN : 2;
    return {
      ...example,
      maps: { depth: { ...depth, data: depth.data.map(() => value) } },
    };
  });
  const result = await probed({}, {}, { dataset });
  ok(result.metrics.where_own_best_r2!.value > 0.9);
  for (const [name, { value }] of Object.entries(result.metrics)) {
    ok(Number.isFinite(value), name);
  }
});

/** A world whose depth is `metres` everywhere. */
function flatWorld(metres: number): ProbeInput {
  const world = plantedWorld({ length: 30 });
  const dataset = changed(world, (example) => {
    const depth = example.maps!.depth!;
    const data = depth.data.map(() => metres);
    return { ...example, maps: { depth: { ...depth, data } } };
  });
  return { ...world, dataset };
}

Deno.test("depth that is the same everywhere cannot be found, and nothing falls over", async () => {
  const result = await probed({}, { permutations: 50 }, flatWorld(3));
  for (const [name, { value }] of Object.entries(result.metrics)) {
    ok(Number.isFinite(value), name);
  }
  const passes = [...result.perLatent!.passes!.values];
  equal(passes.filter((value) => value === 1).length, 0);
});

Deno.test("depth that is known nowhere is an error that says so", async () => {
  await rejects(probed({}, { parts: "where" }, flatWorld(NaN)), {
    name: "ConfigError",
    message: /depth/,
  });
});

Deno.test("depth refuses what cannot be asked, and says what would work", async () => {
  const world = plantedWorld();
  const { predictions: _, ...mute } = world.encoder;
  const cases: [Promise<unknown>, RegExp][] = [
    [
      probed({ length: 4 }),
      /^Cannot split 4 pictures into 3 folds and a test: give at least 5 pictures, or write --folds=2/,
    ],
    [
      probed({ truth: false }, {}, { encoder: mute }),
      /^Cannot look for depth: the dataset does not know it and the model does not say it; use a dataset with depth/,
    ],
    [
      probed({}, { hooks: "blocks.7.resid_post" }),
      /^Cannot find hook "blocks\.7\.resid_post": the nearest/,
    ],
    [
      probed({}, { hooks: "depth" }),
      /^Cannot probe "depth": it has no patches, or is a prediction/,
    ],
    [
      probed({}, {}, { hook: "blocks.9.resid_post" }),
      /^Cannot find hook "blocks\.9\.resid_post"/,
    ],
  ];
  for (const [found, message] of cases) {
    await rejects(found, (error: Error) => {
      match(error.message, message);
      equal(error.name, "ConfigError");
      return true;
    });
  }
  await rejects(
    async () =>
      await plugin.create({ ...small, parts: "who,when" }, {
        base: new URL("file:///"),
        seed: 1,
      }),
    /^ConfigError: Cannot run part "when" of the depth probe: write some of sense,where,who,why, with commas between$/,
  );
});
