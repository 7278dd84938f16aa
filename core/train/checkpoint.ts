/**
 * Saves and loads dictionaries in SAELens's layout.
 *
 * `sae_weights.safetensors` holds `W_enc [d_model, d_sae]`, `W_dec [d_sae,
 * d_model]`, `b_enc [d_sae]`, `b_dec [d_model]` and, if the dictionary has one,
 * `threshold [d_sae]`, all for raw activations; `cfg.json` describes them.
 *
 * @module
 */
import { join } from "node:path";
import { FormatError } from "../errors.ts";
import { replaceTextFile } from "../files/replace_file.ts";
import {
  readFloats,
  readSafetensorsHeader,
  writeSafetensors,
} from "../files/safetensors.ts";
import type { HostTensor, HostTensors, Shape } from "../tensor.ts";

/** One parameter, whose values are read when they are written. */
export interface ParameterReader {
  /** Lengths of its axes. */
  readonly shape: Shape;
  /** Reads its values. */
  read(): Promise<Float32Array>;
}

/** Parameters in the activations' units: dividing them by the scale of training makes a dictionary for raw activations. */
const inActivationUnits = new Set(["b_enc", "b_dec", "threshold"]);

/** Matrices that files store transposed. */
const transposedInFiles = new Set(["W_enc"]);

/** What `cfg.json` says about the dictionary. */
export interface CheckpointCfg {
  /** SAELens's name for the architecture. */
  readonly architecture: string;
  /** Whatever else the architecture needs. */
  readonly [key: string]: unknown;
}

/**
 * Writes parameters trained on activations times `scale` to `folder`, converted
 * for raw activations: `b_enc`, `b_dec` and `threshold` are divided by `scale`.
 * Latents are then in the activations' units, and the rows of `W_dec` keep norm 1.
 */
export async function saveCheckpoint(
  folder: string,
  params: Readonly<Record<string, ParameterReader>>,
  scale: number,
  cfg: CheckpointCfg,
): Promise<void> {
  const tensors = Object.entries(params).map(([name, { shape, read }]) => {
    const transpose = transposedInFiles.has(name);
    return [name, {
      dtype: "F32" as const,
      shape: transpose ? shape.toReversed() : shape,
      data: async () => {
        const data = await read();
        if (inActivationUnits.has(name)) {
          return data.map((value) => value / scale);
        }
        return transpose ? transposed(data, shape) : data;
      },
    }] as const;
  });
  await replaceTextFile(
    join(folder, "cfg.json"),
    `${JSON.stringify(cfg, null, 2)}\n`,
  );
  await writeSafetensors(
    join(folder, "sae_weights.safetensors"),
    Object.fromEntries(tensors),
    { format: "pt" },
  );
}

/**
 * Reads the parameters of a checkpoint, each matrix with one row per latent.
 *
 * @throws {FormatError} When there is no checkpoint, or it is damaged.
 */
export async function loadCheckpoint(folder: string): Promise<HostTensors> {
  const path = join(folder, "sae_weights.safetensors");
  const header = await readSafetensorsHeader(path).catch((cause) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new FormatError(
      path,
      `Cannot find a dictionary in "${folder}": it has no sae_weights.safetensors`,
      { cause },
    );
  });
  const entries: [string, HostTensor][] = [];
  for (const [name, { shape }] of header.tensors) {
    const data = await readFloats(header, name);
    entries.push([
      name,
      transposedInFiles.has(name)
        ? { data: transposed(data, shape), shape: shape.toReversed() }
        : { data, shape },
    ]);
  }
  return Object.fromEntries(entries);
}

/** `[rows, cols]` → `[cols, rows]`, in tiles that stay in the cache. */
function transposed(
  data: Float32Array,
  shape: Shape,
): Float32Array<ArrayBuffer> {
  const [rows, cols] = shape as [number, number], tile = 32;
  const out = new Float32Array(data.length);
  for (let top = 0; top < rows; top += tile) {
    for (let left = 0; left < cols; left += tile) {
      const bottom = Math.min(rows, top + tile);
      const right = Math.min(cols, left + tile);
      for (let r = top; r < bottom; r++) {
        for (let c = left; c < right; c++) {
          out[c * rows + r] = data[r * cols + c]!;
        }
      }
    }
  }
  return out;
}
