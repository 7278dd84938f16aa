import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ConfigError, ExampleError, FormatError } from "tessera";
import { imagenet } from "../../../plugins/datasets/imagenet.ts";
import { testDataset } from "../../conformance/dataset.ts";
import { picture } from "./_make_picture.ts";
import { entry, tarOf } from "./_make_tar.ts";
import { closingWith, temporaryFolder } from "./_temporary_folder.ts";

const [red, green, blue] = await Promise.all([
  picture("jpeg", [255, 0, 0]),
  picture("jpeg", [0, 255, 0]),
  picture("png", [0, 0, 255]),
]);

const official = tarOf(
  entry(
    "n02000000.tar",
    tarOf(
      entry("n02000000_9.JPEG", green),
      entry("n02000000_10.JPEG", green),
    ),
  ),
  entry("n01000000.tar", tarOf(entry("n01000000_1.JPEG", red))),
);

for (const path of ["train", "train.tar", "flat.tar"]) {
  testDataset(`imagenet of ${path}`, async () => {
    const folder = await temporaryFolder({
      "train/n02000000/n02000000_9.JPEG": green,
      "train/n01000000/n01000000_1.JPEG": red,
      "train.tar": official,
      "flat.tar": tarOf(
        entry("n01440764_tench.jpg", red),
        entry("n01484850_great_white_shark.jpg", "no picture"),
        entry("n01496331_electric_ray.png", blue),
      ),
    });
    return closingWith(await imagenet({ path }, folder), folder);
  });
}

Deno.test("imagenet() reads the folder and the official tar alike", async () => {
  await using folder = await temporaryFolder({
    "train/n02000000/n02000000_9.JPEG": green,
    "train/n02000000/n02000000_10.JPEG": green,
    "train/n01000000/n01000000_1.JPEG": red,
    "train.tar": official,
  });
  const unpacked = await imagenet({ path: "train" }, folder);
  const packed = await imagenet({ path: "train.tar" }, folder);
  equal(packed.length, 3);
  for (const index of [0, 1, 2]) {
    deepEqual(await packed.get(index), await unpacked.get(index));
  }
  const { id, labels } = await packed.get(1);
  equal(id, "n02000000/n02000000_10.JPEG");
  deepEqual(labels, { synset: "n02000000" });
  await packed.close?.();
});

Deno.test("imagenet() reads synsets and names from every way of naming files", async () => {
  await using folder = await temporaryFolder({
    "flat.tar": tarOf(
      entry("./n01440764_tench.jpg", red),
      entry("n01484850_great_white_shark.jpg", red),
      entry("n03590841_jack-o'-lantern.jpg", red),
      entry("val_00000001_n01751748.JPEG", red),
      entry("ILSVRC2012_val_00000001.JPEG", red),
      entry("labels.txt", "no picture"),
      entry("._n01440764_tench.jpg", "no picture"),
      entry(".cache/n01440764_tench.jpg", red),
      entry("._n01440764.tar", "no tar"),
    ),
  });
  const dataset = await imagenet({ path: "flat.tar" }, folder);
  const labels: Record<string, unknown> = {};
  for (let i = 0; i < dataset.length; i++) {
    const example = await dataset.get(i);
    labels[example.id] = example.labels;
  }
  deepEqual(labels, {
    "ILSVRC2012_val_00000001.JPEG": undefined,
    "n01440764_tench.jpg": { synset: "n01440764", name: "tench" },
    "n01484850_great_white_shark.jpg": {
      synset: "n01484850",
      name: "great white shark",
    },
    "n03590841_jack-o'-lantern.jpg": {
      synset: "n03590841",
      name: "jack-o'-lantern",
    },
    "val_00000001_n01751748.JPEG": { synset: "n01751748" },
  });
  await dataset.close?.();
});

Deno.test("imagenet() numbers the classes when all 1,000 are present", async () => {
  const synsets = Array.from(
    { length: 1000 },
    (_, i) => `n${String(i * 7 + 1_000_000).padStart(8, "0")}`,
  );
  const entries = synsets.map((synset) => entry(`${synset}_1.JPEG`, red));
  await using folder = await temporaryFolder({
    "all.tar": tarOf(...entries.toReversed()),
    "most.tar": tarOf(...entries.slice(1)),
  });
  const all = await imagenet({ path: "all.tar" }, folder);
  deepEqual((await all.get(999)).labels, { synset: synsets[999], class: 999 });
  deepEqual((await all.get(0)).labels, { synset: synsets[0], class: 0 });
  const most = await imagenet({ path: "most.tar" }, folder);
  deepEqual((await most.get(0)).labels, { synset: synsets[1] });
  await Promise.all([all.close?.(), most.close?.()]);
});

Deno.test("imagenet() reads many pictures of a tar concurrently", async () => {
  const colours = Array.from(
    { length: 40 },
    (_, i) => [i * 6, 255 - i * 6, i] as const,
  );
  const entries = await Promise.all(colours.map(async (colour, i) => {
    const name = `n00000001_${String(i).padStart(2, "0")}.png`;
    return entry(name, await picture("png", colour));
  }));
  await using folder = await temporaryFolder({ "a.tar": tarOf(...entries) });
  const dataset = await imagenet({ path: "a.tar" }, folder);
  for (let round = 0; round < 3; round++) {
    const examples = await Promise.all(
      colours.map((_, i) => dataset.get((i * 7 + round) % 40)),
    );
    examples.forEach(({ image }, i) => {
      const colour = colours[(i * 7 + round) % 40]!;
      deepEqual([...image.data.subarray(-3)], [...colour]);
    });
  }
  await dataset.close?.();
});

Deno.test({
  name: "imagenet() closes its file, even with reads under way",
  sanitizeResources: true,
  fn: async () => {
    await using folder = await temporaryFolder({ "a.tar": official });
    const dataset = await imagenet({ path: "a.tar" }, folder);
    await Promise.all([0, 1, 2].map((i) => dataset.get(i)));
    const underWay = Promise.allSettled([dataset.get(0)]);
    await dataset.close?.();
    await underWay;
    await rejects(dataset.get(0), /Cannot read ".*a\.tar": it was closed/);
  },
});

Deno.test("imagenet() names the picture that is damaged, and reads the others", async () => {
  const tar = tarOf(
    entry("n00000001_1.JPEG", red),
    entry("n00000001_2.JPEG", red.subarray(0, -50)),
    entry("n00000001_3.JPEG", "no picture"),
    entry("n00000001_4.JPEG", blue),
  );
  await using folder = await temporaryFolder({ "a.tar": tar });
  const dataset = await imagenet({ path: "a.tar" }, folder);
  const got = await Promise.allSettled([0, 1, 2, 3].map((i) => dataset.get(i)));
  deepEqual(got.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "rejected",
    "fulfilled",
  ]);
  const reason = got.map((one) => "reason" in one ? one.reason : undefined);
  equal(reason[1] instanceof ExampleError && reason[1].id, "n00000001_2.JPEG");
  equal(
    reason[2].message,
    'Cannot decode "n00000001_3.JPEG": it begins with "no picture", which is not how a JPEG, PNG or WebP begins',
  );
  await dataset.close?.();
});

Deno.test("imagenet() gives the later of two files with one name", async () => {
  const tar = tarOf(
    entry("n00000001_1.png", red),
    entry("./n00000001_1.png", blue),
  );
  await using folder = await temporaryFolder({ "a.tar": tar });
  const dataset = await imagenet({ path: "a.tar" }, folder);
  equal(dataset.length, 1);
  deepEqual([...(await dataset.get(0)).image.data.subarray(0, 3)], [0, 0, 255]);
  await dataset.close?.();
});

Deno.test("imagenet() says what is wrong with a tar", async () => {
  await using folder = await temporaryFolder({
    "cut.tar": official.subarray(0, 2000),
    "none.tar": tarOf(),
    "text.tar": tarOf(entry("notes.txt", "hello")),
    "shorter.tar": official,
  });
  const { path } = folder;
  await rejects(
    imagenet({ path: "cut.tar" }, folder),
    (error) =>
      error instanceof FormatError && error.file === `${path}/cut.tar` &&
      /it ends at byte 2000 inside "n02000000.tar", which needs bytes 512 to \d+; get the file again$/
        .test(error.message),
  );
  const kinds =
    "pictures are files that end in .jpg, .jpeg, .png, .webp and are not hidden";
  for (const [name, held] of [["none", "nothing"], ["text", '"notes.txt"']]) {
    await rejects(
      imagenet({ path: `${name}.tar` }, folder),
      new ConfigError(
        "dataset.path",
        `Cannot find a picture in "${path}/${name}.tar": ${kinds}; it holds ${held}`,
      ),
    );
  }
  const dataset = await imagenet({ path: "shorter.tar" }, folder);
  await Deno.truncate(`${path}/shorter.tar`, 1600);
  await rejects(dataset.get(0), (error) =>
    error instanceof FormatError &&
    /^Cannot read bytes \d+ to \d+ of ".*": it now ends at byte 1600$/.test(
      error.message,
    ));
  await dataset.close?.();
});

const sample = new URL(
  "../../../../shared/images/imagenet-sample-256.tar",
  import.meta.url,
);
const ignore = !exists(sample);

function exists(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch {
    // deno-lint-ignore no-console
    console.log(`skipped: imagenet() on real pictures, there is no ${url}`);
    return false;
  }
}

Deno.test({
  name: "imagenet() reads 1,000 real pictures, one of each class",
  ignore,
  fn: async () => {
    const path = fileURLToPath(sample);
    const dataset = await imagenet({ path }, { base: new URL("file:///") });
    equal(dataset.length, 1000);
    const { id, labels, image } = await dataset.get(0);
    equal(id, "n01440764_tench.jpg");
    deepEqual(labels, { synset: "n01440764", class: 0, name: "tench" });
    deepEqual([image.width, image.height], [341, 256]);
    deepEqual((await dataset.get(207)).labels, {
      synset: "n02099601",
      class: 207,
      name: "golden retriever",
    });
    await dataset.close?.();
  },
});

Deno.test("imagenet() says what of a tar cannot be read in place", async () => {
  const tar = tarOf(
    entry("n01440764_a.jpg", await picture("jpeg")),
    entry("n01440764_b.jpg", "", {
      type: "SymbolicLink",
      linkpath: "n01440764_a.jpg",
    }),
    entry("n01440764_c.jpg", "", {
      type: "SymbolicLink",
      linkpath: "/else/where.jpg",
    }),
  );
  await using folder = await temporaryFolder({ "a.tar": tar });
  const said: string[] = [];
  const dataset = await imagenet({ path: "a.tar" }, {
    base: folder.base,
    report: ({ text }) => said.push(text),
  });
  equal(dataset.length, 2);
  const [a, b] = [await dataset.get(0), await dataset.get(1)];
  deepEqual(b.image, a.image);
  equal(said.length, 1);
  match(
    said[0]!,
    /^1 entries of ".*a\.tar" are left out: "n01440764_c\.jpg" \(a link to "\/else\/where\.jpg", which is no file of the tar\)$/,
  );
  await dataset.close?.();
});
