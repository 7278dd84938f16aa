/** Tests of checkpoints: SAELens's layout, for raw activations. @module */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import {
  type HostCodes,
  type HostTensor,
  type HostTensors,
  randomFrom,
  readSafetensorsHeader,
  type Shape,
  sizeOf,
  type Sparsifier,
  type Tensors,
} from "tessera";
import {
  loadCheckpoint,
  saveCheckpoint,
} from "../../../core/train/checkpoint.ts";
import { checkpointCfg } from "../../../core/train/checkpoint_cfg.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import { batchTopK } from "../../../plugins/sparsifiers/batch_top_k.ts";
import { reluL1 } from "../../../plugins/sparsifiers/relu_l1.ts";
import { topK } from "../../../plugins/sparsifiers/top_k.ts";
import { closeTo } from "../../conformance/close_to.ts";
import { openToy, toyDataset, toyEncoder } from "../_toy_run.ts";

const dModel = 40, dSae = 70, rows = 30, engine = reference();

async function inFolder(
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const random = randomFrom(12);

function noise(shape: Shape, size = 1): HostTensor {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    () => size * random.normal(),
  );
  return { data, shape };
}

/** A half-trained dictionary, in which nothing is zero. */
function trained(sparsifier: Sparsifier): HostTensors {
  const fresh = sparsifier.init({
    dModel,
    sample: noise([50, dModel]),
    random,
  });
  const other = (name: string): HostTensor => noise(fresh[name]!.shape, 0.1);
  const params: Record<string, HostTensor> = {
    ...fresh,
    W_enc: other("W_enc"),
    b_enc: other("b_enc"),
    b_dec: other("b_dec"),
  };
  if (fresh.threshold) {
    const { data, shape } = other("threshold");
    params.threshold = { data: data.map(Math.abs), shape };
  }
  return params;
}

async function save(
  folder: string,
  params: HostTensors,
  scale: number,
): Promise<void> {
  const readers = Object.entries(params).map(([name, { data, shape }]) =>
    [name, { shape, read: () => Promise.resolve(data) }] as const
  );
  const cfg = { architecture: "standard" };
  await saveCheckpoint(folder, Object.fromEntries(readers), scale, cfg);
}

function upload(params: HostTensors): Tensors {
  return Object.fromEntries(
    Object.entries(params).map(([name, { data, shape }]) =>
      [name, engine.tensor(data, shape)] as const
    ),
  );
}

/** The codes and reconstruction of tokens `[rows, dModel]`. */
async function apply(
  sparsifier: Sparsifier,
  host: HostTensors,
  data: Float32Array,
): Promise<{ codes: HostCodes; back: Float32Array }> {
  const params = upload(host), x = engine.tensor(data, [rows, dModel]);
  const codes = await sparsifier.encode(engine, params, x);
  return {
    codes: await engine.readCodes(codes),
    back: await engine.read(sparsifier.decode(engine, params, codes)),
  };
}

const common = { dSae, init: "random", bDec: "mean" } as const;
const sparsifiers: Readonly<Record<string, Sparsifier>> = {
  "batch-top-k": batchTopK({ ...common, k: 5, alphaAux: 0 }),
  "top-k": topK({ ...common, k: 5, alphaAux: 0 }),
  "relu-l1": reluL1({ ...common, lambda: 0.1, lambdaWarmup: 0 }),
};

for (const [name, sparsifier] of Object.entries(sparsifiers)) {
  for (const scale of [1, 0.02, 37]) {
    Deno.test(`a checkpoint of ${name} trained at scale ${scale} works on raw activations`, async () => {
      const params = trained(sparsifier);
      const scaled = noise([rows, dModel]).data;
      const raw = scaled.map((value) => value / scale);
      await inFolder(async (folder) => {
        await save(folder, params, scale);
        const loaded = await loadCheckpoint(folder);
        deepEqual(Object.keys(loaded).sort(), Object.keys(params).sort());
        const inside = await apply(sparsifier, params, scaled);
        const outside = await apply(sparsifier, loaded, raw);
        ok(inside.codes.values.length > rows);
        deepEqual(outside.codes.offsets, inside.codes.offsets);
        deepEqual(outside.codes.latents, inside.codes.latents);
        const times = (x: Float32Array) => x.map((value) => value * scale);
        closeTo(times(outside.codes.values), inside.codes.values, 1e-5);
        closeTo(times(outside.back), inside.back, 1e-5);
      });
    });
  }
}

Deno.test("saveCheckpoint() writes SAELens's names and shapes, directions untouched", async () => {
  const params = trained(sparsifiers["batch-top-k"]!);
  await inFolder(async (folder) => {
    await save(folder, params, 0.5);
    const path = join(folder, "sae_weights.safetensors");
    const { tensors, metadata } = await readSafetensorsHeader(path);
    deepEqual(metadata, { format: "pt" });
    const shapes = [...tensors].map(([name, { dtype, shape }]) =>
      [name, dtype, [...shape]] as const
    ).sort();
    deepEqual(shapes, [
      ["W_dec", "F32", [dSae, dModel]],
      ["W_enc", "F32", [dModel, dSae]],
      ["b_dec", "F32", [dModel]],
      ["b_enc", "F32", [dSae]],
      ["threshold", "F32", [dSae]],
    ]);
    const loaded = await loadCheckpoint(folder);
    deepEqual(loaded.W_enc, params.W_enc);
    deepEqual(loaded.W_dec, params.W_dec);
    for (const name of ["b_enc", "b_dec", "threshold"]) {
      deepEqual(loaded[name]!.data, params[name]!.data.map((x) => x / 0.5));
    }
    const { data } = loaded.W_dec!;
    for (let latent = 0; latent < dSae; latent++) {
      const row = data.subarray(latent * dModel, (latent + 1) * dModel);
      closeTo([Math.hypot(...row)], [1], 1e-5, "norm");
    }
    equal(
      await Deno.readTextFile(join(folder, "cfg.json")),
      '{\n  "architecture": "standard"\n}\n',
    );
  });
});

Deno.test("loadCheckpoint() says when there is none", async () => {
  await inFolder(async (folder) => {
    await rejects(loadCheckpoint(folder), {
      name: "FormatError",
      message:
        `Cannot find a dictionary in "${folder}": it has no sae_weights.safetensors`,
    });
    await Deno.writeTextFile(join(folder, "sae_weights.safetensors"), "hello");
    await rejects(loadCheckpoint(folder), {
      name: "FormatError",
      message: /as safetensors: it has 5 bytes, a header needs at least 8$/,
    });
  });
});

Deno.test("checkpointCfg() says what SAELens 6 needs, and where the dictionary came from", async () => {
  const architectures = {
    "batch-top-k": { architecture: "jumprelu" },
    "top-k": {
      architecture: "topk",
      k: 5,
      rescale_acts_by_decoder_norm: false,
    },
    "relu-l1": { architecture: "standard" },
  };
  for (const [name, own] of Object.entries(architectures)) {
    const run = await openToy(
      { hook: "toy.0", encoder: { use: "vit", model: "/models/deit" } },
      {
        sparsifier: sparsifiers[name]!,
        dataset: toyDataset(40),
        encoder: toyEncoder(),
      },
    );
    deepEqual(checkpointCfg(run), {
      d_in: 6,
      d_sae: dSae,
      dtype: "float32",
      device: "cpu",
      apply_b_dec_to_input: true,
      normalize_activations: "none",
      reshape_activations: "none",
      ...own,
      metadata: {
        sae_lens_version: "6.0.0",
        model_name: "/models/deit",
        hook_name: "toy.0",
        dataset_path: "scenes",
        tessera: { run: run.hash, encoder: { toy: 1 } },
      },
    });
  }
});
