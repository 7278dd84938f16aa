/** Tests of the file that a killed run resumes from. @module */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { randomFrom, writeSafetensors } from "tessera";
import { fvuSums } from "../../../core/train/fvu.ts";
import {
  type BufferDtype,
  tokenBuffer,
} from "../../../core/train/token_buffer.ts";
import { makeTrainer } from "../../../core/train/trainer.ts";
import {
  readState,
  type SavedPosition,
  saveState,
} from "../../../core/train/training_state.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import { toySparsifier } from "../_toy_run.ts";

const width = 4, engine = reference(), sparsifier = toySparsifier();
const options = {
  lr: 0.01,
  warmup: 2,
  decay: 0.2,
  steps: 20,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clip: 1,
  deadTokens: 30,
};

async function inFile(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(join(folder, "training.safetensors"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function tokens(seed: number, rows: number) {
  const random = randomFrom(seed);
  const data = Float32Array.from(
    { length: rows * width },
    () => random.normal(),
  );
  return { data, shape: [rows, width] };
}

function emptyBuffer(dtype: BufferDtype) {
  const random = randomFrom(3);
  return {
    random,
    buffer: tokenBuffer({ capacity: 30, width, dtype, random }),
  };
}

function position(random: SavedPosition["random"]): SavedPosition {
  const window = fvuSums(width);
  window.add(tokens(8, 3).data, 1 / 3);
  return {
    hash: "abc",
    provenance: { model: "m", width },
    groups: 5,
    random,
    scale: 0.1 + 0.2,
    window: window.state(),
    metricsBytes: 123,
    skipped: { "a/b.jpg": 'it is "torn"', 7: "é" },
  };
}

for (const dtype of ["float32", "bfloat16"] as const) {
  Deno.test(`readState() restores a trainer and a ${dtype} buffer that continue bit for bit`, async () => {
    const sample = tokens(1, 16);
    const fresh = sparsifier.init({
      dModel: width,
      sample,
      random: randomFrom(4),
    });
    const trainer = makeTrainer(engine, sparsifier, fresh, options);
    for (let step = 0; step < 5; step++) await trainer.train(tokens(step, 16));
    const { random, buffer } = emptyBuffer(dtype);
    const group = {
      x: tokens(9, 20),
      examples: [3, 70000],
      ids: [],
      perExample: 10,
      labels: [],
      skipped: [],
    };
    buffer.add(group);
    buffer.draw(7);
    await inFile(async (path) => {
      const where = position(random.state());
      await saveState(path, engine, trainer.state(), buffer, where);
      const saved = await readState(path);
      equal(saved.step, 5);
      deepEqual(saved.position, where);
      deepEqual(saved.shapes.get("params.W_dec"), [12, width]);

      const later = makeTrainer(
        engine,
        sparsifier,
        await saved.trainer(),
        options,
      );
      equal(later.step, 5);
      const filled = emptyBuffer(dtype);
      filled.random.restore(saved.position.random);
      await saved.restore(filled.buffer);
      deepEqual(filled.buffer.contents(), buffer.contents());
      deepEqual(filled.buffer.draw(13), buffer.draw(13));
      for (let step = 5; step < 9; step++) {
        const x = tokens(step, 16);
        deepEqual(await later.train(x), await trainer.train(x));
      }
      for (const [name, tensor] of trainer.state().tensors) {
        deepEqual(
          await engine.read(later.state().tensors.get(name)!),
          await engine.read(tensor),
          name,
        );
      }
      deepEqual(later.state().sinceFired, trainer.state().sinceFired);
      deepEqual(later.state().running, trainer.state().running);
    });
  });
}

Deno.test("readState() refuses other files, and truncated ones", async () => {
  await inFile(async (path) => {
    await writeSafetensors(path, {});
    await rejects(readState(path), {
      name: "FormatError",
      message: `Cannot resume from "${path}": it is not the state of a run`,
    });
    await Deno.writeTextFile(path, "not safetensors at all");
    await rejects(readState(path), {
      name: "FormatError",
      message: /^Cannot read ".*" as safetensors: its header claims \d+ bytes/,
    });
  });
});
