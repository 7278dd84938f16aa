// deno-lint-ignore-file no-console
/**
 * The cost of reading and pausing Depth Anything Small, at 518 × 518 and with
 * random weights, relative to onnxruntime alone:
 * `deno run -A tests/bench/pause.ts`.
 *
 * Each round times, starting from the picture: the whole graph in onnxruntime
 * without hooks, with its own settings and with the encoders'; the encoder
 * reading one residual stream as well; the rest of the graph after block 8 in
 * onnxruntime; a pause there with twenty resumes. Since machines vary, ratios
 * are taken within a round, against the faster of the two settings.
 *
 * @module
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { readSafetensorsHeader } from "../../core/files/safetensors.ts";
import { depthAnything } from "../../plugins/encoders/depth_anything/mod.ts";
import {
  depthAnythingSchema,
  dptSizes,
} from "../../plugins/encoders/depth_anything/depth_anything_config.ts";
import { depthAnythingGraph } from "../../plugins/encoders/depth_anything/depth_anything_graph.ts";
import { dinov2Sizes } from "../../plugins/encoders/dinov2/dinov2_config.ts";
import { pixels } from "../../plugins/encoders/dinov2/dinov2_graph.ts";
import {
  imagenetStatistics,
  preprocess,
} from "../../plugins/encoders/pictures/preprocess.ts";
import type { Port } from "../../plugins/encoders/network/onnx_graph.ts";
import { weightsOf } from "../../plugins/encoders/checkpoint/weights_of.ts";
import { picture } from "../conformance/encoder.ts";
import { median, milliseconds, peakMemory } from "./_median.ts";
import { writeRandomDepthAnything } from "./_random_depth_anything.ts";

const rounds = 11, resumes = 20, hook = "blocks.8.resid_post";
const size = { width: 518, height: 518 }, tokens = 37 ** 2 + 1;
const threads = navigator.hardwareConcurrency;

const folder = await Deno.makeTempDir();
await writeRandomDepthAnything(folder);
const graph = await graphOf(folder);
const port = (name: string, ...dims: number[]): Port => ({
  name,
  dims: ["images", ...dims],
});
const residual = port(hook, tokens, 384), depth = port("depth", 518 ** 2, 1);
const taps = [0, 1].map((k) => port(`feat.${k}`, tokens, 384));
const wholeGraph = graph.model([pixels(size)], [depth]);
const whole = await open(wholeGraph, "ours");
const wholeOwn = await open(wholeGraph, "own");
const rest = await open(graph.model([residual, ...taps], [depth]), "ours");

const encoder = await depthAnything(
  { model: ".", pos: "hf", threads },
  { base: pathToFileURL(`${folder}/`) },
);
const image = picture(640, 480);
const { [hook]: stream, "feat.0": a, "feat.1": b } = await encoder.encode(
  [image],
  [hook, "feat.0", "feat.1"],
);
const feeds = Object.fromEntries(
  [[hook, stream!], ["feat.0", a!], ["feat.1", b!]].map((
    [name, tensor],
  ) => {
    const { data, shape } = tensor as typeof stream & object;
    return [name, new Tensor("float32", data, shape)];
  }),
);

const ratios = { reading: [] as number[], pausing: [] as number[] };
const times: number[][] = [];
for (let round = -1; round < rounds; round++) {
  const own = await milliseconds(() => runWhole(wholeOwn));
  const alone = await milliseconds(() => runWhole(whole));
  const reading = await milliseconds(() =>
    encoder.encode([image], [hook, "depth"])
  );
  const suffix = await milliseconds(() => rest.run(feeds));
  const pausing = await milliseconds(() => pauseAndResume());
  if (round < 0) continue; // the first round opens models and checks them
  ratios.reading.push(reading / Math.min(alone, own));
  ratios.pausing.push(pausing / (alone + resumes * suffix));
  times.push([own, alone, reading, suffix, pausing]);
}
await encoder.close();
await Deno.remove(folder, { recursive: true });

const [own, alone, reading, suffix, pausing] = [0, 1, 2, 3, 4].map((i) =>
  median(times.map((row) => row[i]!)).toFixed(0)
);
console.log(`Depth Anything Small, 518 × 518, one picture
  onnxruntime, nothing read    ${alone} ms; with its own settings ${own} ms
  encoder, one residual read   ${reading} ms: ${
  median(ratios.reading).toFixed(3)
} ×
  onnxruntime, after block 8   ${suffix} ms
  pause there and ${resumes} resumes  ${pausing} ms: ${
  median(ratios.pausing).toFixed(3)
} × the whole once and the rest ${resumes} times
  peak memory                  ${peakMemory().toFixed(0)} MiB`);

async function runWhole(session: InferenceSession): Promise<void> {
  const data = new Float32Array(3 * size.width * size.height);
  const preprocessing = {
    resize: size,
    filter: "bicubic",
    scale: 1 / 255,
    ...imagenetStatistics,
  } as const;
  await preprocess([image], preprocessing, size, data);
  const pixel_values = new Tensor("float32", data, [1, 3, 518, 518]);
  await session.run({ pixel_values });
}

async function pauseAndResume(): Promise<void> {
  const paused = await encoder.pause!([image], [hook]);
  for (let i = 0; i < resumes; i++) await paused.resume();
}

async function graphOf(folder: string) {
  const weights = await readSafetensorsHeader(
    join(folder, "model.safetensors"),
  );
  const settings = depthAnythingSchema.parse(
    JSON.parse(await Deno.readTextFile(join(folder, "config.json"))),
  );
  const sizes = dinov2Sizes(settings.backbone_config, weights, "backbone.");
  return depthAnythingGraph(
    sizes,
    dptSizes(settings, sizes.layers, weights.path),
    { size, positions: "hf" },
    weightsOf(weights, ""),
  );
}

/** Opens a model with onnxruntime's own settings, or with those of the encoders. */
function open(
  model: Uint8Array,
  settings: "own" | "ours",
): Promise<InferenceSession> {
  const own = settings === "own";
  return InferenceSession.create(model, {
    intraOpNumThreads: threads,
    graphOptimizationLevel: "all",
    enableMemPattern: own,
    extra: {
      ...(own ? {} : {
        optimization: { disable_specified_optimizers: "SkipLayerNormFusion" },
      }),
      session: {
        model_external_initializers_file_folder_path: folder,
        intra_op: { allow_spinning: own ? "1" : "0" },
      },
    },
  });
}
