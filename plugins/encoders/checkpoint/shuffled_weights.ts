/**
 * The encoder of a model whose weights have been shuffled, as a control.
 *
 * @module
 */
import { join } from "node:path";
import {
  type Encoder,
  type Random,
  randomFrom,
  readSafetensorsHeader,
  readTensorBytes,
  type SafetensorsHeader,
  type TensorToWrite,
  writeSafetensors,
} from "../../../mod.ts";
import type { ModelFolder } from "./model_folder.ts";

/**
 * Opens the model in `folder` with the numbers of every tensor shuffled, those
 * of normalisations and biases too; `seed` decides the order. The shuffled copy
 * of the weights lies in a temporary folder until `open` fails, or the encoder
 * and all that it fitted are closed. One tensor at a time is held in memory.
 */
export async function shuffledWeights(
  folder: ModelFolder,
  seed: number,
  open: (shuffled: ModelFolder) => Encoder | Promise<Encoder>,
): Promise<Encoder> {
  const temporary = await Deno.makeTempDir({ prefix: "tessera-shuffled-" });
  const remove = () => Deno.remove(temporary, { recursive: true });
  try {
    const path = join(temporary, "model.safetensors");
    await writeShuffled(folder.weights, path, seed);
    const encoder = await open({
      path: folder.path,
      // The path to a temporary folder may have a link in it, which onnxruntime does not follow.
      weights: await readSafetensorsHeader(await Deno.realPath(path)),
      hashes: { ...folder.hashes, shuffled: `${seed}` },
    });
    return closedWith(remove, encoder);
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Tensors are numbered in the order of their names, so that their order in the file does not matter. */
async function writeShuffled(
  weights: SafetensorsHeader,
  path: string,
  seed: number,
): Promise<void> {
  const names = [...weights.tensors.keys()].sort();
  const tensors = names.map((name, i): [string, TensorToWrite] => {
    const { dtype, shape, length } = weights.tensors.get(name)!;
    const numbers = shape.reduce((product, axis) => product * axis, 1);
    const data = async () => {
      const { buffer } = await readTensorBytes(weights, name);
      const values = bitsOf(buffer, length / numbers);
      shuffle(values, randomFrom(seed, i));
      return values;
    };
    return [name, { dtype, shape, data }];
  });
  await writeSafetensors(path, Object.fromEntries(tensors), weights.metadata);
}

/** Numbers of `bytes` bytes each, as integers: a NaN copied as a float might change its bits. */
function bitsOf(
  buffer: ArrayBuffer,
  bytes: number,
): Uint8Array | Uint16Array | Uint32Array | BigUint64Array {
  if (bytes === 8) return new BigUint64Array(buffer);
  if (bytes === 4) return new Uint32Array(buffer);
  return bytes === 2 ? new Uint16Array(buffer) : new Uint8Array(buffer);
}

/** Fisher–Yates in place, since a list of the order would take as much memory again. */
function shuffle(
  values: { [at: number]: unknown; readonly length: number },
  random: Random,
): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.integer(i + 1), value = values[i];
    values[i] = values[j];
    values[j] = value;
  }
}

/** The encoder; `end` is called when it and all that it fitted are closed. */
function closedWith(end: () => Promise<void>, encoder: Encoder): Encoder {
  let open = 0;
  const tied = (one: Encoder): Encoder => {
    let closed = false;
    open++;
    const own: Encoder = {
      ...one,
      ...one.fitted && {
        async fitted(size) {
          const other = await one.fitted!(size);
          return other === one ? own : tied(other);
        },
      },
      async close() {
        const last = !closed && --open === 0;
        closed = true;
        await one.close().finally(() => last ? end() : undefined);
      },
    };
    return own;
  };
  return tied(encoder);
}
