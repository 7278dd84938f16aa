/** Tests of runs that are killed or stopped, and resumed. @module */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { refused, trainFolder } from "../_train_process.ts";

Deno.test("train ends with the same bytes, whatever stops it on the way", async (t) => {
  await using at = await trainFolder();
  /** A run's files but for its settings, which hold its name. */
  const files = async (name: string): Promise<Record<string, string>> => {
    const { "config.json": _, ...rest } = await at.files(name);
    return rest;
  };
  await at.trainOk(["run.json", "--name=whole"]);
  const wanted = await files("whole");

  await t.step(
    "killed in the middle of writes, flushes and renames",
    async () => {
      // Each process gets a little further than the one before.
      for (const [i, operation] of [21, 10, 26, 28, 33, 61].entries()) {
        const { signal, output, errors } = await at.train(
          i === 0 ? ["run.json", "--name=b"] : ["--resume", "runs/b"],
          { KILL_AT: `${operation}` },
        );
        equal(signal, "SIGKILL", output + errors);
      }
      const left = Object.keys(await at.files("b"));
      ok(left.some((name) => name.endsWith(".tmp")), "killed while writing");
      const output = await at.trainOk(["--resume=runs/b"]);
      match(output, /^continuing from step [1-5]\d? of 60$/m);
      deepEqual(await files("b"), wanted);
    },
  );

  await t.step("killed at any time", async () => {
    const times: number[] = [];
    for (;;) {
      const begun = await Deno.stat(join(at.path, "runs/c/config.json"))
        .then(() => true, () => false);
      if (!begun) {
        const folder = join(at.path, "runs/c");
        await Deno.remove(folder, { recursive: true }).catch(() => {});
      }
      const args = begun ? ["--resume=runs/c"] : ["run.json", "--name=c"];
      if (times.length === 3) {
        await at.trainOk(args);
        break;
      }
      times.push(1200 * Math.random());
      await at.train(args, {}, AbortSignal.timeout(times.at(-1)!));
    }
    deepEqual(await files("c"), wanted, `killed after ${times} ms`);
  });

  await t.step("Ctrl-C", async () => {
    const stopped = await at.train(["run.json", "--name=d"], {
      INTERRUPT_AT: "60",
    });
    equal(stopped.code, 130, stopped.output + stopped.errors);
    match(
      stopped.output,
      /\nstopping after this step; Ctrl-C again to stop at once\nstopped; continue with: deno task train --resume runs\/d\n$/,
    );
    equal(stopped.errors, "");
    const output = await at.trainOk(["--resume", "runs/d", "run.json"]);
    match(output, /^continuing from step \d+ of 60$/m);
    deepEqual(await files("d"), wanted);
  });

  await t.step("Ctrl-C while it is indexed", async () => {
    const stopped = await at.train(["run.json", "--name=e"], {
      INDEX_AT: "20 SIGINT",
    });
    equal(stopped.code, 130, stopped.output + stopped.errors);
    match(
      stopped.output,
      /\nstopping after these pictures; Ctrl-C again to stop at once\nstopped; the run is trained, continue with: deno task index runs\/e\n$/,
    );
    match(stopped.output, /^ {2}FVU /m);
    const left = Object.keys(await at.files("e"));
    ok(left.includes("state/index.safetensors"));
    equal(left.includes("index/index.json"), false);
    const { code, output, errors } = await at.task("index", ["runs/e"]);
    equal(code, 0, output + errors);
    match(output, /^runs\/e: 80 pictures; memory at most \d+ MiB\n/);
    match(output, /\nnext: deno task serve runs\/e\n$/);
    deepEqual(await files("e"), wanted);
  });

  await t.step("killed while it is indexed", async () => {
    const { signal } = await at.train(["run.json", "--name=f"], {
      INDEX_AT: "30 SIGKILL",
    });
    equal(signal, "SIGKILL");
    const again = await at.task("index", ["runs/f"], {
      INDEX_AT: "40 SIGINT",
    });
    equal(again.code, 130, again.output + again.errors);
    match(
      again.output,
      /\nstopped; continue with the same command: deno task index runs\/f\n$/,
    );
    const output = await at.trainOk(["--resume=runs/f"]);
    match(output, /^continuing from step 60 of 60$/m);
    match(output, /^indexed 64 latents/m);
    deepEqual(await files("f"), wanted);
  });

  await t.step("resumed when all is done: the index stays", async () => {
    const output = await at.trainOk(["--resume=runs/f"]);
    equal(/^indexed/m.test(output), false);
    deepEqual(await files("f"), wanted);
  });

  await t.step("resumed with another number of pictures", async () => {
    const output = await at.trainOk(["--resume=runs/f", "--index.images=20"]);
    match(output, /^indexed 64 latents on 320 tokens of 20 pictures/m);
    const { "index/index.json": info, ...rest } = await files("f");
    equal(JSON.parse(atob(info!)).images, 20);
    const { state, checkpoint } = {
      state: "state/training.safetensors",
      checkpoint: "checkpoint/sae_weights.safetensors",
    };
    equal(rest[state], wanted[state]);
    equal(rest[checkpoint], wanted[checkpoint]);
  });
});

/** An encoder whose width and weights are in a file beside it. */
const wide = `
export default {
  apiVersion: 1,
  kind: "encoder",
  name: "wide",
  description: "A width from a file",
  options: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } },
  async create() {
    const file = new URL("wide.json", import.meta.url);
    const { width, weights, nan } = JSON.parse(await Deno.readTextFile(file));
    const layout = { specials: 0, grid: [4, 4] };
    let calls = 0;
    return {
      hooks: [{ name: "out", width, layout }],
      defaultHook: "out",
      provenance: { weights },
      async encode(images) {
        const data = new Float32Array(images.length * 16 * width);
        images.forEach((image, i) => {
          for (let j = 0; j < 16 * width; j++) {
            data[i * 16 * width + j] = image.data[(j * 37) % image.data.length];
          }
        });
        if (++calls === nan) data[0] = NaN;
        return { out: { data, shape: [images.length, 16, width] } };
      },
      memory: () => 0,
      close: async () => {},
    };
  },
};
`;

Deno.test("train refuses to resume what has changed, and loses nothing", async (t) => {
  await using at = await trainFolder({
    encoder: { use: "./wide.js" },
    train: { tokens: 640, sample: 256 },
  });
  const describe = (json: unknown) =>
    Deno.writeTextFile(join(at.path, "wide.json"), JSON.stringify(json));
  await Deno.writeTextFile(join(at.path, "wide.js"), wide);
  await describe({ width: 8, weights: "one" });
  await at.trainOk(["run.json", "--encoder=./wide.js"]);
  const before = await at.files();
  const state = join(at.path, "runs/a/state/training.safetensors");
  const resume = async (...args: string[]): Promise<string> =>
    refused(await at.train(["--resume=runs/a", ...args]));

  await t.step("another setting on the command line", async () => {
    equal(
      await resume("--sparsifier.k=5"),
      'Cannot resume "runs/a" with other settings: sparsifier.k: 4 → 5; leave them out, or start a new run without --resume',
    );
    equal(
      await resume("run.json", "--seed=9", "--hook=out"),
      'Cannot resume "runs/a" with other settings: seed: 1 → 9; leave them out, or start a new run without --resume',
    );
  });
  await t.step("another setting in the stored file", async () => {
    await at.edit("runs/a/config.json", (json) => json.sparsifier.k = 5);
    match(
      await resume(),
      /^Cannot resume "runs\/a": its settings are not those of the save of step 10 \(hash [0-9a-f]{8}, saved with [0-9a-f]{8}\); undo what was changed in config\.json, or start a new run without --resume$/,
    );
    await at.edit("runs/a/config.json", (json) => json.sparsifier.k = 4);
  });
  await t.step("other weights", async () => {
    await describe({ width: 8, weights: "two" });
    equal(
      await resume(),
      'Cannot resume "runs/a": its encoder had weights one, now it has two',
    );
    equal(
      refused(await at.task("index", ["runs/a"])),
      'Cannot open "runs/a": its encoder had weights one when it was trained, now it has two; put that back, or train it again',
    );
  });
  await t.step("another width", async () => {
    await describe({ width: 9, weights: "one" });
    equal(
      await resume(),
      'Cannot resume "runs/a": its dictionary is for activations of width 8, those at "out" have 9',
    );
    await describe({ width: 8, weights: "one" });
  });
  await t.step("a truncated save", async () => {
    const whole = await Deno.readFile(state);
    await Deno.writeFile(state, whole.subarray(0, whole.length - 9));
    match(
      await resume(),
      /^Cannot read ".*training\.safetensors" as safetensors: tensor ".*" ends at byte \d+, the file has \d+: is it truncated\?; remove the file to begin runs\/a again$/,
    );
    await Deno.writeFile(state, whole);
  });
  await t.step("a folder that is taken", async () => {
    equal(
      refused(await at.train(["run.json"])),
      'Cannot start run "a": runs/a exists; continue it with --resume runs/a, or choose another --name',
    );
  });
  await t.step("all is as it was", async () => {
    await at.trainOk(["--resume=runs/a"]);
    const { "config.json": _, ...files } = await at.files();
    const { "config.json": __, ...wanted } = before;
    deepEqual(files, wanted);
  });
  await t.step("a number that is not finite", async () => {
    await describe({ width: 8, weights: "one", nan: 15 });
    const { code, errors } = await at.train(["run.json", "--name=b"]);
    equal(code, 1);
    match(
      errors,
      /^Cannot continue after step 7: activations at "out" are not finite for "dots\/\d+"; the save of step 7 in ".*b" is intact: resume from it with deno task train --resume .*b\n$/,
    );
    await describe({ width: 8, weights: "one" });
    await at.trainOk(["--resume=runs/b"]);
    const { "config.json": _, ...files } = await at.files("b");
    const { "config.json": __, ...wanted } = before;
    deepEqual(files, wanted);
  });
});
