import { deepStrictEqual, equal, rejects } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { readMap } from "../../../../plugins/datasets/rgbd/read_map.ts";
import { flatPng, greyPng, npy, pfm } from "./_make_depth.ts";

Deno.test("readMap() loses no bit of a 16-bit PNG", async () => {
  const values = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const png = await greyPng(values, [512, 128]);
  const { data, ...rest } = await readMap("a.png", png, 16);
  deepStrictEqual(rest, { width: 512, height: 128, whole: true });
  equal(data.length, values.length);
  equal(data.findIndex((value, i) => value !== values[i]), -1);
});

Deno.test("readMap() loses no bit of an 8-bit PNG", async () => {
  const values = Uint8Array.from({ length: 256 }, (_, i) => i);
  const map = await readMap("a.PNG", await greyPng(values, [64, 4]));
  deepStrictEqual(map, { data: values, width: 64, height: 4, whole: true });
});

/** `png` with one more chunk after its header. */
function withChunk(png: Uint8Array, type: string, data: readonly number[]) {
  const chunk = Buffer.alloc(data.length + 12);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, "latin1");
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), data.length + 8);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

Deno.test("readMap() takes numbers as stored, whatever a PNG says about their display", async () => {
  const values = Uint16Array.of(0, 16, 4096, 65535);
  const png = await greyPng(values, [2, 2]);
  const looks: [string, readonly number[]][] = [
    ["gAMA", [0, 0, 0xb1, 0x8f]],
    ["tRNS", [0, 16]],
    ["sBIT", [12]],
    ["sRGB", [0]],
  ];
  for (const [type, data] of looks) {
    const map = await readMap("a.png", withChunk(png, type, data), 16);
    deepStrictEqual(map.data, values, type);
  }
});

for (const scale of [1, -1, -0.25]) {
  Deno.test(`readMap() reads a PFM of scale ${scale} from the bottom up`, async () => {
    const values = [1.5, -2, Infinity, 4, 5.25, NaN];
    const map = await readMap("a.pfm", pfm(values, [3, 2], scale));
    const data = Float64Array.from(values);
    deepStrictEqual(map, { data, width: 3, height: 2, whole: false });
  });
}

for (const type of ["f2", "f4", "f8", "u2"]) {
  Deno.test(`readMap() reads an NPY of ${type} in both byte orders`, async () => {
    const values = type === "u2" ? [0, 1, 256, 65535] : [0.5, -2, 1024, NaN];
    for (const order of ["<", ">"]) {
      for (const shape of [[2, 2], [2, 2, 1]]) {
        const map = await readMap("a.npy", npy(order + type, shape, values));
        const data = Float64Array.from(values);
        deepStrictEqual(map, {
          data,
          width: 2,
          height: 2,
          whole: type === "u2",
        });
      }
    }
  });
}

Deno.test("readMap() reads an NPY of booleans", async () => {
  for (const descr of ["|b1", "|u1"]) {
    const map = await readMap("a.npy", npy(descr, [1, 3], [1, 0, 1]));
    deepStrictEqual([...map.data], [1, 0, 1]);
  }
});

const depth = await flatPng(1000);
const square = { width: 4, height: 4, channels: 3 as const };
const colour = await sharp({ create: { ...square, background: "red" } }).png()
  .toBuffer();
const floats = npy("<f4", [2, 2], [1, 2, 3, 4]);
const grey = pfm([1, 2, 3, 4], [2, 2], -1);
const text = (words: string) => new TextEncoder().encode(words);

const unreadable: [string, string, Uint8Array, RegExp][] = [
  ["no bytes", "a.png", text(""), /^it is empty$/],
  ["no bytes", "a.pfm", text(""), /^it is empty$/],
  ["no bytes", "a.npy", text(""), /^it is empty$/],
  ["a web page", "a.png", text("<html>"), /^it does not begin like a PNG$/],
  ["a web page", "a.pfm", text("<html>"), /^it does not begin like a grey PFM/],
  [
    "a web page",
    "a.npy",
    text("<html>"),
    /^it does not begin like a file that numpy.save wrote/,
  ],
  ["half a PNG", "a.png", depth.subarray(0, depth.length / 2), /./],
  ["a header alone", "a.png", depth.subarray(0, 33), /./],
  [
    "a PNG of colour",
    "a.png",
    new Uint8Array(colour),
    /^it is a PNG of 8-bit (RGB|palette), but depth is 8-bit or 16-bit grey$/,
  ],
  [
    "8 bits instead of 16",
    "a.png",
    await greyPng(new Uint8Array(4), [2, 2]),
    /^it is a PNG of 8-bit grey, but 16 bits are expected: set scale/,
  ],
  [
    "half a PFM",
    "a.pfm",
    grey.subarray(0, -5),
    /^2×2 pixels take 16 bytes, it holds 11: is it truncated\?$/,
  ],
  ["a PFM of scale 0", "a.pfm", pfm([1], [1, 1], 0), /a scale other than 0$/],
  ["a PFM of no pixel", "a.pfm", text("Pf\n0 2\n-1\n"), /^it does not begin/],
  [
    "a PFM of colour",
    "a.pfm",
    text("PF\n1 1\n-1\n            "),
    /^it is a colour PFM \(PF\), and depth is grey \(Pf\)$/,
  ],
  [
    "half an NPY",
    "a.npy",
    floats.subarray(0, -1),
    /^\[2, 2\] takes 16 bytes, it holds 15: is it truncated\?$/,
  ],
  ["part of an NPY's header", "a.npy", floats.subarray(0, 40), /^its header/],
  [
    "an NPY of objects",
    "a.npy",
    npy("|O8", [1, 1], [1]),
    /^its values are O8, supported are b1, u1, u2, f2, f4, f8: save it/,
  ],
  [
    "an NPY of columns",
    "a.npy",
    npy("<f4", [1, 1], [1], "True"),
    /^it is stored column by column: save it with numpy.ascontiguousarray$/,
  ],
  [
    "an NPY of more than one map",
    "a.npy",
    npy("<f4", [2, 2, 3], Array(12).fill(1)),
    /^its shape is \[2, 2, 3,\], a map is \[height, width\] or/,
  ],
];

for (const [what, name, bytes, why] of unreadable) {
  Deno.test(`readMap() says why it cannot read ${what} as ${name}`, async () => {
    await rejects(readMap(name, bytes, 16), { name: "Error", message: why });
  });
}
