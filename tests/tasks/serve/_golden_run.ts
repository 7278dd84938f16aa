/**
 * Writes a run on a tiny Depth Anything, with a dictionary and an index: a
 * model that can be steered, made in a second.
 *
 * @module
 */
import { anyPlugin } from "./_any_plugin.ts";
import { dirname, join } from "node:path";
import { saveCheckpoint } from "../../../core/train/checkpoint.ts";
import { indexLatents } from "../../../core/latents/index_latents.ts";
import { writeLatentIndex } from "../../../core/latents/latent_index.ts";
import { randomFrom } from "../../../core/random.ts";
import { type RunFolder, runFolder } from "../../../core/run/run_folder.ts";
import { runSchema } from "../../../core/run/run_schema.ts";
import { openTrainedRun } from "../../../tasks/runs/trained_run.ts";
import { goldenFolder } from "../../plugins/encoders/_golden.ts";

/** 24 pictures of coloured squares, 40 × 24 pixels. */
const dataset = `
export default {
  apiVersion: 1,
  kind: "dataset",
  name: "squares",
  description: "Coloured squares",
  options: {
    "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) },
  },
  create: () => ({
    length: 24,
    get(index) {
      const data = new Uint8Array(40 * 24 * 3).map((_, i) => {
        const pixel = Math.floor(i / 3), x = pixel % 40, y = Math.floor(pixel / 40);
        const square = Math.floor(x / 8) * 7 + Math.floor(y / 8) * 13 + index * 5;
        return (square * 2654435761 >>> (8 * (i % 3))) & 255;
      });
      const image = { data, width: 40, height: 24 };
      return Promise.resolve({ id: "squares/" + index, image, labels: { class: "a" } });
    },
  }),
};
`;

/** Latents of the dictionary; the last one never fires. */
export const goldenLatents = 32;

/** Options for {@linkcode goldenRun}. */
export interface GoldenRunOptions {
  /** Settings that lie over the usual ones. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Width of the hook, where it is another model's. */
  readonly dModel?: number;
  /** Whether it gets an index; it does not when absent. */
  readonly indexed?: boolean;
}

/** Writes the run `root/name`: 3 by 5 patches of width 8, 4 latents on each. */
export async function goldenRun(
  root: string,
  name = "g",
  { config = {}, dModel = 8, indexed = false }: GoldenRunOptions = {},
): Promise<RunFolder> {
  const folder = runFolder(join(root, name));
  await Deno.mkdir(folder.checkpoint, { recursive: true });
  const plugin = join(root, "squares.js");
  await Deno.writeTextFile(plugin, dataset);
  const settings = runSchema.parse({
    name,
    hook: "blocks.2.resid_post",
    dataset: { use: plugin },
    encoder: {
      use: "depth-anything",
      model: goldenFolder("depth_anything_v2"),
      size: { height: 12, width: 20 },
      threads: 1,
    },
    buffer: { tokens: 512, batch: 64, images: 4 },
    sparsifier: { use: "top-k", dSae: goldenLatents, k: 4 },
    evaluate: { images: 8 },
    ...config,
  });
  await Deno.writeTextFile(folder.config, JSON.stringify(settings));
  await saveDictionary(folder.checkpoint, dModel);
  if (indexed) await index(folder);
  return folder;
}

/** Random directions; a bias keeps the last latent silent. */
async function saveDictionary(folder: string, dModel: number): Promise<void> {
  const random = randomFrom(3), dSae = goldenLatents;
  const directions = Float32Array.from(
    { length: dSae * dModel },
    () => random.normal() / Math.sqrt(dModel),
  );
  const bias = new Float32Array(dSae);
  bias[dSae - 1] = -1e6;
  const of = (data: Float32Array, shape: number[]) => ({
    shape,
    read: () => Promise.resolve(data),
  });
  await saveCheckpoint(
    folder,
    {
      W_enc: of(directions, [dSae, dModel]),
      W_dec: of(directions, [dSae, dModel]),
      b_enc: of(bias, [dSae]),
      b_dec: of(new Float32Array(dModel), [dModel]),
    },
    1,
    { architecture: "topk" },
  );
}

async function index(folder: RunFolder): Promise<void> {
  const { run, params } = await openTrainedRun(folder.path, anyPlugin);
  const options = { images: 24, top: 8, chance: 4, perImage: 1, neighbours: 4 };
  try {
    const state = folder.indexState;
    await Deno.mkdir(dirname(state), { recursive: true });
    const made = await indexLatents(run, params, options, { state });
    await writeLatentIndex(folder.index, made!);
  } finally {
    await run.close();
  }
}
