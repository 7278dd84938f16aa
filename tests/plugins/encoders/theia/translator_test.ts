import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { ConfigError, type Encoder, FormatError } from "tessera";
import { readNpy } from "../../../../core/files/read_npy.ts";
import plugin, {
  theia,
  type TheiaOptions,
} from "../../../../plugins/encoders/theia/mod.ts";
import { picture, testEncoder } from "../../../conformance/encoder.ts";
import { checkPauses } from "../_check_pauses.ts";
import {
  checkGolden,
  goldenFolder,
  goldenImages,
  here,
  readGolden,
  worst,
} from "../_golden.ts";

const model = goldenFolder("theia_heads");
const statistics = join(model, "feature_stats");
const options: TheiaOptions = {
  model,
  statistics: "half",
  resample: "bilinear",
  threads: 1,
};
const images = [picture(30, 40, 1), picture(50, 20, 2)];
const hooks = ["teachers.acme/small-v1.5", "teachers.acme/large"] as const;

async function using(
  change: Partial<TheiaOptions>,
  body: (encoder: Encoder) => Promise<void>,
): Promise<void> {
  const encoder = await theia({ ...options, ...change }, here);
  await body(encoder).finally(() => encoder.close());
}

testEncoder("theia() with heads", () => theia(options, here));

Deno.test("theia() agrees with Theia's own code on the features of every teacher", () =>
  using({}, async (encoder) => {
    const golden = await readGolden(model);
    const images = await goldenImages(golden);
    const seen = await checkGolden(encoder, golden, images, 1e-4);
    deepEqual(Object.keys(seen), ["final_norm", ...hooks]);
  }));

Deno.test("theia() says whose features it predicts, with no token before the grid", () =>
  using({}, (encoder) => {
    deepEqual(encoder.hooks.slice(-2), [
      {
        name: hooks[0],
        width: 5,
        layout: { specials: 0, grid: [16, 16] },
      },
      {
        name: hooks[1],
        width: 3,
        layout: { specials: 0, grid: [64, 64] },
      },
    ]);
    equal(encoder.defaultHook, "final_norm");
    deepEqual(encoder.predictions![1], {
      hook: hooks[1],
      kind: "features",
      meaning:
        "features of acme/large, each channel normalised by its mean and standard deviation on ImageNet",
    });
    return Promise.resolve();
  }));

Deno.test("pause() of a Theia goes on to all teachers from every hook, bit by bit", () =>
  using({}, (encoder) => checkPauses(encoder, images)));

Deno.test("theia() gives features in the teachers' own units if it has their statistics", async () => {
  const plain: Record<string, Float32Array> = {};
  await using({}, async (encoder) => {
    const said = await encoder.encode(images, hooks);
    for (const hook of hooks) plain[hook] = said[hook]!.data;
  });
  await using({ featureStatistics: statistics }, async (encoder) => {
    const said = await encoder.encode(images, hooks);
    for (const hook of hooks) {
      const id = hook.slice("teachers.".length).replaceAll("/", "_");
      const file = (kind: string) =>
        readNpy(join(statistics, `imagenet_${kind}_${id}.npy`));
      const { data: mean } = await file("mean");
      // Though named "var", it holds the standard deviation.
      const { data: std } = await file("var");
      const expected = plain[hook]!.map((value, i) =>
        value * std[i % std.length]! + mean[i % std.length]!
      );
      ok(worst(said[hook]!.data, expected) < 1e-6);
      match(
        `${encoder.provenance[`imagenet_var_${id}.npy`]}`,
        /^[0-9a-f]{64}$/,
      );
    }
    deepEqual(encoder.predictions!.map(({ meaning }) => meaning), [
      "features of acme/small-v1.5, in its own units",
      "features of acme/large, in its own units",
    ]);
    await checkPauses(encoder, images.slice(1));
  });
});

Deno.test("theia() finds statistics by a path relative to the run", async () => {
  const base = new URL("../../../../fixtures/golden/", import.meta.url);
  const encoder = await theia({
    ...options,
    model: "theia_heads",
    featureStatistics: "theia_heads/feature_stats",
  }, { base });
  equal(encoder.predictions!.length, 2);
  const schema = plugin.options["~standard"];
  const { issues } = await schema.validate({
    model,
    featureStatistics: statistics,
  }) as { readonly issues?: unknown };
  equal(issues, undefined);
});

Deno.test("theia() takes more memory at a wider head", () =>
  using({}, ({ memory, hooks }) => {
    const [small, large] = hooks.slice(-2);
    ok(memory(8, large) > memory(8, small));
    ok(memory(8, small) >= memory(8, hooks[0]));
    ok(memory(8) >= memory(8, large));
    return Promise.resolve();
  }));

Deno.test("theia() says which statistics are missing or wrong", async () => {
  const folder = await Deno.makeTempDir();
  const open = () => theia({ ...options, featureStatistics: folder }, here);
  const copy = (from: string, to = from) =>
    Deno.copyFile(join(statistics, from), join(folder, to));
  try {
    await rejects(open(), (error) => {
      ok(error instanceof ConfigError, `${error}`);
      equal(error.path, "encoder.featureStatistics");
      match(error.message, /Cannot find "imagenet_mean_acme_small-v1\.5\.npy"/);
      return true;
    });
    await copy("imagenet_mean_acme_small-v1.5.npy");
    await copy(
      "imagenet_mean_acme_large.npy",
      "imagenet_var_acme_small-v1.5.npy",
    );
    await rejects(open(), (error) => {
      ok(error instanceof FormatError, `${error}`);
      match(
        error.message,
        /imagenet_var.*: its shape is \[3\], the features of "acme\/small-v1\.5" have 5 channels/,
      );
      return true;
    });
    await rejects(
      theia({
        ...options,
        model: goldenFolder("theia"),
        featureStatistics: statistics,
      }, here),
      {
        name: "ConfigError",
        message:
          "Cannot use featureStatistics: the checkpoint has no translator heads; leave it out",
      },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Copies the model with changed settings and gives the folder to `body`. */
async function withSettings(
  change: Readonly<Record<string, unknown>>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const file = "config.json", weights = "model.safetensors";
    const read = JSON.parse(await Deno.readTextFile(join(model, file)));
    const changed = JSON.stringify({ ...read, ...change });
    await Deno.writeTextFile(join(folder, file), changed);
    await Deno.copyFile(join(model, weights), join(folder, weights));
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const faults = [
  [
    "heads are of another kind",
    { translator_type: "conv" },
    /config\.json": its translator_type is "conv", supported is "lconv"; for the backbone alone set target_feature_sizes to null/,
  ],
  [
    "features have a size that no head makes",
    { target_feature_sizes: { "acme/large": [3, 24, 24] } },
    /the features of "acme\/large" have the size \[3, 24, 24\], supported are \[channels, 16, 16\] and \[channels, 64, 64\]/,
  ],
  [
    "features are of no place",
    { target_feature_sizes: { "acme/large_cls": [3] } },
    /the features of "acme\/large_cls" have the size \[3\], supported are/,
  ],
  [
    "a head is missing",
    { target_feature_sizes: { "acme/none": [3, 64, 64] } },
    /Cannot find tensor "translator\.translator_heads\.acme\/none\.pad\.1\.weight"/,
  ],
  [
    "a head is wider than the settings say",
    { translator_hidden_size_factor: 1 },
    /Cannot use tensor "translator\..*\.adapter\.1\.weight" .*: its shape is \[3, 6, 3, 3\], the settings ask for \[6, 6, 3, 3\]/,
  ],
] as const;

for (const [what, change, message] of faults) {
  Deno.test(`theia() rejects a model when ${what}`, () =>
    withSettings(
      change,
      (folder) =>
        rejects(theia({ ...options, model: folder }, here), {
          name: "FormatError",
          message,
        }),
    ));
}

Deno.test("theia() reads only the backbone if the settings name no teachers", () =>
  withSettings(
    { target_feature_sizes: null },
    (folder) =>
      using({ model: folder }, (encoder) => {
        equal(encoder.predictions, undefined);
        equal(encoder.hooks.at(-1)!.name, "final_norm");
        return Promise.resolve();
      }),
  ));
