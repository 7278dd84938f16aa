/**
 * Golden files at several picture sizes, and changed copies of tiny models.
 *
 * @module
 */
import { join } from "node:path";
import {
  type Dtype,
  type Encoder,
  readFloats,
  readSafetensorsHeader,
  type SafetensorsHeader,
  type TensorToWrite,
  writeSafetensors,
} from "tessera";
import { goldenFolder, readGolden } from "../_golden.ts";

/** Sizes that the golden files were made at; the models were made for 20×20. */
export const goldenSizes = [
  { height: 8, width: 20 },
  { height: 12, width: 8 },
] as const;

/** The activations that the original code computed for pictures of one size; with `"attention"` those inside attention. */
export function goldenOf(
  name: string,
  { height, width }: { readonly height: number; readonly width: number },
  what: "golden" | "attention" = "golden",
): Promise<SafetensorsHeader> {
  return readGolden(goldenFolder(name), `${what}_${height}x${width}`);
}

/** Gives an encoder to `body` and closes it. */
export async function using(
  making: Promise<Encoder>,
  body: (encoder: Encoder) => Promise<void>,
): Promise<void> {
  const encoder = await making;
  await body(encoder).finally(() => encoder.close());
}

/** What differs in a copy of a model. */
export interface Change {
  /** Type of the weights. */
  readonly dtype?: Dtype;
  /** A tensor that is left out. */
  readonly without?: string;
  /** A tensor whose axes are reversed. */
  readonly reshape?: string;
  /** Settings that replace those in `config.json`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Settings that replace those of its backbone. */
  readonly backbone?: Readonly<Record<string, unknown>>;
  /** The whole of `preprocessor_config.json`. */
  readonly preprocessor?: Readonly<Record<string, unknown>>;
}

/** Copies the tiny model `name`, changed, and gives the folder to `body`. */
export async function withModel(
  name: string,
  change: Change,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const model = goldenFolder(name), folder = await Deno.makeTempDir();
  try {
    await copyWeights(model, folder, change);
    const text = await Deno.readTextFile(join(model, "config.json"));
    const settings = { ...JSON.parse(text), ...change.config };
    if (change.backbone) {
      settings.backbone_config = {
        ...settings.backbone_config,
        ...change.backbone,
      };
    }
    await writeJson(join(folder, "config.json"), settings);
    if (change.preprocessor) {
      const path = join(folder, "preprocessor_config.json");
      await writeJson(path, change.preprocessor);
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function writeJson(path: string, value: unknown): Promise<void> {
  return Deno.writeTextFile(path, JSON.stringify(value));
}

async function copyWeights(
  from: string,
  to: string,
  { dtype = "F32", without, reshape }: Change,
): Promise<void> {
  const weights = await readSafetensorsHeader(join(from, "model.safetensors"));
  const tensors: Record<string, TensorToWrite> = {};
  for (const [name, { shape }] of weights.tensors) {
    if (name === without) continue;
    const values = await readFloats(weights, name);
    tensors[name] = {
      dtype,
      shape: name === reshape ? [...shape].reverse() : shape,
      data: dtype === "F16" ? Float16Array.from(values) : values,
    };
  }
  await writeSafetensors(join(to, "model.safetensors"), tensors);
}
