/** Tests of which pictures `deno task predict` takes, which files it leaves, and what it refuses. @module */
import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import {
  depthAnything,
  grey,
  png,
  type PredictFolder,
  predictFolder,
  waves,
} from "./_predict_process.ts";
import { refused } from "../_train_process.ts";

/** Odd pictures; those from `dot.png` on can be predicted all the same. */
async function oddPictures(at: PredictFolder): Promise<void> {
  const whole = await waves(64, 48).jpeg().toBuffer();
  await at.write("odd/torn.jpg", whole.subarray(0, whole.length >> 1));
  await at.write("odd/words.png", "no picture");
  await at.write("odd/empty.webp", "");
  await at.write("odd/dot.png", await png(1, 1));
  await at.write("odd/long.png", await png(20_000, 30));
  await at.write(
    "odd/cmyk.jpg",
    await waves(20, 10).toColourspace("cmyk").jpeg().toBuffer(),
  );
  await at.write(
    "odd/deep.png",
    await waves(20, 10).toColourspace("rgb16").png().toBuffer(),
  );
  await at.write("odd/tall.webp", await waves(10, 20).webp().toBuffer());
  await at.write(
    "moving.gif",
    await sharp(Uint8Array.from({ length: 3 * 12 * 16 }, (_, i) => i % 251), {
      raw: { width: 12, height: 16, channels: 3, pageHeight: 8 },
    }).gif().toBuffer(),
  );
  await Deno.mkdir(join(at.path, "none"));
}

Deno.test("predict reports pictures that cannot be decoded, and predicts the others", async () => {
  await using at = await predictFolder();
  await oddPictures(at);
  const { code, output, errors } = await at.predict([
    ...depthAnything,
    ..."wave.png odd missing.jpg none moving.gif --out=depth".split(" "),
  ]);
  equal(code, 0);
  deepEqual(errors.trimEnd().split("\n").map((line) => line.slice(0, 50)), [
    'Cannot read "missing.jpg": there is no such file',
    'Cannot find a picture in "none": files that end in',
    'Cannot decode "odd/empty.webp": it is empty',
    'Cannot decode "odd/torn.jpg": it is damaged or cut',
    'Cannot decode "odd/words.png": it begins with "no ',
  ]);
  match(output, /^7 of 12 pictures predicted, 5 could not be$/m);
  const sizes = output.matchAll(/^(\S+): (\d+×\d+),.* → (.*)$/gm)
    .map(([, name, size, file]) => `${name} ${size} ${file}`);
  deepEqual([...sizes], [
    "wave.png 40×30 depth/wave.depth.png",
    "odd/cmyk.jpg 20×10 depth/cmyk.depth.png",
    "odd/deep.png 20×10 depth/deep.depth.png",
    "odd/dot.png 1×1 depth/dot.depth.png",
    "odd/long.png 20000×30 depth/long.depth.png",
    "odd/tall.webp 10×20 depth/tall.depth.png",
    "moving.gif 12×8 depth/moving.depth.png",
  ]);
  for (const [, , size, file] of output.matchAll(/^(\S+): (\S+),.*→ (.*)$/gm)) {
    const { width, height } = await sharp(await at.read(file!)).metadata();
    equal(`${width}×${height}`, size);
  }
  // The only pixel is both the smallest and the largest: it is black.
  deepEqual([...await grey(await at.read("depth/dot.depth.png"))], [0]);
});

Deno.test("predict says what it leaves out of a folder, and takes each picture once", async () => {
  await using at = await predictFolder();
  const gif = new Uint8Array(await waves(12, 8).gif().toBuffer());
  for (const name of ["a.heic", "d.depth.png", "notes.txt"]) {
    await at.write(`mix/${name}`, "none");
  }
  await at.write("mix/b.jpg", "no picture");
  await at.write("mix/c.gif", gif);
  const { code, output, errors } = await at.predict([
    ...depthAnything,
    ..."mix ./mix/c.gif --out=d".split(" "),
  ]);
  equal(code, 0);
  match(errors, /^Cannot decode "mix\/b\.jpg": it begins with .*\n$/);
  equal(
    output.split("\n")[0],
    'left out of "mix": "a.heic", "d.depth.png", "notes.txt"; files that end in .jpg, .jpeg, .png, .webp and .gif count, unless they are hidden or end in .depth.png',
  );
  match(output, /^1 of 2 pictures predicted, 1 could not be$/m);
  match(output, /^next: .* mix\/c\.gif --colors=inferno --out=d {3}\(/m);
  deepEqual(
    (await at.names()).filter((name) => name.startsWith("d/")),
    ["d/c.depth.png"],
  );
});

Deno.test("predict opens no model when there is no picture", async () => {
  await using at = await predictFolder();
  await at.write("phone/a.heic", "none");
  await Deno.mkdir(join(at.path, "empty"));
  const args = "empty phone gone/../gone.jpg https://a.test/b.jpg -".split(" ");
  const save = "save the picture as a file and type its path";
  const count =
    "files that end in .jpg, .jpeg, .png, .webp and .gif count, unless they are hidden or end in .depth.png";
  const { code, output, errors } = await at.predict([
    "--encoder=./not-here.ts",
    ...args,
  ]);
  deepEqual([code, output], [1, ""]);
  deepEqual(errors.trimEnd().split("\n"), [
    `Cannot find a picture in "empty": ${count}; it holds nothing else`,
    `Cannot find a picture in "phone": ${count}; it holds "a.heic"`,
    'Cannot read "gone.jpg": there is no such file',
    `Cannot read "https://a.test/b.jpg": it is an address; ${save}`,
    `Cannot read "-": standard input is not read; ${save}`,
  ]);
});

Deno.test("predict names files after pictures, no two alike, and replaces none unless told to", async () => {
  await using at = await predictFolder();
  for (const name of ["in/a.png", "in/a.webp", "in/sub/a.png", "in/.b.png"]) {
    await at.write(name, await png(8, 6));
  }
  const own = ["a.depth.png", "a.webp.depth.png", "sub/a.depth.png"];
  const args = [...depthAnything, "in", "--out=in"];
  match(await at.predictOk(...args), /^3 of 3 pictures predicted$/m);
  deepEqual(
    (await at.names()).filter((name) => name.includes("depth")),
    own.map((name) => `in/${name}`),
  );
  await at.write("in/a.depth.png", "mine");
  const again = await at.predict(args);
  equal(again.code, 1, "none was predicted");
  equal(
    again.errors.split("\n")[0],
    'Cannot write "in/a.depth.png": it exists; replace it with --force, or choose another --out',
  );
  equal(new TextDecoder().decode(await at.read("in/a.depth.png")), "mine");
  await at.predictOk(...args, "--force");
  equal((await grey(await at.read("in/a.depth.png"))).length, 48);
});

Deno.test("predict does not lay depth of the middle over the whole picture", async () => {
  await using at = await predictFolder();
  await at.write("square.png", await png(12, 12));
  const { output, errors } = await at.predict([
    ...depthAnything,
    ..."wave.png square.png --encoder.fit=crop --encoder.size=20".split(" "),
  ]);
  match(
    errors,
    /^Cannot lay depth over "wave\.png": the model sees only the middle of it \(trim to shape, .*\); write --encoder\.fit=stretch\n$/,
  );
  match(output, /^square\.png: 12×12/m);
});

Deno.test("predict refuses what it cannot do before it starts", async (t) => {
  await using at = await predictFolder();
  await at.write("other.png", await png(5, 5));
  await at.write("notes", "none");
  const typed: [args: string, message: string | RegExp][] = [
    [
      "",
      "Cannot predict without a picture: name pictures or folders of them, as in deno task predict photo.jpg; --help shows more",
    ],
    [
      "wave.png --forse",
      "Cannot read --forse: predict takes --encoder.<option>, --help, --json, --force, --trust-plugins, --out, --format, --colors, --encoder; did you mean --force?",
    ],
    [
      "wave.png --encoder.model x",
      "Cannot read --encoder.model: it needs a value; write --encoder.model=<value>",
    ],
    [
      "wave.png --colors=infrno",
      'Cannot read --colors=infrno: write one of gray, inferno, viridis, magma, cividis, turbo; did you mean "inferno"?',
    ],
    [
      "wave.png other.png --out=d.png",
      'Cannot write 2 pictures to "d.png": it is one file; name a folder, such as --out=depth',
    ],
    [
      "wave.png --out=d.jpg",
      'Cannot write "d.jpg": it must end in .png, .npy or .safetensors; end the name of a folder with a slash',
    ],
    ...["notes", "notes/", "notes/d.npy"].map((out): [string, string] => [
      `wave.png --out=${out}`,
      'Cannot write into "notes": it is a file; name a folder, or a file that ends in .png, .npy or .safetensors',
    ]),
    [
      "wave.png --out=d.npy --colors=turbo",
      "Cannot colour npy: only png has colours; leave out --colors, or write png",
    ],
    [
      "wave.png --out=d.npy --format=png",
      'Cannot write png to "d.npy": leave out --format, or give --out another ending',
    ],
    [
      "wave.png --encoder=patches",
      /^Cannot predict with encoder "patches": it only gives activations; encoders that predict something are .*"depth-anything".*; write --encoder=depth-/,
    ],
    [
      `wave.png --out=wave.png --force ${depthAnything.join(" ")}`,
      'Cannot write "wave.png": it is the picture itself; choose another --out',
    ],
    [
      "a.json b.json wave.png",
      'Cannot predict with 2 runs at once: received "a.json" and "b.json"',
    ],
    [
      "a.json wave.png",
      /^Cannot read ".*a\.json": there is no file .*a\.json$/,
    ],
  ];
  for (const [args, message] of typed) {
    await t.step(args === "" ? "nothing" : args, async () => {
      const words = args.split(" ").filter((word) => word !== "");
      const found = refused(await at.predict(words));
      if (typeof message === "string") equal(found, message);
      else match(found, message);
    });
  }
  deepEqual(await at.names(), ["notes", "other.png", "wave.png"]);
});

/** Sends its process the signal of Ctrl-C when `method` is called. */
const interrupt = (method: string) => `
const { prototype } = Deno.FsFile, before = prototype.${method};
prototype.${method} = async function (...args) {
  const heard = new Promise((done) => Deno.addSignalListener("SIGINT", done));
  Deno.kill(Deno.pid, "SIGINT");
  await heard;
  return await before.apply(this, args);
};`;

Deno.test("predict leaves whole files and no other when Ctrl-C ends it", async () => {
  await using at = await predictFolder();
  await at.write("stop.js", interrupt("write"));
  await at.write("other.png", await png(5, 5));
  const args = [...depthAnything, "wave.png", "other.png", "--out=d"];
  const { code, errors } = await at.predict(args, join(at.path, "stop.js"));
  deepEqual([code, errors], [130, ""]);
  deepEqual(await at.names(), [
    "d/wave.depth.png",
    "other.png",
    "stop.js",
    "wave.png",
  ]);
  equal((await grey(await at.read("d/wave.depth.png"))).length, 1200);
});

Deno.test("predict reports a file that cannot be written, and leaves no part of it", async () => {
  await using at = await predictFolder();
  await at.write(
    "full.js",
    `Deno.FsFile.prototype.syncData = () => Promise.reject(
      Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" }));`,
  );
  const { code, errors } = await at.predict(
    [...depthAnything, "wave.png"],
    join(at.path, "full.js"),
  );
  equal(code, 1);
  equal(
    errors,
    'Cannot write "wave.depth.png": No space left on device (os error 28)\n',
  );
  deepEqual(await at.names(), ["full.js", "wave.png"]);
});
