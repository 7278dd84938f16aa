import { deepEqual, equal, rejects } from "node:assert/strict";
import sharp from "sharp";
import { ConfigError, type Dataset, ExampleError } from "tessera";
import plugin, { imageFolder } from "../../../plugins/datasets/image_folder.ts";
import { testDataset } from "../../conformance/dataset.ts";
import { noise, picture } from "./_make_picture.ts";
import { closingWith, temporaryFolder } from "./_temporary_folder.ts";

testDataset("image-folder", async () => {
  const folder = await temporaryFolder({
    "cats/a.png": await picture("png"),
    "cats/b.jpg": await picture("jpeg"),
    "dogs/c.webp": await picture("webp"),
    "dogs/torn.jpg": "no picture",
  });
  const dataset = await imageFolder({ path: "." }, folder);
  return closingWith(dataset, folder);
});

/** Opens a folder of one picture and decodes it. */
async function decode(bytes: Uint8Array | string, name = "a.jpg") {
  await using folder = await temporaryFolder({ [name]: bytes });
  const dataset = await imageFolder({ path: "." }, folder);
  return await dataset.get(0);
}

async function ids(dataset: Dataset): Promise<string[]> {
  const examples = Array.from(
    { length: dataset.length },
    (_, i) => dataset.get(i),
  );
  return (await Promise.all(examples)).map(({ id }) => id);
}

Deno.test("imageFolder() gives pictures in the order of their ids, with class labels", async () => {
  await using folder = await temporaryFolder({
    "set/dogs/b.PNG": await picture("png"),
    "set/cats/young/a.webp": await picture("webp"),
    "set/Cats/a.jpeg": await picture("jpeg"),
    "set/loose.jpg": await picture("jpeg"),
    "set/notes.txt": "no picture",
    "set/.hidden.jpg": "no picture",
    "set/.cache/a.jpg": "no picture",
  });
  const dataset = await imageFolder({ path: "set" }, folder);
  deepEqual(await ids(dataset), [
    "Cats/a.jpeg",
    "cats/young/a.webp",
    "dogs/b.PNG",
    "loose.jpg",
  ]);
  deepEqual((await dataset.get(1)).labels, { class: "cats" });
  equal("labels" in await dataset.get(3), false);
  const { image } = await dataset.get(2);
  deepEqual([image.width, image.height], [24, 16]);
  deepEqual([...image.data.subarray(0, 3)], [200, 100, 50]);
  equal(image.data.length, 24 * 16 * 3);
  await rejects(dataset.get(4), /Cannot get example 4: there are 4/);
});

Deno.test("imageFolder() follows links, but not in circles", async () => {
  await using folder = await temporaryFolder({
    "set/cats/a.jpg": await picture("jpeg"),
    "elsewhere/b.jpg": await picture("jpeg"),
  });
  const { path } = folder;
  await Deno.symlink(`${path}/elsewhere`, `${path}/set/linked`);
  await Deno.symlink(`${path}/set`, `${path}/set/cats/circle`);
  await Deno.symlink(`${path}/gone.jpg`, `${path}/set/gone.jpg`);
  const dataset = await imageFolder({ path: "set" }, folder);
  equal(dataset.length, 3);
  equal((await dataset.get(0)).id, "cats/a.jpg");
  equal((await dataset.get(2)).id, "linked/b.jpg");
  await rejects(dataset.get(1), (error) => {
    equal(error instanceof ExampleError && error.id, "gone.jpg");
    return /^Cannot read "gone.jpg": No such file/.test(
      String((error as Error).message),
    );
  });
});

Deno.test("imageFolder() decodes grey, alpha and palettes to RGB", async () => {
  const grey = sharp(new Uint8Array(64).fill(77), {
    raw: { width: 8, height: 8, channels: 1 },
  }).toColourspace("b-w");
  const clear = sharp({
    create: {
      width: 8,
      height: 8,
      channels: 4,
      background: { r: 200, g: 100, b: 50, alpha: 0 },
    },
  });
  const palette = sharp(await picture("png")).png({ palette: true });
  const first = async (bytes: Uint8Array) => {
    const { image } = await decode(bytes);
    equal(image.data.length, image.width * image.height * 3);
    return [...image.data.subarray(0, 3)];
  };
  deepEqual(await first(await grey.png().toBuffer()), [77, 77, 77]);
  deepEqual(await first(await clear.png().toBuffer()), [200, 100, 50]);
  deepEqual(await first(await palette.toBuffer()), [200, 100, 50]);
});

Deno.test("imageFolder() decodes CMYK as Pillow's convert does", async () => {
  // Two blocks of one colour each, written and read by Pillow 13.0.0.
  const jpeg = Uint8Array.fromBase64(
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0sMzpKPjM2RjcsLUBXQUZMTlJTUjI+WmFaUGBKUVJP/8AAFAgACAAQBEMRAE0RAFkRAEsRAP/EABcAAAMBAAAAAAAAAAAAAAAAAAMGBwj/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oADgRDAE0AWQBLAAA/AKEIUjszuoi9lp//2Q==",
  );
  const { image } = await decode(jpeg);
  deepEqual([image.width, image.height], [16, 8]);
  const expected = Array.from(
    { length: 128 },
    (_, i) => i % 16 < 8 ? [199, 114, 47] : [9, 150, 156],
  );
  deepEqual([...image.data], expected.flat());
});

Deno.test("imageFolder() keeps the upper 8 bits of 16", async () => {
  for (const channels of [1, 3] as const) {
    const values = Uint16Array.from(
      { length: 256 * channels },
      (_, i) => Math.floor(i / channels) * 256 + 200,
    );
    const png = await sharp(values, {
      raw: { width: 256, height: 1, channels },
    }).toColourspace(channels === 1 ? "grey16" : "rgb16").png().toBuffer();
    equal((await sharp(png).metadata()).depth, "ushort");
    const { image } = await decode(png, "a.png");
    const expected = Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
    deepEqual([...image.data], expected);
  }
});

Deno.test("imageFolder() turns a picture upright and takes an animation's first frame", async () => {
  const turned = await sharp(await picture("png")).withMetadata({
    orientation: 6,
  }).jpeg().toBuffer();
  const upright = (await decode(turned)).image;
  deepEqual([upright.width, upright.height], [16, 24]);

  const frames = Uint8Array.from(
    { length: 8 * 16 * 3 },
    (_, i) => i < 8 * 8 * 3 ? 250 : 0,
  );
  const animated = await sharp(frames, {
    raw: { width: 8, height: 16, channels: 3, pageHeight: 8 },
  }).webp({ lossless: true }).toBuffer();
  equal((await sharp(animated).metadata()).pages, 2);
  const { image } = await decode(animated, "a.webp");
  deepEqual([image.height, image.data[0]], [8, 250]);

  // In ImageNet, too, a file's format may differ from its extension.
  const gif = await sharp(frames, {
    raw: { width: 8, height: 16, channels: 3, pageHeight: 8 },
  }).gif().toBuffer();
  const moving = (await decode(gif)).image;
  deepEqual([moving.height, [...new Set(moving.data)]], [8, [250]]);
});

Deno.test("imageFolder() ignores colour profiles, as PIL does", async () => {
  const wide = await sharp(await picture("png")).withIccProfile("p3", {
    attach: true,
  }).png().toBuffer();
  const stored = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
  const { image } = await decode(wide, "a.png");
  deepEqual([...image.data.subarray(0, 3)], [...stored.subarray(0, 3)]);
});

const jpeg = await noise("jpeg");
const png = await noise("png");
const webp = await noise("webp");
const half = (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2);
const asTiff = async (bytes: Uint8Array) =>
  new Uint8Array(await sharp(bytes).tiff().toBuffer());
const heic = "\0\0\0\x18ftypheic\0\0\0\0mif1heic";
const convert = (kind: string) =>
  `it is ${kind}; convert it to JPEG, PNG or WebP`;
const torn =
  "it is damaged or cut short: the file does not end as its format does";
const damaged = jpeg.map((byte, i) => i > 30 && i < 200 ? 0 : byte);
const huge = await sharp({
  create: {
    width: 12_000,
    height: 10_000,
    channels: 3,
    background: "black",
  },
}).png({ compressionLevel: 9 }).toBuffer();

const undecodable: [string, Uint8Array | string, string][] = [
  ["an empty file", "", "it is empty"],
  [
    "a web page",
    "<!DOCTYPE html><html></html>",
    'it begins with "<!DOCTYPE html><", which is not how a JPEG, PNG or WebP begins',
  ],
  ["a photo from a phone", heic, convert("a HEIC or AVIF file")],
  ["a TIFF", await asTiff(jpeg), convert("a TIFF")],
  ["a BMP", "BM6\x04\0\0\0\0\0\0", convert("a BMP")],
  ["half a JPEG", half(jpeg), torn],
  ["half a PNG", half(png), torn],
  ["half a WebP", half(webp), torn],
  [
    "the first bytes of a JPEG",
    jpeg.subarray(0, 8),
    torn,
  ],
  [
    "the first bytes of a PNG",
    png.subarray(0, 8),
    torn,
  ],
  [
    "a JPEG that is damaged inside",
    damaged,
    "it is damaged, or of a kind that libvips cannot decode",
  ],
  ["a picture that is too large", huge, "it has more than 100000000 pixels"],
];

for (const [what, bytes, why] of undecodable) {
  Deno.test(`imageFolder() says why it cannot decode ${what}`, async () => {
    await rejects(decode(bytes), (error) => {
      equal(error instanceof ExampleError && error.id, "a.jpg");
      equal((error as Error).message, `Cannot decode "a.jpg": ${why}`);
      return true;
    });
  });
}

Deno.test("imageFolder() says the same of a damaged picture whatever is decoded beside it", async () => {
  const files = Array.from({ length: 80 }, (_, i) => {
    const bytes = [half(jpeg), half(png), half(webp), jpeg, png, webp];
    return [`${String(i).padStart(2, "0")}.jpg`, bytes[i % 6]!] as const;
  });
  await using folder = await temporaryFolder(Object.fromEntries(files));
  const dataset = await imageFolder({ path: "." }, folder);
  for (let round = 0; round < 5; round++) {
    const said = await Promise.all(files.map(([id], i) =>
      dataset.get(i).then(
        () => undefined,
        ({ message }: Error) => message.replace(id, "ID"),
      )
    ));
    const expected = files.map((_, i) =>
      i % 6 < 3 ? `Cannot decode "ID": ${torn}` : undefined
    );
    deepEqual(said, expected);
  }
});

Deno.test("imageFolder() says what it found when there is no picture", async () => {
  await using folder = await temporaryFolder({
    "set/notes.txt": "hello",
    "set/train/more.csv": "1",
    "file.tar": "hello",
    "empty/.hidden": "",
  });
  const { path } = folder;
  const cases: [string, string][] = [
    [
      "sett/train",
      `Cannot find "sett/train": looked for "${path}/sett/train"; "${path}" holds "empty", "file.tar", "set"`,
    ],
    [
      "file.tar/train",
      `Cannot find "file.tar/train": looked for "${path}/file.tar/train"; "${path}/file.tar" cannot be listed`,
    ],
    [
      "file.tar",
      `Cannot open "file.tar" as image-folder: "${path}/file.tar" is a file; for a tar of ImageNet use "imagenet"`,
    ],
    [
      "set",
      `Cannot find a picture in "${path}/set": pictures are files that end in .jpg, .jpeg, .png, .webp and are not hidden; it holds "notes.txt", "train/more.csv"`,
    ],
    [
      `${path}/empty`,
      `Cannot find a picture in "${path}/empty": pictures are files that end in .jpg, .jpeg, .png, .webp and are not hidden; it holds nothing`,
    ],
  ];
  for (const [asked, message] of cases) {
    await rejects(imageFolder({ path: asked }, folder), (error) => {
      equal(error instanceof ConfigError && error.path, "dataset.path");
      equal((error as Error).message, message);
      return true;
    });
  }
});

Deno.test("image-folder takes its options and rejects others", async () => {
  const check = plugin.options["~standard"].validate;
  equal((await check({ path: "x" })).issues, undefined);
  equal((await check({ path: "" })).issues?.length, 1);
  equal((await check({ path: "x", paht: "y" })).issues?.length, 1);
});
