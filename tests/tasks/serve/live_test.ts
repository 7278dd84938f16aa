/** Tests of the models behind the pages: opened when asked, one question at a time, closed again. @module */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { builtins } from "../../../plugins/mod.ts";
import {
  colorOf,
  mapPng,
  placeIn,
} from "../../../tasks/serve/live/color_map.ts";
import { openContext } from "../../../tasks/serve/context.ts";
import { anyPlugin } from "./_any_plugin.ts";
import { jobQueue } from "../../../tasks/serve/live/job_queue.ts";
import { goldenRun } from "./_golden_run.ts";

Deno.test("jobQueue() runs one job at a time, and skips those that nobody waits for", async () => {
  const queue = jobQueue(3), done: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const job = (name: string, wait?: Promise<void>) => async () => {
    done.push(`${name} begins`);
    await wait;
    done.push(`${name} ends`);
  };
  const first = queue.add(job("a", promise));
  const left = new AbortController();
  const second = queue.add(job("b"), left.signal);
  const third = queue.add(job("c"));
  left.abort();
  await rejects(second, /nobody waits/);
  await rejects(queue.add(job("d"), left.signal), /nobody waits/);
  resolve();
  await Promise.all([first, third]);
  deepEqual(done, ["a begins", "a ends", "c begins", "c ends"]);
});

Deno.test("jobQueue() refuses what would wait too long, and goes on after a failure", async () => {
  const queue = jobQueue(1);
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = queue.add(() => promise);
  const second = queue.add(() => {
    throw new RangeError("no");
  });
  await rejects(queue.add(() => Promise.resolve()), /1 other request waits/);
  const last = queue.last(() => Promise.resolve());
  resolve();
  await first;
  await rejects(second, /no/);
  await last;
  equal(await queue.add(() => Promise.resolve(3)), 3);
});

Deno.test("openLiveModels() keeps two runs open and answers three", async () => {
  const root = await Deno.makeTempDir();
  for (const name of ["a", "b", "c"]) {
    await goldenRun(root, name);
  }
  const context = await openContext(root, builtins, root, anyPlugin);
  try {
    const { models, store } = context;
    const ask = async (name: string) =>
      await models.ask(
        await store.run(name),
        undefined,
        (model) => Promise.resolve([model.dSae, model.canSteer]),
      );
    for (const name of ["a", "b", "c", "a"]) {
      deepEqual(await ask(name), [32, true]);
    }
    // All at once, more than can be open.
    const all = await Promise.all(["a", "b", "c", "b", "a"].map(ask));
    equal(all.length, 5);
    const run = await store.run("a");
    await rejects(
      models.ask(run, undefined, () => Promise.reject(new Error("burst"))),
      (error: Error) => {
        equal(error.name, "Problem");
        match(error.message, /Cannot run the model of "a": burst/);
        return true;
      },
    );
    deepEqual(await ask("a"), [32, true]);
  } finally {
    await context.models.close();
    await context.pictures.close();
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("colorOf() has a light middle and two sides that are told apart by more than hue", () => {
  equal(colorOf("blueOrange", 0.5), "#f3f2ef");
  equal(colorOf("blueOrange", -1), colorOf("blueOrange", 0));
  equal(placeIn({ low: 2, high: 4 }, 3), 0.5);
  equal(placeIn({ low: 2, high: 2 }, 2), 0.5);
  const light = (place: number): number => {
    const hex = colorOf("blueOrange", place);
    const [r, g, b] = [1, 3, 5].map((at) =>
      parseInt(hex.slice(at, at + 2), 16)
    );
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  for (const side of [[0, 0.5], [1, 0.5]] as const) {
    const steps = Array.from(
      { length: 11 },
      (_, i) => light(side[0] + (side[1] - side[0]) * i / 10),
    );
    ok(steps.every((one, i) => i === 0 || one > steps[i - 1]!), String(steps));
  }
});

Deno.test("mapPng() leaves cells transparent that are not finite", async () => {
  const { default: sharp } = await import("sharp");
  const png = await mapPng(
    { data: [0, NaN, 1, Infinity], width: 2, height: 2 },
    { map: "viridis", low: 0, high: 1 },
  );
  const { data } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  deepEqual([3, 7, 11, 15].map((at) => data[at]), [255, 0, 255, 0]);
  deepEqual([...data.subarray(0, 3)], [68, 1, 84]);
});
