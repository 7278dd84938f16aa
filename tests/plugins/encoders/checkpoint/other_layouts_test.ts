/** Tests of models that are stored in several files, under newer names, or with sizes and labels of other kinds. @module */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import {
  FormatError,
  readSafetensorsHeader,
  readTensorBytes,
  type TensorToWrite,
  writeSafetensors,
} from "tessera";
import { dinov2 } from "../../../../plugins/encoders/dinov2/mod.ts";
import { vit } from "../../../../plugins/encoders/vit/mod.ts";
import { auto } from "../../../../plugins/encoders/auto.ts";
import {
  checkGolden,
  goldenFolder,
  goldenImages,
  here,
  readGolden,
} from "../_golden.ts";
import { goldenOf, using, withModel } from "../dinov2/_models.ts";

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  await body(folder).finally(() => Deno.remove(folder, { recursive: true }));
}

/** Copies the golden model `vit` with its tensors under other names, in files of `each` tensors. */
async function rewrite(
  folder: string,
  { rename = (name: string) => name, each = Infinity }: {
    rename?: (name: string) => string;
    each?: number;
  },
): Promise<string[]> {
  const from = goldenFolder("vit");
  for (const file of ["config.json", "preprocessor_config.json"]) {
    await Deno.copyFile(join(from, file), join(folder, file));
  }
  const weights = await readSafetensorsHeader(join(from, "model.safetensors"));
  const names = [...weights.tensors.keys()];
  const count = Math.max(1, Math.ceil(names.length / each));
  const files: string[] = [];
  const map: Record<string, string> = {};
  for (let i = 0; i < count; i++) {
    const file = count === 1
      ? "model.safetensors"
      : `model-${`${i + 1}`.padStart(5, "0")}-of-${
        `${count}`.padStart(5, "0")
      }.safetensors`;
    const tensors: Record<string, TensorToWrite> = {};
    for (const name of names.slice(i * each, (i + 1) * each)) {
      const { dtype, shape } = weights.tensors.get(name)!;
      const data = await readTensorBytes(weights, name);
      tensors[rename(name)] = { dtype, shape, data };
      map[rename(name)] = file;
    }
    await writeSafetensors(join(folder, file), tensors);
    files.push(file);
  }
  if (count > 1) {
    const list = { metadata: { total_size: 1 }, weight_map: map };
    await Deno.writeTextFile(
      join(folder, "model.safetensors.index.json"),
      JSON.stringify(list),
    );
  }
  return files;
}

async function isGolden(model: string): Promise<void> {
  const golden = await readGolden(goldenFolder("vit"));
  await using(vit({ model }, here), async (encoder) => {
    const images = await goldenImages(golden);
    const checked = await checkGolden(encoder, golden, images, 1e-4);
    ok(Object.keys(checked).length > 10);
    // Weights from several files are computed with, and can be put in random order.
    const shuffled = await encoder.shuffled!(1);
    const { final_norm } = await shuffled.encode(images, ["final_norm"]);
    ok(final_norm!.data.every(Number.isFinite));
    await shuffled.close();
  });
}

Deno.test("a model in several files gives what it gives in one", () =>
  inFolder(async (folder) => {
    const files = await rewrite(folder, { each: 9 });
    ok(files.length > 3);
    await isGolden(folder);
    const { provenance } = await vit({ model: folder }, here);
    for (const file of [...files, "model.safetensors.index.json"]) {
      match(`${provenance[file]}`, /^[0-9a-f]{64}$/, file);
    }
  }));

Deno.test("a model in several files says which is missing, cut short, or lacks a tensor", () =>
  inFolder(async (folder) => {
    const files = await rewrite(folder, { each: 9 });
    const open = () => vit({ model: folder }, here);
    const second = join(folder, files[1]!), bytes = await Deno.readFile(second);
    await Deno.writeFile(second, bytes.subarray(0, bytes.length - 4));
    await rejects(open, (error) => {
      ok(error instanceof FormatError);
      match(
        error.message,
        new RegExp(`${RegExp.escape(files[1]!)}.*the file has`),
      );
      return true;
    });
    await Deno.remove(second);
    await rejects(
      open,
      new RegExp(
        `index.json": it lists "${
          RegExp.escape(files[1]!)
        }", one of ${files.length} files, which is not there`,
      ),
    );
    await Deno.copyFile(join(folder, files[0]!), second);
    await rejects(open, /it says that tensor ".*" is in ".*", which lacks it/);
    const list = join(folder, "model.safetensors.index.json");
    await Deno.writeTextFile(
      list,
      JSON.stringify({ weight_map: { a: "../x.safetensors" } }),
    );
    await rejects(
      open,
      /expected the name of a .safetensors file in the same folder/,
    );
    await Deno.writeTextFile(list, "{");
    await rejects(open, /index.json": it is not JSON/);
  }));

Deno.test("a ViT under the names of transformers 5 gives what it gives under the old ones", () =>
  inFolder(async (folder) => {
    const rules: readonly (readonly [RegExp, string])[] = [
      [/attention\.attention\.query/, "attention.q_proj"],
      [/attention\.attention\.key/, "attention.k_proj"],
      [/attention\.attention\.value/, "attention.v_proj"],
      [/attention\.output\.dense/, "attention.o_proj"],
      [/intermediate\.dense/, "mlp.fc1"],
      [/(?<!attention\.)output\.dense/, "mlp.fc2"],
      [/encoder\.layer\./, "layers."],
    ];
    const seen: string[] = [];
    await rewrite(folder, {
      rename(name) {
        const renamed = rules.reduce(
          (to, [old, now]) => to.replace(old, now),
          name,
        );
        seen.push(renamed);
        return renamed;
      },
    });
    ok(seen.includes("vit.layers.0.attention.q_proj.weight"), `${seen}`);
    ok(seen.includes("vit.layers.2.mlp.fc2.bias"));
    await isGolden(folder);
  }));

Deno.test("a DINOv2 with registers agrees with transformers at every hook, at the learned size and another", async () => {
  const model = goldenFolder("dinov2_registers");
  for (const size of [{ height: 20, width: 20 }, { height: 12, width: 28 }]) {
    const golden = await goldenOf("dinov2_registers", size);
    await using(dinov2({ model, size, pos: "hf" }, here), async (encoder) => {
      const images = await goldenImages(golden);
      const checked = await checkGolden(encoder, golden, images, 1e-4);
      ok(Object.keys(checked).includes("final_norm"));
      equal(Object.keys(checked).length, 2 + 2 * 11);
      deepEqual(encoder.hooks[0]!.layout, {
        specials: 4,
        grid: [size.height / 4, size.width / 4],
      });
    });
  }
  await using(auto({ model }, here), (encoder) => {
    equal(encoder.hooks[0]!.layout.specials, 4);
    return Promise.resolve();
  });
});

Deno.test("a ViT of pictures wider than high agrees with transformers", async () => {
  const model = goldenFolder("vit_wide");
  const golden = await readGolden(model, "golden_16x40");
  await using(vit({ model }, here), async (encoder) => {
    const images = await goldenImages(golden);
    const checked = await checkGolden(encoder, golden, images, 1e-4);
    ok(Object.keys(checked).includes("final_norm"));
    deepEqual(encoder.hooks[0]!.layout, { specials: 1, grid: [2, 5] });
    equal(encoder.provenance.width, 40);
    ok(encoder.memory(4) > 0);
  });
});

Deno.test("a patch that is not square is refused by its sizes", () =>
  withModel(
    "vit_wide",
    { config: { patch_size: [8, 4] } },
    (model) =>
      rejects(
        vit({ model }, here),
        /"patch_size": found \[8,4\], supported are equal height and width/,
      ),
  ));

Deno.test("names of classes may be numbers; where one is missing none are shown", async () => {
  const labelsOf = async (id2label: unknown): Promise<unknown> => {
    let labels: unknown;
    await withModel(
      "classifiers/vit",
      { config: { id2label } },
      async (model) => {
        const encoder = await vit({ model }, here);
        labels = encoder.predictions![0]!.labels;
        await encoder.close();
      },
    );
    return labels;
  };
  const classes = JSON.parse(
    await Deno.readTextFile(
      join(goldenFolder("classifiers/vit"), "config.json"),
    ),
  ).id2label as Record<string, string>;
  const numbers = Object.fromEntries(
    Object.keys(classes).map((key) => [key, Number(key) * 2]),
  );
  deepEqual(await labelsOf(numbers), Object.values(numbers).map(String));
  equal(await labelsOf({ ...classes, 0: null }), undefined);
  equal(await labelsOf(null), undefined);
});
