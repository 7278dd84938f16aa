/** Tests of whole toy runs. @module */
import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import {
  makeRunFolder,
  type RunFolder,
  runFolder,
} from "../../../core/run/run_folder.ts";
import type { TrainResults } from "../../../core/train/measure_trained.ts";
import { train } from "../../../core/train/train.ts";
import type {
  TrainEvent,
  TrainOptions,
} from "../../../core/train/training_session.ts";
import { readState } from "../../../core/train/training_state.ts";
import { openToy, toyDataset, toyEncoder } from "../_toy_run.ts";

type Toy = Parameters<typeof openToy>;

async function inRunFolder(
  body: (folder: RunFolder) => Promise<void>,
): Promise<void> {
  const folder = runFolder(await Deno.makeTempDir());
  await makeRunFolder(folder);
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder.path, { recursive: true });
  }
}

/** Resumes or starts the run in `folder`, as a new process would. */
async function goOn(
  folder: RunFolder,
  [settings, parts]: Toy,
  options: Partial<TrainOptions> = {},
): Promise<TrainResults | undefined> {
  const run = await openToy(settings, parts);
  const resume = await Deno.stat(folder.state).then(
    () => readState(folder.state),
    () => undefined,
  );
  return await train(run, { folder, ...resume && { resume }, ...options });
}

/** Everything in the run's folder, by path. */
async function files(folder: RunFolder): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const walk = async (path: string, at: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (isDirectory) await walk(join(path, name), `${at}${name}/`);
      else {
        const bytes = await Deno.readFile(join(path, name));
        found[at + name] = bytes.toBase64();
      }
    }
  };
  await walk(folder.path, "");
  return found;
}

/** The files of an uninterrupted run. */
async function whole(...toy: Toy): Promise<Record<string, string>> {
  let found: Record<string, string> = {};
  await inRunFolder(async (folder) => {
    ok(await goOn(folder, toy));
    found = await files(folder);
  });
  return found;
}

/** A signal, and a listener that aborts it at an event. */
function stopWhen(
  is: (event: TrainEvent) => boolean,
): Required<Pick<TrainOptions, "signal" | "onEvent">> {
  const stop = new AbortController();
  return {
    signal: stop.signal,
    onEvent: (event) => {
      if (is(event)) stop.abort();
    },
  };
}

const { split } = await openToy();

/** Pictures that cannot be decoded, in each part of the split. */
const torn = [split.test[1]!, split.calibrate[2]!, ...split.train.slice(3, 8)];

/** A run with pictures that cannot be decoded, in bfloat16, clipped, trained on specials too. */
const hardest: Toy = [
  {
    tokens: "all",
    buffer: { tokens: 96, images: 3, dtype: "bfloat16" },
    train: { clip: 0.5, deadTokens: 40 },
  },
  {
    dataset: toyDataset(40, torn),
    encoder: toyEncoder({ specials: 1 }),
  },
];

Deno.test("train() learns, logs and writes what it measured", async () => {
  await inRunFolder(async (folder) => {
    const events: TrainEvent[] = [];
    const results = await goOn(folder, [{ train: { tokens: 3200 } }], {
      onEvent: (event) => void events.push(event),
    });
    ok(results);
    ok(results.fvu < 0.35, `${results.fvu}`);
    ok(results.l0 > 1 && results.l0 < 4, `${results.l0}`);
    ok(results.threshold! > 0);
    equal(results.steps, 200);
    equal(results.trainedTokens, 3200);
    equal(results.tokens, 16);
    equal(results.images, 4);
    equal(results.skippedImages, 0);
    const text = await Deno.readTextFile(folder.results);
    deepEqual(JSON.parse(text), results);
    const lines = (await Deno.readTextFile(folder.metrics)).trim().split("\n")
      .map((line) => JSON.parse(line));
    deepEqual(
      lines.map(({ step }) => step),
      Array.from({ length: 40 }, (_, i) => 5 * i + 5),
    );
    deepEqual(Object.keys(lines[0]).slice(0, 7), [
      "step",
      "tokens",
      "loss",
      "fvu",
      "l0",
      "dead",
      "lr",
    ]);
    equal(lines[3].tokens, 320);
    equal(lines[3].l0, 2);
    ok(lines.at(-1).fvu < 0.7 * lines[0].fvu);
    // The results' FVU and the log's are comparable.
    ok(Math.abs(results.fvu - lines.at(-1).fvu) < 0.2);
    const kinds = [...new Set(events.map(({ kind }) => kind))];
    deepEqual(kinds, ["filling", "step", "saved", "measuring"]);
    equal(Object.keys(await files(folder)).includes("skipped.json"), false);
  });
});

Deno.test("train() gives the same bytes for the same seed, and others for another", async () => {
  const [first, again, other] = [
    await whole({ seed: 5 }),
    await whole({ seed: 5 }),
    await whole({ seed: 6 }),
  ];
  deepEqual(again, first);
  deepEqual(Object.keys(first).sort(), [
    "checkpoint/cfg.json",
    "checkpoint/sae_weights.safetensors",
    "metrics.jsonl",
    "results.json",
    "state/training.safetensors",
  ]);
  for (
    const file of ["checkpoint/sae_weights.safetensors", "metrics.jsonl"]
  ) notEqual(other[file], first[file]);
});

for (const [what, toy] of [["plain", [{}]], ["hard", hardest]] as const) {
  Deno.test(`train() stopped at any step and resumed ends with the same bytes, ${what}`, async () => {
    const wanted = await whole(...toy as Toy);
    for (const at of [1, 5, 6, 7, 8, 14, 29]) {
      await inRunFolder(async (folder) => {
        const stop = stopWhen((event) =>
          event.kind === "step" && event.step === at
        );
        equal(await goOn(folder, toy as Toy, stop), undefined);
        equal((await readState(folder.state)).step, at);
        ok(await goOn(folder, toy as Toy));
        deepEqual(await files(folder), wanted, `stopped after step ${at}`);
      });
    }
  });

  Deno.test(`train() stopped after every step ends with the same bytes, ${what}`, async () => {
    await inRunFolder(async (folder) => {
      let times = 0;
      for (;; times++) {
        const stop = stopWhen(({ kind }) => kind === "step");
        if (await goOn(folder, toy as Toy, stop)) break;
      }
      // Once per step; the last stop interrupts the measuring.
      equal(times, 30);
      deepEqual(await files(folder), await whole(...toy as Toy));
    });
  });
}

Deno.test("train() lists pictures that could not be decoded, including held-out ones", async () => {
  await inRunFolder(async (folder) => {
    const results = await goOn(folder, hardest);
    equal(results!.skippedImages, 7);
    const list = JSON.parse(await Deno.readTextFile(folder.skipped));
    deepEqual(
      Object.keys(list).sort(),
      torn.map((index) => `toy/${index}`).sort(),
    );
    equal(list[`toy/${torn[0]}`], "it is torn");
    equal(results!.skipped, 1);
    equal(results!.images, 3);
  });
});

Deno.test("train() reports each picture that could not be decoded once", async () => {
  await inRunFolder(async (folder) => {
    const told: string[] = [];
    await goOn(folder, hardest, {
      onEvent: (event) => {
        if (event.kind === "skipped") told.push(event.id);
      },
    });
    equal(told.length, 7);
    equal(new Set(told).size, 7);
  });
});

Deno.test("train() stopped before the first step or while measuring saves nothing, and can resume", async () => {
  const wanted = await whole({});
  for (const kind of ["filling", "measuring"]) {
    await inRunFolder(async (folder) => {
      const stop = stopWhen((event) => event.kind === kind);
      equal(await goOn(folder, [{}], stop), undefined);
      const found = Object.keys(await files(folder));
      equal(found.includes("state/training.safetensors"), kind !== "filling");
      equal(found.includes("results.json"), false);
      ok(await goOn(folder, [{}]));
      deepEqual(await files(folder), wanted);
    });
  }
});

Deno.test("train() of a finished run measures it again, to the same bytes", async () => {
  await inRunFolder(async (folder) => {
    const first = await goOn(folder, [{}]), before = await files(folder);
    deepEqual(await goOn(folder, [{}]), first);
    deepEqual(await files(folder), before);
  });
});

/** A toy run in which picture `index` has a number that is not finite. */
function notFinite(value: number, index: number): Toy {
  const change = (tokens: Float32Array, at: number) => {
    if (at === index) tokens[7] = value;
  };
  return [{}, { encoder: toyEncoder({ change }) }];
}

for (const value of [NaN, Infinity, -Infinity]) {
  Deno.test(`train() stops at an activation of ${value}, naming step, picture and save`, async () => {
    const order: number[] = [];
    await inRunFolder(async (folder) => {
      // The last picture to be encoded in the first epoch.
      const encoder = toyEncoder({ change: (_, index) => order.push(index) });
      await goOn(folder, [{}, { encoder }]);
    });
    const last = order[31]!;
    ok(split.train.includes(last));
    await inRunFolder(async (folder) => {
      await rejects(goOn(folder, notFinite(value, last)), {
        name: "TrainingError",
        step: 4,
        message:
          `Cannot continue after step 4: activations at "toy.1" are not finite for "toy/${last}"; nothing was saved yet`,
      });
    });
    await inRunFolder(async (folder) => {
      const [settings, parts] = notFinite(value, last);
      const toy: Toy = [{ ...settings, checkpoint: { every: 2 } }, parts];
      await rejects(goOn(folder, toy), {
        message:
          `Cannot continue after step 4: activations at "toy.1" are not finite for "toy/${last}"; the save of step 4 in "${folder.path}" is intact: resume from it with deno task train --resume ${folder.path}`,
      });
      equal((await readState(folder.state)).step, 4);
      // With a working encoder, nothing is lost.
      ok(await goOn(folder, [toy[0]]));
      deepEqual(await files(folder), await whole(toy[0]));
    });
  });
}

Deno.test("train() stops at activations that are not finite on a held-out picture", async () => {
  const index = split.test[0]!;
  await inRunFolder(async (folder) => {
    await rejects(goOn(folder, notFinite(NaN, index)), {
      name: "TrainingError",
      message:
        `Cannot continue after step 30: activations at "toy.1" are not finite for "toy/${index}"; the save of step 30 in "${folder.path}" is intact: resume from it with deno task train --resume ${folder.path}`,
    });
  });
});

Deno.test("train() stops when the loss is not finite, naming the step and some pictures", async () => {
  await inRunFolder(async (folder) => {
    const toy: Toy = [{ train: { lr: 1e30, warmup: 0 } }];
    await rejects(goOn(folder, toy), {
      name: "TrainingError",
      step: 1,
      message:
        /^Cannot continue after step 1: the loss of step 2 is not finite, on pictures (\d+, )+… of the dataset; a smaller train\.lr may help; nothing was saved yet$/,
    });
  });
});

/** Runs `body` on a disk that is full once a file whose name contains `name` is written. */
async function onFullDisk(
  name: string,
  after: number,
  body: () => Promise<void>,
): Promise<void> {
  const { open } = Deno, { write } = Deno.FsFile.prototype;
  const watched = new WeakSet<Deno.FsFile>();
  let left = after;
  Deno.open = async (path, options) => {
    const file = await open(path, options);
    if (String(path).includes(name) && left-- <= 0) watched.add(file);
    return file;
  };
  Deno.FsFile.prototype.write = function (bytes) {
    return watched.has(this)
      ? Promise.reject(new Error("No space left on device (os error 28)"))
      : write.call(this, bytes);
  };
  try {
    await body();
  } finally {
    Deno.open = open;
    Deno.FsFile.prototype.write = write;
  }
}

for (
  const [file, opened, step, saved] of [
    ["training.safetensors", 0, 7, undefined],
    ["training.safetensors", 2, 21, 14],
    ["sae_weights.safetensors", 1, 14, 14],
    ["cfg.json", 0, 7, 7],
    ["metrics.jsonl", 0, 5, undefined],
    ["results.json", 0, 30, 30],
  ] as const
) {
  Deno.test(`train() on a disk that is full at ${file} after step ${step} says which save remains, and loses nothing`, async () => {
    await inRunFolder(async (folder) => {
      await onFullDisk(file, opened, async () => {
        await rejects(goOn(folder, [{}]), {
          name: "TrainingError",
          step,
          message:
            `Cannot continue after step ${step}: writing to "${folder.path}" failed: No space left on device (os error 28); ${
              saved === undefined
                ? "nothing was saved yet"
                : `the save of step ${saved} in "${folder.path}" is intact: resume from it with deno task train --resume ${folder.path}`
            }`,
        });
      });
      const left = Object.keys(await files(folder));
      deepEqual(left.filter((name) => name.endsWith(".tmp")), []);
      if (saved !== undefined) {
        equal((await readState(folder.state)).step, saved);
      }
      ok(await goOn(folder, [{}]));
      deepEqual(await files(folder), await whole({}));
    });
  });
}

Deno.test("train() refuses pictures that are all alike", async () => {
  const change = (tokens: Float32Array) => void tokens.fill(0.1);
  await inRunFolder(async (folder) => {
    await rejects(goOn(folder, [{}, { encoder: toyEncoder({ change }) }]), {
      name: "ConfigError",
      message: /^Cannot train on activations that do not vary: all 48 tokens/,
    });
  });
});

Deno.test("train() without a picture to calibrate or measure on keeps its threshold and says NaN", async () => {
  const { split } = await openToy({ evaluate: { images: 2 } });
  const bad = [...split.calibrate, ...split.test];
  await inRunFolder(async (folder) => {
    const results = await goOn(folder, [
      { evaluate: { images: 2 } },
      { dataset: toyDataset(40, bad) },
    ]);
    equal(results!.threshold, null);
    ok(Number.isNaN(results!.fvu));
    equal(results!.skipped, 1);
    equal(results!.skippedImages, 2);
  });
});

Deno.test("train() without normalisation trains on raw activations", async () => {
  const { threshold: scaled } = await resultsOf({});
  const { threshold: raw } = await resultsOf({ train: { normalize: false } });
  notEqual(scaled, raw);
  ok(raw! > 0);
});

async function resultsOf(...toy: Toy): Promise<TrainResults> {
  let results: TrainResults | undefined;
  await inRunFolder(async (folder) => {
    results = await goOn(folder, toy);
  });
  return results!;
}

Deno.test("train() saves after some minutes even if fewer steps have passed, to the same bytes", async () => {
  const seldom = await whole({ checkpoint: { every: 1e6 } });
  await inRunFolder(async (folder) => {
    const saved: number[] = [];
    const checkpoint = { every: 1e6, minutes: 1e-9 };
    ok(
      await goOn(folder, [{ checkpoint }], {
        onEvent: (event) => {
          if (event.kind === "saved") saved.push(event.step);
        },
      }),
    );
    deepEqual(saved, Array.from({ length: 30 }, (_, i) => i + 1));
    const { "results.json": results } = await files(folder);
    equal(results, seldom["results.json"]);
  });
});
