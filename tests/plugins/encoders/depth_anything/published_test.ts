// deno-lint-ignore-file no-console
/**
 * Compares the published models with numbers that their converters print. This
 * needs a picture and the weights: TESSERA_DEPTH_ANYTHING names a folder with
 * `000000039769.jpg` from COCO's 2017 validation pictures. The models, as Hugging
 * Face publishes them, are in folders of any name in there, or in the hub's cache.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import type { RgbImage } from "tessera";
import { depthAnything } from "../../../../plugins/encoders/depth_anything/mod.ts";
import { openHub } from "../../../../plugins/hub/open_hub.ts";
import { targetSize } from "../../../../plugins/encoders/depth_anything/target_size.ts";
import { here } from "../_golden.ts";
import { using } from "../dinov2/_models.ts";

const variable = "TESSERA_DEPTH_ANYTHING";
const picture = "000000039769.jpg";

/**
 * The first three pixels of the depth at 686×518 pixels, from
 * `convert_depth_anything_to_hf.py` of transformers; the keys are what
 * {@linkcode describe} returns.
 */
const published: Readonly<Record<string, readonly [number, number, number]>> = {
  "V2 384 relative": [2.6751, 2.6211, 2.6571],
  "V2 768 relative": [4.3576, 4.3723, 4.3908],
  "V2 1024 relative": [162.2751, 161.8504, 162.8788],
  "V1 384 relative": [8.8204, 8.6468, 8.6195],
  "V1 768 relative": [26.3997, 26.3004, 26.3928],
  "V1 1024 relative": [87.9968, 87.7493, 88.2704],
  "V2 384 metric 20": [1.3349, 1.2946, 1.2801],
  "V2 384 metric 80": [9.5804, 8.0339, 7.7386],
};

/**
 * JPEG decoders differ by a grey level here and there, and the numbers in
 * transformers' converter and tests by 2e-4 of their value. Other position
 * embeddings or filters are further off.
 */
const tolerance = 1e-3;

/** Which published model a folder holds; `undefined` for any other folder. */
async function describe(folder: string): Promise<string | undefined> {
  try {
    await Deno.stat(join(folder, "model.safetensors"));
    const text = await Deno.readTextFile(join(folder, "config.json"));
    const config = JSON.parse(text);
    if (config.model_type !== "depth_anything") return undefined;
    const { hidden_size, out_indices: taps } = config.backbone_config;
    const kind = config.depth_estimation_type ?? "relative";
    return [
      taps.at(-1) - taps[0] === taps.length - 1 ? "V1" : "V2",
      hidden_size,
      kind === "metric" ? `metric ${config.max_depth}` : kind,
    ].join(" ");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

/** `root` and the folders in it; none if there is no such folder. */
async function foldersIn(root: string): Promise<string[]> {
  const folders = [root];
  try {
    for await (const { name } of Deno.readDir(root)) {
      folders.push(join(root, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return [];
  }
  return folders;
}

/** The folders of every model in the hub's cache. */
async function cachedFolders(): Promise<string[]> {
  const { cache } = await openHub();
  const models = await foldersIn(cache);
  const folders = await Promise.all(
    models.map((model) => foldersIn(join(model, "snapshots"))),
  );
  return folders.flat();
}

/** The published models in `root`, in its folders or in `more`, by what they are. */
async function findModels(
  root: string,
  more: readonly string[] = [],
): Promise<Map<string, string>> {
  const folders = [...more, ...await foldersIn(root)];
  const models = new Map<string, string>();
  for (const folder of folders) {
    const model = await describe(folder);
    if (model !== undefined) models.set(model, folder);
  }
  return models;
}

async function decode(path: string): Promise<RgbImage> {
  const { data, info } = await sharp(path).toColourspace("srgb").removeAlpha()
    .raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

async function checkModel(
  root: string,
  model: string,
  expected: readonly number[],
): Promise<void> {
  const image = await decode(join(root, picture));
  const near = { width: 518, height: 518 };
  const size = targetSize(image, { near, multiple: 14 });
  deepEqual(size, { width: 686, height: 518 });
  await using(
    depthAnything({ model, size, pos: "hf" }, here),
    async (encoder) => {
      const { depth } = await encoder.encode([image], ["depth"]);
      deepEqual(depth!.shape, [1, 686 * 518, 1]);
      for (const [i, value] of expected.entries()) {
        const difference = Math.abs(depth!.data[i]! / value - 1);
        ok(
          difference <= tolerance,
          `pixel ${i}: ${depth!.data[i]}, not ${value}`,
        );
      }
    },
  );
}

async function prepare(): Promise<
  { root: string; models: Map<string, string> } | string
> {
  const root = Deno.env.get(variable);
  if (!root) return `${variable} names no folder`;
  try {
    await Deno.stat(join(root, picture));
  } catch {
    return `there is no ${join(root, picture)}`;
  }
  return { root, models: await findModels(root, await cachedFolders()) };
}

const prepared = await prepare();
if (typeof prepared === "string") {
  console.log(`Skipping the published Depth Anything: ${prepared}`);
}

for (const [name, expected] of Object.entries(published)) {
  const folder = typeof prepared === "string"
    ? undefined
    : prepared.models.get(name);
  if (typeof prepared !== "string" && folder === undefined) {
    console.log(
      `Skipping ${name}: there is no such model in ${prepared.root} or the hub's cache`,
    );
  }
  Deno.test({
    name: `depthAnything() gives the published depth of ${name}`,
    ignore: folder === undefined,
    fn: () =>
      checkModel((prepared as { root: string }).root, folder!, expected),
  });
}

Deno.test("describe() tells the tiny models apart", async () => {
  const golden = join(import.meta.dirname!, "../../../../fixtures/golden");
  const models = await findModels(golden);
  deepEqual([...models.keys()].sort(), [
    "V1 8 metric 20",
    "V1 8 relative",
    "V2 8 relative",
  ]);
  equal(models.get("V1 8 relative"), join(golden, "depth_anything_v1"));
});
