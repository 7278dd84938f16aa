/** Tests of where depth can be read, in worlds where that is known. @module */
import { equal, match, notEqual, ok, rejects } from "node:assert/strict";
import type { Dataset, Encoder } from "tessera";
import { probeDirection } from "../../../plugins/probes/where/probe_direction.ts";
import {
  depthTarget,
  depthWords,
} from "../../../plugins/probes/depth/study/depth_target.ts";
import type { MainTarget } from "../../../plugins/probes/study/target.ts";
import { splitPictures } from "../../../plugins/probes/study/split_pictures.ts";
import type { DepthStudy } from "../../../plugins/probes/depth/study/depth_study.ts";
import { where, type WhereResult } from "../../../plugins/probes/where/mod.ts";
import { spread } from "../../../plugins/probes/where/read_cells.ts";
import {
  hooks,
  plantedDirection,
  plantedEncoder,
  plantedHook,
  plantedWorld,
  type PlantedWorldOptions,
} from "./depth/_planted_world.ts";

type Row = Readonly<Record<string, string | number>>;

/** What all but the depth's own hook are. */
const read = hooks.slice(0, 4);

function studyOf(
  options: PlantedWorldOptions,
  changed: { dataset?: Dataset; encoder?: Encoder } = {},
): DepthStudy {
  const { dataset, encoder, heldOut, engine } = {
    ...plantedWorld(options),
    ...changed,
  };
  const known = {
    encoder,
    truth: options.truth ?? true,
    prediction: encoder.predictions?.[0],
  };
  return {
    ...known,
    dataset,
    engine,
    hook: hooks.find(({ name }) => name === plantedHook)!,
    split: splitPictures(dataset, heldOut, { folds: 4, test: 0.3, seed: 1 }),
    target: depthTarget(known),
    seed: 1,
  };
}

function run(study: DepthStudy, randomEncoders = 0): Promise<WhereResult> {
  return where(study, { hooks: read, shuffles: 2, randomEncoders });
}

function rows({ tables }: WhereResult, sought: Row): Row[] {
  return tables!.where_layers!.rows.filter((row) =>
    Object.entries(sought).every(([name, value]) => row[name] === value)
  );
}

/** The same world with maps of depth that `change` makes of its own. */
function withDepth(
  dataset: Dataset,
  change: (data: Float32Array, index: number) => Float32Array | undefined,
): Dataset {
  return {
    ...dataset,
    async get(index) {
      const { maps, ...example } = await dataset.get(index);
      const data = change(maps!.depth!.data, index);
      return {
        ...example,
        ...data && { maps: { depth: { ...maps!.depth!, data } } },
      };
    },
  };
}

Deno.test("where() finds the hook where depth is written, and no other", async () => {
  const found = await run(studyOf({}));
  for (const target of ["truth", "own"] as const) {
    const { hook, numbers, isShown, differences } = found
      .best[`${target}_log_depth`]!;
    equal(hook, plantedHook);
    const { best_partial_r2: partial } = numbers;
    ok(partial.low! > 0.95, `partial R² ${partial.value}`);
    ok(isShown);
    ok(differences.every(({ behind }) => behind.low! > 0.3));
    ok(found.metrics[`where_${target}_best_partial_r2`]!.value > 0.95);
  }
  equal(found.tables!.where_differences!.rows.length, 2 * (read.length - 1));
  const sentences = found.verdict.filter((line) =>
    line.includes(`best at ${plantedHook}, ahead of every other hook`)
  );
  equal(sentences.length, 2, found.verdict.join("\n"));
  ok(
    found.verdict.some((line) =>
      line.includes("does not show that the model uses")
    ),
  );
  ok(found.verdict.some((line) => line.includes("random weights")));
});

Deno.test("where() reads no shuffled target beyond position, and no control task well", async () => {
  const found = await run(studyOf({}));
  const across = rows(found, {
    labels: "shuffled across pictures",
    features: "tokens + position",
    hook: plantedHook,
  });
  equal(across.length, 4);
  for (const { partial_low } of across) ok((partial_low as number) <= 0);
  for (
    const { selectivity } of rows(found, {
      hook: plantedHook,
      features: "tokens",
      target: "truth_log_depth",
      labels: "real",
    })
  ) {
    ok((selectivity as number) > 0.5);
  }
});

Deno.test("where() finds nothing in the depth of other pictures: R² is at most 0 within its interval", async () => {
  const found = await run(studyOf({ shuffled: true, prior: 0 }));
  const best = found.best.truth_log_depth!;
  const { best_r2, best_partial_r2 } = best.numbers;
  ok(best_r2.low! <= 0 && best_partial_r2.low! <= 0);
  equal(best.isShown, false);
  for (
    const row of rows(found, { target: "truth_log_depth", labels: "real" })
  ) {
    ok((row.low as number) <= 0, JSON.stringify(row));
  }
  ok(
    found.verdict.some((line) =>
      line.startsWith("No hook was shown to hold the true depth")
    ),
  );
});

Deno.test("where() names no hook of a model that only knows position", async () => {
  const found = await run(studyOf({ writes: "position" }));
  const { numbers, isShown } = found.best.truth_log_depth!;
  ok(!(numbers.best_partial_r2.low! > 0));
  equal(isShown, false);
  equal(found.best.own_log_depth!.isShown, false);
  ok(!found.verdict.join("\n").includes(" best at "), found.verdict.join("\n"));
  match(
    found.verdict.join("\n"),
    /itself says beyond position: the place of a cell alone explains/,
  );
});

Deno.test("where() asks only for what the model says where nothing else is known", async () => {
  const found = await run(studyOf({ truth: false }));
  const targets = new Set(
    found.tables!.where_layers!.rows.map(({ target }) => target),
  );
  targets.delete("control_task");
  ok([...targets].every((target) => String(target).startsWith("own_")));
  ok(
    found.verdict.some((line) => line.includes("does not know the true depth")),
  );
  equal(found.best.own_log_depth!.hook, plantedHook);
});

Deno.test("where() leaves out a depth that is the same everywhere", async () => {
  const study = studyOf({});
  const dataset = withDepth(study.dataset, (data) => data.map(() => 2));
  const found = await run({ ...study, dataset });
  equal(found.best.truth_log_depth, undefined);
  equal(found.metrics.where_truth_best_r2, undefined);
  for (
    const { r2 } of rows(found, { target: "truth_log_depth", labels: "real" })
  ) {
    ok(Number.isNaN(r2));
  }
  ok(
    found.verdict.some((line) => line.includes("it is the same in all cells")),
  );
  ok(found.best.own_log_depth!.isShown);
});

Deno.test("where() leaves out unknown cells and pictures without depth, and says when there is nothing", async () => {
  const study = studyOf({});
  const dataset = withDepth(
    study.dataset,
    (data, index) =>
      index % 5 === 0
        ? undefined
        : data.map((metres, i) => i % 24 < 8 ? NaN : metres),
  );
  const found = await run({ ...study, dataset });
  const known = [...study.split.test].filter((index) => index % 5 !== 0);
  equal(found.metrics.where_pictures!.value, known.length);
  const [row] = rows(found, { hook: plantedHook, features: "tokens" });
  equal(row!.cells, known.length * 24);
  ok(found.best.truth_log_depth!.isShown);
  const none = withDepth(study.dataset, (data) => data.map(() => NaN));
  await rejects(run({ ...study, dataset: none }), {
    name: "ConfigError",
    message: /Cannot fit depth probes: in none of these pictures/,
  });
});

Deno.test("where() compares with random weights, and closes them", async () => {
  let closed = 0;
  const encoder: Encoder = {
    ...plantedEncoder("depth"),
    // As good a network as the first: nothing is then shown.
    shuffled: () =>
      Promise.resolve({
        ...plantedEncoder("depth"),
        close: () => (closed++, Promise.resolve()),
      }),
  };
  const found = await run(studyOf({}, { encoder }), 2);
  equal(closed, 2);
  const random = rows(found, {
    weights: "random 2",
    hook: plantedHook,
    features: "tokens + position",
  });
  equal(random.length, 7);
  const { numbers, isShown } = found.best.truth_log_depth!;
  ok(Math.abs(numbers.over_random.value) < 1e-9);
  equal(isShown, false);
  ok(
    found.verdict.some((line) =>
      line.includes("not shown to be more than with random weights")
    ),
  );
});

Deno.test("where() is the same whichever pictures are encoded together, but for the shuffles", async () => {
  const study = studyOf({ length: 24 });
  const options = { hooks: read, shuffles: 0, randomEncoders: 0 };
  const [a, b] = await Promise.all(
    [3, 8].map((together) => where(study, { ...options, together })),
  );
  const [x, y] = [a!, b!].map((found) =>
    rows(found, { features: "tokens", target: "own_log_depth" })
  );
  x!.forEach(({ r2 }, i) =>
    ok(Math.abs((r2 as number) - (y![i]!.r2 as number)) < 1e-6)
  );
});

Deno.test("where() draws its figures from its tables", async () => {
  const { figures, tables } = await run(studyOf({}));
  for (const name of ["where_layers", "where_learning"]) {
    const { svg } = figures![name]!;
    match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    ok(!/NaN|undefined|<script/.test(svg), name);
  }
  for (const words of ["position alone", "control task", plantedHook]) {
    ok(figures!.where_layers!.svg.includes(words), words);
  }
  const learning = tables!.where_learning!.rows;
  equal(learning.length, 2 * 2 * 4);
  ok(
    learning.every(({ pictures }, i) =>
      i % 4 === 0 || pictures! > learning[i - 1]!.pictures!
    ),
  );
});

Deno.test("where() asks for any number that is known of cells, in its words", async () => {
  const { target: _, ...study } = studyOf({});
  const redness: MainTarget = {
    name: "redness",
    short: "red",
    what: "how red a cell is",
    measured: "how red a cell is",
  };
  const found = await run({
    ...study,
    target: {
      ...depthWords(true),
      name: "redness",
      measured: "redness",
      columns: ["redness"],
      main: [redness],
      hooks: [],
      tuned: { column: "redness", hooks: [] },
      cells({ pictures }, at, { layout: { grid: [rows, cols] } }) {
        const { data, width, height } = pictures[at]!.image;
        const cells = Array.from({ length: rows * cols }, (_, i) => {
          const y = Math.floor(i / cols) * height / rows;
          return data[3 * (y * width + (i % cols) * width / cols)]! / 256;
        });
        return {
          values: { redness: Float64Array.from(cells) },
          known: new Uint8Array(cells.length).fill(1),
          edge: new Uint8Array(cells.length),
        };
      },
      caveats: [],
      remedy: "look at pictures",
    },
  });
  ok(found.best.redness!.isShown);
  ok(found.metrics.where_red_best_r2!.value > 0.99);
  match(found.verdict[0]!, /^Linear probes read how red a cell is best at/);
  equal(JSON.stringify(found).match(/depth/i), null);
});

Deno.test("probeDirection() is the direction along which depth is written", async () => {
  const study = studyOf({});
  const found = await probeDirection(study);
  const cosine = found.direction.reduce(
    (sum, v, d) => sum + v * plantedDirection[d]!,
    0,
  );
  ok(Math.abs(cosine) >= 0.9, `cosine ${cosine}`);
  ok(Math.abs(Math.hypot(...found.direction) - 1) < 1e-6);
  ok(found.r2 > 0.95 && found.sd > 0);
  equal(found.target, "own_log_depth");
  const { encoder, truth } = study;
  const target = depthTarget({ encoder, truth });
  equal(
    (await probeDirection({ ...study, target })).target,
    "truth_log_depth",
  );
});

Deno.test("spread() keeps neighbours apart and leaves none out", () => {
  const groups = spread(Uint32Array.from({ length: 20 }, (_, i) => i), 8);
  equal(
    groups.flat().sort((a, b) => a - b).join(),
    [...Array(20).keys()].join(),
  );
  for (const group of groups) {
    ok(group.length <= 8);
    group.forEach((index, i) => notEqual(group[i - 1], index - 1));
  }
});
