/** Tests of every known image processor against transformers, and of what is refused. @module */
import { deepEqual, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { FormatError, readFloats } from "tessera";
import {
  fit,
  preprocess,
  viewOf,
} from "../../../../plugins/encoders/pictures/preprocess.ts";
import { readPublished } from "../../../../plugins/encoders/pictures/preprocessor_config.ts";
import {
  processorName,
  processors,
} from "../../../../plugins/encoders/pictures/processors.ts";
import { goldenFolder, goldenImages, readGolden } from "../_golden.ts";

const golden = await readGolden(goldenFolder(""), "processors");
const images = await goldenImages(golden);

/** What a `preprocessor_config.json` with these settings says. */
async function published(settings: unknown) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      join(folder, "preprocessor_config.json"),
      typeof settings === "string" ? settings : JSON.stringify(settings),
    );
    const image = { width: 24, height: 20 };
    return (await readPublished({ path: folder }, image))!;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const [name, settings] of Object.entries(golden.metadata)) {
  Deno.test(`pictures are made as transformers makes them: ${name}`, async () => {
    const { preprocessing, size } = await published(settings);
    const every = size.width > 100 ? 24 : 1;
    for (const [i, image] of images.entries()) {
      const pixels = new Float32Array(3 * size.width * size.height);
      await preprocess([image], preprocessing, size, pixels);
      const expected = await readFloats(golden, `${name} ${i}`);
      const some = pixels.filter((_, at) =>
        at % size.width % every === 0 &&
        Math.floor(at / size.width) % size.height % every === 0
      );
      deepEqual(some.length, expected.length);
      // transformers computes the last step in float64 here and there.
      const worst = some.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - expected[at]!)),
        0,
      );
      ok(worst < 1e-6, `differs by ${worst}`);
    }
  });
}

Deno.test("the golden file has every processor but the one that transformers has as Fast alone", () => {
  const seen = Object.values(golden.metadata).map((text) =>
    JSON.parse(text).image_processor_type
  );
  const missing = Object.keys(processors).filter((name) =>
    !seen.includes(name)
  );
  deepEqual(missing, [
    "ChineseCLIPImageProcessor",
    "ViTHybridImageProcessor",
    "DINOv3ViTImageProcessor",
  ]);
});

Deno.test("a processor that is not known is refused by its name, with those that are", async () => {
  for (
    const type of ["EfficientNetImageProcessor", "DonutFeatureExtractor"]
  ) {
    for (const key of ["image_processor_type", "feature_extractor_type"]) {
      await rejects(published({ [key]: type, size: 20 }), (error) => {
        ok(error instanceof FormatError);
        match(
          error.message,
          new RegExp(`processor "${type}".*"ViTImageProcessor"`),
        );
        return true;
      });
    }
  }
});

Deno.test("names of older and Fast processors mean the same", async () => {
  for (
    const written of [
      "ViTImageProcessor",
      "ViTImageProcessorFast",
      "ViTFeatureExtractor",
    ]
  ) {
    deepEqual(processorName(written), "ViTImageProcessor");
  }
  const [slow, fast] = await Promise.all(
    ["CLIPImageProcessor", "CLIPImageProcessorFast"].map((type) =>
      published({ image_processor_type: type, size: 20, crop_size: 16 })
    ),
  );
  deepEqual(fast, slow);
});

Deno.test("rescale_offset is added before colours are normalised", async () => {
  const { preprocessing, size } = await published({
    image_processor_type: "ViTImageProcessor",
    size: { height: 1, width: 1 },
    rescale_factor: 1 / 127.5,
    rescale_offset: true,
    do_normalize: false,
  });
  const pixels = new Float32Array(3);
  const black = { data: new Uint8Array(3), width: 1, height: 1 };
  await preprocess([black], preprocessing, size, pixels);
  deepEqual([...pixels], [-1, -1, -1]);
});

Deno.test("settings that cannot be followed are named", async () => {
  for (
    const [settings, message] of [
      [{ resample: 6 }, /"resample": supported are Pillow's: 0 \(nearest\)/],
      [{ size: { longest_edge: 3 } }, /"size": /],
      [{ size: { shortest_edge: 3, longest_edge: 9 } }, /"size": /],
      [
        { image_mean: [1, 2] },
        /"image_mean": expected a number, or one for each/,
      ],
      [{ do_resize: false }, /"do_resize": only true/],
    ] as const
  ) {
    await rejects(published(settings), message);
  }
});

Deno.test("a crop larger than the picture is black outside, and its view reaches out", () => {
  const image = {
    data: new Uint8Array(2 * 3 * 3).fill(9),
    width: 3,
    height: 2,
  };
  const preprocessing = {
    resize: { width: 3, height: 2 },
    filter: "bilinear",
    crop: { width: 5, height: 3 },
    scale: 1,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  } as const;
  const { data } = fit(image, preprocessing);
  const red = Array.from({ length: 15 }, (_, i) => data[3 * i]);
  deepEqual(red, [0, 0, 0, 0, 0, 0, 9, 9, 9, 0, 0, 9, 9, 9, 0]);
  deepEqual(viewOf(image, preprocessing), {
    left: -1,
    top: -1,
    width: 5,
    height: 3,
  });
});
