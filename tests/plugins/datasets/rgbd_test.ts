import {
  deepStrictEqual,
  equal,
  match,
  ok,
  rejects,
  throws,
} from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { collect, ConfigError, ExampleError, FormatError } from "tessera";
import plugin, {
  rgbd,
  type RgbdOptions,
} from "../../../plugins/datasets/rgbd/mod.ts";
import { patches } from "../../../plugins/encoders/patches/mod.ts";
import { testDataset } from "../../conformance/dataset.ts";
import { picture } from "./_make_picture.ts";
import { entry, tarOf } from "./_make_tar.ts";
import { closingWith, temporaryFolder } from "./_temporary_folder.ts";
import { flatPng, greyPng, npy, pfm } from "./rgbd/_make_depth.ts";

const jpg = await picture("jpeg");
const png = await picture("png");
const near = await flatPng(500), far = await flatPng(4000);

const frames = {
  "seq-02/frame-000010.color.jpg": jpg,
  "seq-02/frame-000010.depth.png": far,
  "seq-02/frame-000002.color.png": png,
  "seq-02/frame-000002.depth.png": near,
  "seq-01/frame-000000.color.png": png,
  "seq-01/frame-000000.depth.png": near.subarray(0, 50),
  "seq-01/frame-000000.pose.txt": "1 0 0 0",
};

const packed = tarOf(
  ...Object.entries(frames).map(([name, bytes]) => entry(`./${name}`, bytes)),
  entry("./._seq-02.color.png", "hidden"),
);

for (const path of ["set", "set.tar"]) {
  testDataset(`rgbd of ${path}`, async () => {
    const folder = await temporaryFolder({
      ...Object.fromEntries(
        Object.entries(frames).map(([name, bytes]) => [`set/${name}`, bytes]),
      ),
      "set.tar": packed,
    });
    return closingWith(await rgbd({ path }, folder), folder);
  });
}

/** Opens a folder of files while `use` runs. */
async function withFiles<Result>(
  files: Readonly<Record<string, Uint8Array | string>>,
  options: Partial<RgbdOptions>,
  use: (dataset: Awaited<ReturnType<typeof rgbd>>) => Promise<Result>,
): Promise<Result> {
  await using folder = await temporaryFolder(files);
  const dataset = await rgbd({ path: ".", ...options }, folder);
  try {
    return await use(dataset);
  } finally {
    await dataset.close?.();
  }
}

/** The depth of the first picture. */
function depthOf(
  files: Readonly<Record<string, Uint8Array | string>>,
  options: Partial<RgbdOptions> = {},
) {
  return withFiles(files, options, async (dataset) => {
    const { maps, image } = await dataset.get(0);
    deepStrictEqual(
      [maps!.depth!.width, maps!.depth!.height],
      [image.width, image.height],
    );
    return maps!.depth!.data;
  });
}

Deno.test("rgbd() reads the folder and the tar alike", async () => {
  await using folder = await temporaryFolder({ ...frames, "set.tar": packed });
  const unpacked = await rgbd({ path: "." }, folder);
  const tar = await rgbd({ path: "set.tar" }, folder);
  equal(tar.length, 3);
  equal(tar.layout, "7-scenes");
  equal(unpacked.length, 3);
  for (const index of [1, 2]) {
    deepStrictEqual(await tar.get(index), await unpacked.get(index));
  }
  await tar.close?.();
});

Deno.test("rgbd() gives sequences in order, and frames by number", async () => {
  await withFiles(frames, {}, async (dataset) => {
    deepStrictEqual([0, 1, 2].map((i) => dataset.sequenceOf(i)), [
      "seq-01",
      "seq-02",
      "seq-02",
    ]);
    const { id, labels } = await dataset.get(1);
    equal(id, "seq-02/frame-000002.color.png");
    deepStrictEqual(labels, { sequence: "seq-02" });
    equal((await dataset.get(2)).id, "seq-02/frame-000010.color.jpg");
    throws(() => dataset.sequenceOf(3), RangeError);
  });
});

Deno.test("rgbd() names the sequence of a flat folder or tar after it", async () => {
  const flat = { "frame-1.color.png": png, "frame-1.depth.png": near };
  await using folder = await temporaryFolder({
    "kitchen/frame-1.color.png": png,
    "kitchen/frame-1.depth.png": near,
    "hall.tar": tarOf(...Object.entries(flat).map(([n, b]) => entry(n, b))),
  });
  for (const [path, name] of [["kitchen", "kitchen"], ["hall.tar", "hall"]]) {
    const dataset = await rgbd({ path: path! }, folder);
    equal(dataset.sequenceOf(0), name);
    await dataset.close?.();
  }
});

Deno.test("rgbd() tells the user how many pictures have no depth", async () => {
  await using folder = await temporaryFolder({
    ...frames,
    "seq-02/frame-000011.color.png": png,
  });
  const lines: string[] = [];
  const report = ({ text }: { text: string }) => void lines.push(text);
  await (await rgbd({ path: "." }, { base: folder.base, report })).close?.();
  deepStrictEqual(lines, ["left out for lack of depth: 1 of 4 pictures"]);
});

Deno.test("rgbd() leaves out and counts pictures without depth", async () => {
  const files = { ...frames, "seq-02/frame-000011.color.png": png };
  await withFiles(files, {}, (dataset) => {
    deepStrictEqual([dataset.length, dataset.withoutDepth], [3, 1]);
    return Promise.resolve();
  });
});

const drive = "2011_09_26_drive_0001_sync";
const sparse = await greyPng(
  Uint16Array.from({ length: 24 * 16 }, (_, i) => i === 5 ? 2560 : 0),
  [24, 16],
);
const floats = Array.from({ length: 24 * 16 }, (_, i) => i / 10);

const published: [
  string,
  Record<string, Uint8Array>,
  (i: number) => number,
][] = [
  ["7-scenes", {
    "frame-1.color.png": png,
    "frame-1.depth.png": await greyPng(
      Uint16Array.from({ length: 24 * 16 }, (_, i) => i * 11),
      [24, 16],
    ),
  }, (i) => i * 11 / 1000],
  ["nyu", {
    "kitchen_0028b/rgb_00045.jpg": jpg,
    "kitchen_0028b/sync_depth_00045.png": far,
  }, () => 4],
  ["nyu2-train", {
    "study_0001_out/7.jpg": jpg,
    "study_0001_out/7.png": await greyPng(
      Uint8Array.from({ length: 24 * 16 }, (_, i) => i % 256),
      [24, 16],
    ),
  }, (i) => i % 256 / 255 * 10],
  [
    "nyu2-test",
    { "00000_colors.png": png, "00000_depth.png": far },
    () => 4,
  ],
  ["diode", {
    "a.png": png,
    "a_depth.npy": npy("<f4", [16, 24, 1], floats),
    "a_depth_mask.npy": npy("<f8", [16, 24], floats.map((_, i) => i % 2)),
  }, (i) => i % 2 * i / 10],
  ["kitti", {
    [`2011_09_26/${drive}/image_02/data/0000000005.png`]: png,
    [`train/${drive}/proj_depth/groundtruth/image_02/0000000005.png`]: sparse,
  }, (i) => i === 5 ? 10 : 0],
];

for (const [layout, files, metres] of published) {
  Deno.test(`rgbd() finds and measures ${layout}`, async () => {
    const expected = Float32Array.from(floats, (_, i) => metres(i) || NaN);
    for (const asked of ["auto", layout]) {
      const depth = await depthOf(files, { layout: asked });
      depth.forEach((value, i) =>
        ok(
          Object.is(value, expected[i]) ||
            Math.abs(value - expected[i]!) < 1e-6,
          `${i}: ${value}, not ${expected[i]}`,
        )
      );
    }
    await withFiles(files, {}, (dataset) => {
      equal(dataset.layout, layout);
      return Promise.resolve();
    });
  });
}

Deno.test("rgbd() takes the layout with the most pairs", async () => {
  const [[, seven], [, nyu]] = published as [
    typeof published[0],
    typeof published[0],
  ];
  const files = { ...seven, ...nyu, "rgb_1.jpg": jpg, "sync_depth_1.png": far };
  await withFiles(files, {}, (dataset) => {
    deepStrictEqual([dataset.layout, dataset.length], ["nyu", 2]);
    return Promise.resolve();
  });
});

const custom = { imagePattern: "rgb/*.jpg", depthPattern: "depth/*.png" };

Deno.test("rgbd() reads a custom layout, in millimetres or by scale", async () => {
  const files = { "a/rgb/x.jpg": jpg, "a/depth/x.png": far };
  equal((await depthOf(files, custom))[0], 4);
  equal((await depthOf(files, { ...custom, layout: "custom" }))[0], 4);
  equal((await depthOf(files, { ...custom, scale: 0.25 }))[0], 1000);
  const small = {
    "rgb/x.jpg": jpg,
    "depth/x.png": await greyPng(new Uint8Array(24 * 16).fill(200), [24, 16]),
  };
  equal((await depthOf(small, { ...custom, scale: 0.01 }))[0], 2);
  await rejects(
    depthOf(small, custom),
    /8-bit grey, but 16 bits are expected: set scale, the metres per unit/,
  );
});

Deno.test("rgbd() reads PFM and NPY of a custom layout in metres or by scale", async () => {
  const files = {
    "a.png": png,
    "a.pfm": pfm(floats, [24, 16], -1),
    "b.png": png,
    "b_depth.npy": npy("<u2", [16, 24], floats.map((_, i) => i)),
    "c.png": png,
    "c_z.npy": npy("<f2", [16, 24], floats.map(() => 1500)),
  };
  const read = async (end: string, scale?: number) =>
    (await depthOf(files, { imagePattern: "*.png", depthPattern: end, scale }))[
      23
    ];
  equal(await read("*.pfm"), Math.fround(2.3));
  equal(await read("*_depth.npy"), Math.fround(0.023));
  equal(await read("*_depth.npy", 2), 46);
  equal(await read("*_z.npy"), 1500);
  equal(await read("*_z.npy", 0.001), 1.5);
});

Deno.test("rgbd() does not mistake depth for a picture", async () => {
  const files = { "a.png": png, "a_depth.png": far, "b_depth.png": far };
  const options = { imagePattern: "*.png", depthPattern: "*_depth.png" };
  await withFiles(files, options, (dataset) => {
    deepStrictEqual([dataset.length, dataset.withoutDepth], [1, 0]);
    return Promise.resolve();
  });
});

Deno.test("rgbd() leaves out depth beyond maxDepth and allows constant depth", async () => {
  const values = new Uint16Array(24 * 16).fill(3000).fill(9000, 24);
  const files = {
    "frame-1.color.png": png,
    "frame-1.depth.png": await greyPng(values, [24, 16]),
  };
  const depth = await depthOf(files, { maxDepth: 5 });
  deepStrictEqual(
    [depth[0], depth[23], depth[24], depth.at(-1)],
    [3, 3, NaN, NaN],
  );
});

Deno.test("rgbd() resizes depth to its picture", async () => {
  const files = (width: number, height: number, values: Uint16Array) => ({
    "frame-1.color.png": png,
    "frame-1.depth.png": greyPng(values, [width, height]),
  });
  const made = files(3, 2, Uint16Array.of(1000, 0, 3000, 4000, 65535, 6000));
  const depth = await depthOf({
    ...made,
    "frame-1.depth.png": await made["frame-1.depth.png"],
  });
  deepStrictEqual(
    [0, 7, 8, 15, 16, 8 * 24 - 1, 8 * 24, 8 * 24 + 8, 383].map((i) => depth[i]),
    [1, 1, NaN, NaN, 3, 3, 4, NaN, 6],
  );
});

const bad: [string, Uint8Array | string, Partial<RgbdOptions>, string][] = [
  [
    "of another shape",
    await flatPng(1000, [16, 16]),
    {},
    "the depth is 16×16, the picture 24×16, and aspect ratios that differ by more than 2 % cannot show the same view: crop one to match the other",
  ],
  [
    "that is unknown everywhere",
    await flatPng(65535),
    {},
    "its depth is unknown everywhere: each pixel is 0 or less, or 65535",
  ],
  [
    "that is too far everywhere",
    far,
    { maxDepth: 3 },
    "its depth is unknown everywhere: each pixel is 0 or less, or 65535, or beyond maxDepth, 3 m",
  ],
  ["that is empty", "", {}, "it is empty"],
  [
    "that is a picture",
    png,
    {},
    "it is a PNG of 8-bit RGB, but depth is 8-bit or 16-bit grey",
  ],
];

for (const [what, bytes, options, why] of bad) {
  Deno.test(`rgbd() names the example with depth ${what}`, async () => {
    const files = { "frame-1.color.png": png, "frame-1.depth.png": bytes };
    await rejects(depthOf(files, options), (error) => {
      equal(error instanceof ExampleError && error.id, "frame-1.color.png");
      equal(
        (error as Error).message,
        `Cannot read the depth of "frame-1.color.png" from "frame-1.depth.png": ${why}`,
      );
      return true;
    });
  });
}

Deno.test("rgbd() names the example whose mask has another size or hides everything", async () => {
  const files = { "a.png": png, "a_depth.npy": npy("<f4", [16, 24], floats) };
  const masked = (mask: Uint8Array) =>
    depthOf({ ...files, "a_depth_mask.npy": mask });
  await rejects(
    masked(npy("<f4", [1, 2], [1, 1])),
    /the depth is 24×16, its mask 2×1: both must have the same size$/,
  );
  await rejects(
    masked(npy("<f4", [16, 24], floats.map(() => 0))),
    /its depth is unknown everywhere: each pixel is 0 or less, or not finite, or masked$/,
  );
});

Deno.test("rgbd() skips truncated and missing files, and collect() counts them", async () => {
  await using folder = await temporaryFolder({
    ...frames,
    "seq-03/frame-1.color.png": png.subarray(0, 40),
    "seq-03/frame-1.depth.png": near,
    "seq-04/frame-1.color.png": png,
    "seq-04/frame-1.depth.png": near,
  });
  const dataset = await rgbd({ path: "." }, folder);
  await Deno.remove(`${folder.path}/seq-04/frame-1.depth.png`);
  const encoder = patches({ imageSize: 16, patchSize: 8, width: 8 });
  const hook = encoder.hooks[0]!, all = [[0, 1, 2], [3, 4]];
  const groups = collect(dataset, encoder, all, { hook, tokens: "patches" });
  const [first, second] = await Array.fromAsync(groups);
  const skippedIds = (group: typeof first) =>
    group!.skipped.map(({ id }) => id);
  deepStrictEqual(first!.examples, [1, 2]);
  deepStrictEqual(first!.labels, [
    { sequence: "seq-02" },
    { sequence: "seq-02" },
  ]);
  deepStrictEqual(skippedIds(first), ["seq-01/frame-000000.color.png"]);
  deepStrictEqual(second!.examples, []);
  deepStrictEqual(skippedIds(second), [
    "seq-03/frame-1.color.png",
    "seq-04/frame-1.color.png",
  ]);
});

Deno.test("rgbd() says what it looked for when there is no pair", async () => {
  const files = { "set/a.jpg": jpg, "set/b.txt": "x", "set/.hidden.png": png };
  await using folder = await temporaryFolder(files);
  const open = (options: Partial<RgbdOptions>) =>
    rgbd({ path: "set", ...options }, folder);
  await rejects(open({}), (error) => {
    equal(error instanceof ConfigError && error.path, "dataset.path");
    match(
      (error as Error).message,
      /^Cannot find a picture with depth in ".*set": tried 7-scenes \(frame-#\.color\.png, frame-#\.color\.jpg with frame-#\.depth\.proj\.png, frame-#\.depth\.png\); nyu \(.*; kitti \(.*\); it holds "a\.jpg", "b\.txt"; for other names set imagePattern and depthPattern$/,
    );
    return true;
  });
  await rejects(
    open({ imagePattern: "*.jpg", depthPattern: "*.png" }),
    /tried custom \(\*\.jpg with \*\.png\); of its files 1 are named as pictures, 0 as depth; it holds/,
  );
});

const contradictions: [Partial<RgbdOptions>, string, RegExp][] = [
  [{ path: "gone" }, "dataset.path", /^Cannot find "gone": looked for/],
  [
    { layout: "custom" },
    "dataset.imagePattern",
    /^Cannot use layout "custom" without imagePattern: write imagePattern and depthPattern, such as/,
  ],
  [
    { imagePattern: "*.jpg" },
    "dataset.depthPattern",
    /without depthPattern/,
  ],
  [
    { layout: "kitti", ...custom },
    "dataset.layout",
    /^Cannot use imagePattern and depthPattern with layout "kitti", which has its own/,
  ],
  [
    { layout: "sun" },
    "dataset.layout",
    /^Cannot find layout "sun": the layouts are "auto", "custom", "7-scenes", "nyu",/,
  ],
  [
    { imagePattern: "*.jpg", depthPattern: "*.exr" },
    "dataset.depthPattern",
    /^Cannot use "\*\.exr" as depthPattern: it needs a \* or # and must end in \.png, \.pfm, \.npy$/,
  ],
  [
    { imagePattern: "**/a.jpg", depthPattern: "*.png" },
    "dataset.imagePattern",
    /^Cannot use "\*\*\/a\.jpg" as imagePattern/,
  ],
  [
    { imagePattern: "*_#.jpg", depthPattern: "#_*.png" },
    "dataset.depthPattern",
    /^Cannot pair "\*_#\.jpg" with "#_\*\.png": both need the same \* and #/,
  ],
];

Deno.test("rgbd() says which options do not go together", async () => {
  await using folder = await temporaryFolder(frames);
  for (const [options, path, message] of contradictions) {
    await rejects(rgbd({ path: ".", ...options }, folder), (error) => {
      equal(error instanceof ConfigError && error.path, path);
      match((error as Error).message, message);
      return true;
    });
  }
});

Deno.test("rgbd() says where a tar is truncated", async () => {
  await using folder = await temporaryFolder({
    "cut.tar": packed.subarray(0, 700),
  });
  await rejects(
    rgbd({ path: "cut.tar" }, folder),
    (error) =>
      error instanceof FormatError && /ends at byte/.test(error.message),
  );
});

Deno.test("rgbd takes its options and rejects others", async () => {
  const check = plugin.options["~standard"].validate;
  const issues = async (options: unknown) =>
    (await check(options)).issues?.length ?? 0;
  equal(await issues({ path: "x" }), 0);
  equal(await issues({ path: "x", layout: "diode", maxDepth: 80 }), 0);
  equal(await issues({ path: "x", layout: "sun" }), 1);
  equal(await issues({ path: "x", scale: 0 }), 1);
  equal(await issues({ path: "x", maxDepth: -1 }), 1);
  equal(await issues({ path: "x", deptPattern: "*.png" }), 1);
});

const kitchen = fileURLToPath(
  import.meta.resolve(
    "../../../../shared/images/rgbd-7scenes-redkitchen-200x320.tar",
  ),
);
const hasKitchen = existsSync(kitchen);
// deno-lint-ignore no-console
if (!hasKitchen) console.log(`No ${kitchen}: 7-Scenes itself is not read`);

Deno.test({
  name: "rgbd() reads a sequence of 7-Scenes",
  ignore: !hasKitchen,
  fn: async () => {
    await using folder = await temporaryFolder({});
    const dataset = await rgbd({ path: kitchen }, folder);
    deepStrictEqual([dataset.length, dataset.withoutDepth], [200, 0]);
    equal(dataset.layout, "7-scenes");
    equal(dataset.sequenceOf(199), "rgbd-7scenes-redkitchen-200x320");
    equal((await dataset.get(1)).id, "frame-000005.color.jpg");
    for (const index of [0, 50, 199]) {
      const { width, height, data } = (await dataset.get(index)).maps!.depth!;
      deepStrictEqual([width, height], [320, 240]);
      const known = data.filter((metres) => !Number.isNaN(metres)).sort();
      const share = known.length / data.length;
      ok(share > 0.7 && share < 1, `${share} of ${index} is known`);
      ok(
        known[0]! > 0.3 && known.at(-1)! < 8,
        `${known[0]} to ${known.at(-1)}`,
      );
    }
    await dataset.close?.();
  },
});
