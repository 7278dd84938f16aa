import { equal, match, ok, rejects } from "node:assert/strict";
import { TensorProto_DataType } from "onnx-buf";
import { join } from "node:path";
import { ConfigError, FormatError, isUserError, randomFrom } from "tessera";
import {
  onnx,
  type OnnxOptions,
} from "../../../../plugins/encoders/onnx/mod.ts";
import { readOnnxFile } from "../../../../plugins/encoders/onnx/onnx_file.ts";
import { picture } from "../../../conformance/encoder.ts";
import { goldenFolder, here } from "../_golden.ts";
import { changed, pixels, smallModel, withFiles } from "./_models.ts";

const golden = (file: string): Promise<Uint8Array> =>
  Deno.readFile(join(goldenFolder("onnx_vit"), file));
const good = smallModel();
const beside = await golden("model.onnx");
const weights = await golden("model.onnx.data");
const size = { height: 8, width: 12 };

type Input = Parameters<Parameters<typeof changed>[1]>[0];

/** The small model with another type or shape for its input. */
function taking(
  dims: readonly (number | string)[],
  type = TensorProto_DataType.FLOAT,
): Uint8Array {
  return changed(smallModel({ name: pixels.name, dims }), ({ graph }) => {
    const { value } = graph!.input[0]!.type!;
    if (value.case === "tensorType") value.value.elemType = type;
  });
}

/** The exported model with its weights at another place. */
function placed(location: string): Uint8Array {
  return changed(beside, ({ graph }: Input) => {
    for (const { externalData } of graph!.initializer) {
      const entry = externalData.find(({ key }) => key === "location");
      if (entry) entry.value = location;
    }
  });
}

interface Case {
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  readonly options?: Partial<OnnxOptions>;
  readonly error: typeof FormatError | typeof ConfigError;
  readonly message: RegExp;
}

const cases: Record<string, Case> = {
  "no file": {
    files: { "other.onnx": good },
    error: ConfigError,
    message: /there is "other\.onnx"; give the path of an exported model/,
  },
  "a folder": {
    files: { "model.onnx/inner.onnx": good },
    error: ConfigError,
    message: /there is "inner\.onnx"/,
  },
  "an empty file": {
    files: { "model.onnx": "" },
    error: FormatError,
    message: /model\.onnx": it is empty/,
  },
  "a text": {
    files: { "model.onnx": "<html><body>404 not found</body></html>" },
    error: FormatError,
    message: /it is not an ONNX model/,
  },
  "a Git LFS pointer": {
    files: { "model.onnx": "version https://git-lfs.github.com/spec/v1\n" },
    error: FormatError,
    message: /git lfs pull/,
  },
  "a file cut short": {
    files: { "model.onnx": good.subarray(0, good.length - 100) },
    error: FormatError,
    message: /it is not an ONNX model, or is cut short/,
  },
  "no weights beside it": {
    files: { "model.onnx": beside },
    options: { size: undefined },
    error: FormatError,
    message: /weights are in "model\.onnx\.data", and there is no such file in/,
  },
  "weights cut short": {
    files: { "model.onnx": beside, "model.onnx.data": weights.subarray(0, 99) },
    options: { size: undefined },
    error: FormatError,
    message: /model\.onnx\.data", which has 99: it is cut short/,
  },
  "weights outside its folder": {
    files: { "model.onnx": placed("../model.onnx.data") },
    error: FormatError,
    message: /"\.\.\/model\.onnx\.data", which is not a path inside/,
  },
  "weights at an absolute path": {
    files: { "model.onnx": placed("/etc/passwd") },
    error: FormatError,
    message: /"\/etc\/passwd", which is not a path inside/,
  },
  "a newer opset": {
    files: {
      "model.onnx": changed(good, ({ opsetImport }) => {
        opsetImport[0]!.version = 99n;
      }),
    },
    error: FormatError,
    message: /Cannot open ".*model\.onnx".*onnxruntime says: .*99/,
  },
  "an unknown operation": {
    files: {
      "model.onnx": changed(good, ({ graph }) => {
        graph!.node.at(-1)!.opType = "Divine";
      }),
    },
    error: FormatError,
    message: /onnxruntime says: .*Divine/,
  },
  "no pictures": {
    files: { "model.onnx": taking(["n", 5], TensorProto_DataType.INT64) },
    error: FormatError,
    message: /it takes no pictures.*inputs are "pixels" int64 \[\?, 5\]/,
  },
  "pictures as bytes": {
    files: {
      "model.onnx": taking(["n", 3, 8, 12], TensorProto_DataType.UINT8),
    },
    error: FormatError,
    message: /"pixels" uint8 \[\?, 3, 8, 12\].*pictures go in as float32/,
  },
  "colours last": {
    files: { "model.onnx": taking(["n", 8, 12, 3]) },
    error: FormatError,
    message: /its colours come last/,
  },
  "grey pictures": {
    files: { "model.onnx": taking(["n", 1, 8, 12]) },
    error: FormatError,
    message: /pictures have 3 colours, it takes 1/,
  },
  "an input that does not exist": {
    files: { "model.onnx": good },
    options: { input: "pixel" },
    error: ConfigError,
    message: /Cannot find input "pixel" of ".*": there is "pixels"/,
  },
  "several inputs": {
    files: {
      "model.onnx": changed(good, ({ graph }) => {
        graph!.input.push({ ...graph!.input[0]!, name: "mask" });
      }),
    },
    error: ConfigError,
    message: /takes the pictures: "pixels", "mask"; give one of them as input/,
  },
  "any size, but none given": {
    files: { "model.onnx": good },
    options: { size: undefined },
    error: ConfigError,
    message: /Cannot tell the size.*give encoder\.size/,
  },
  "another size than it takes": {
    files: { "model.onnx": taking(["n", 3, 8, 12]) },
    options: { size: 224 },
    error: ConfigError,
    message: /pictures 224 pixels high and 224 wide: it takes 8 high and 12/,
  },
  "settings beside it for another size": {
    files: {
      "model.onnx": taking(["n", 3, 8, 12]),
      "preprocessor_config.json": '{ "size": 224 }',
    },
    options: { size: undefined },
    error: FormatError,
    message: /preprocessor_config\.json makes pictures 224 pixels high/,
  },
  "a model that takes exactly two pictures": {
    files: {
      "model.onnx": changed(
        smallModel({ name: "pixels", dims: [2, 3, 8, 12] }),
        ({ graph }) => {
          const [two] = graph!.initializer.filter(({ rawData }) =>
            new BigInt64Array(rawData.slice().buffer.slice(0, 8))[0] === 0n &&
            rawData.length === 24
          );
          two!.rawData[0] = 2; // [0, 5, −1] was the shape of the tokens
        },
      ),
    },
    options: { size: undefined },
    error: FormatError,
    message: /predicts "logits" \[2, 3\], which is not for one picture/,
  },
  "operations out of order": {
    files: {
      "model.onnx": changed(good, ({ graph }) => {
        graph!.node.reverse();
      }),
    },
    error: FormatError,
    message: /which nothing before it makes/,
  },
};

for (
  const [name, { files = {}, options, error, message }] of Object.entries(cases)
) {
  Deno.test(`onnx() says what is wrong with ${name}`, () =>
    withFiles(files, async (folder) => {
      const model = join(folder, "model.onnx");
      const made = onnx({ model, size, threads: 1, ...options }, here);
      await rejects(made, (thrown: Error) => {
        ok(thrown instanceof error, `${thrown.stack}`);
        match(thrown.message, message);
        ok(thrown.message.includes(folder), thrown.message);
        return true;
      });
    }));
}

Deno.test("onnx() throws only errors that a user can act on, whichever bytes of the file are wrong", async () => {
  const random = randomFrom(3);
  for (let i = 0; i < 300; i++) {
    const bytes = good.slice();
    for (let k = 0; k < 1 + i % 3; k++) {
      const at = Math.floor(random.next() * bytes.length);
      bytes[at] = Math.floor(random.next() * 256);
    }
    await withFiles({ "model.onnx": bytes }, async (folder) => {
      try {
        await readOnnxFile(join(folder, "model.onnx"), here.base);
      } catch (error) {
        ok(isUserError(error), `${(error as Error).stack}`);
      }
    });
  }
});

Deno.test("onnx() follows the links of a hub's cache, with weights beside the model or elsewhere", async () => {
  const images = [picture(20, 20)];
  const expected = await onnx(
    { model: join(goldenFolder("onnx_vit"), "model.onnx"), threads: 1 },
    here,
  );
  const whole = await expected.encode(images, ["map"]);
  await expected.close();
  const settings = await golden("preprocessor_config.json");
  for (const data of ["blobs/2", "elsewhere/2"]) {
    const files = {
      "blobs/1": beside,
      [data]: weights,
      "snapshots/a/preprocessor_config.json": settings,
    };
    await withFiles(files, async (folder) => {
      const inside = join(folder, "snapshots", "a", "onnx");
      await Deno.mkdir(inside);
      const link = (to: string, name: string) =>
        Deno.symlink(join(folder, to), join(inside, name));
      await link("blobs/1", "model.onnx");
      await link(data, "model.onnx.data");
      const model = join(inside, "model.onnx");
      const encoder = await onnx({ model, threads: 1 }, here);
      const seen = await encoder.encode(images, ["map"]);
      await encoder.close();
      equal(seen.map!.data.join(), whole.map!.data.join());
      // Prepared as the settings above the folder "onnx" say.
      equal(
        encoder.provenance.preprocessing,
        expected.provenance.preprocessing,
      );
    });
  }
});

Deno.test("onnx() copies no large weight, inside the file or beside it", async () => {
  for (const file of ["model.onnx", "scripted.onnx"]) {
    const path = join(goldenFolder("onnx_vit"), file);
    const { model, weightsFolder } = await readOnnxFile(path, here.base);
    equal(weightsFolder, await Deno.realPath(goldenFolder("onnx_vit")));
    for (const { name, rawData, externalData } of model.graph!.initializer) {
      ok(rawData.length < 1024, name);
      const location = externalData.find(({ key }) => key === "location");
      const place = file === "model.onnx" ? "model.onnx.data" : file;
      ok(location === undefined || location.value === place, name);
    }
  }
});

Deno.test("onnx() prefers its options to the settings beside the file", async () => {
  const files = {
    "model.onnx": good,
    "preprocessor_config.json": JSON.stringify({
      size: { height: 16, width: 24 },
      do_center_crop: true,
      crop_size: { height: 8, width: 16 },
      image_mean: [0.1, 0.2, 0.3],
    }),
  };
  const said = async (options: Partial<OnnxOptions>): Promise<unknown> => {
    let words: unknown;
    await withFiles(files, async (folder) => {
      const model = join(folder, "model.onnx");
      const { provenance } = await onnx({ model, ...options }, here);
      words = provenance.preprocessing;
    });
    return words;
  };
  equal(
    await said({}),
    "resize 24x16 bilinear, crop 16x8, mean 0.1 0.2 0.3, std 0.5 0.5 0.5",
  );
  equal(
    await said({
      size,
      fit: "crop",
      resample: "bicubic",
      scale: 1,
      std: [1, 1, 1],
    }),
    "trim to shape, resize 12x8 bicubic, scale 1, mean 0.1 0.2 0.3, std 1 1 1",
  );
});
