/** Tests of indexing a toy run, against brute force. @module */
import {
  deepEqual,
  deepStrictEqual,
  equal,
  notEqual,
  ok,
  rejects,
} from "node:assert/strict";
import { join } from "node:path";
import { evenly } from "../../../core/latents/evenly.ts";
import {
  indexLatents,
  type IndexOptions,
} from "../../../core/latents/index_latents.ts";
import {
  type LatentIndex,
  writeLatentIndex,
} from "../../../core/latents/latent_index.ts";
import { nearestByDirection } from "../../../core/latents/neighbours.ts";
import type { OpenRun } from "../../../core/train/open_run.ts";
import type { Tensors } from "../../../core/tensor.ts";
import { toyDataset } from "../_toy_run.ts";
import { labelled, openToyIndex, toyIndexOptions } from "./_toy_index.ts";

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

/** The dense codes of a picture's patches: `[4][dSae]`. */
async function denseOf(
  { dataset, encoder, engine, hook, sparsifier }: OpenRun,
  params: Tensors,
  index: number,
): Promise<number[][]> {
  const { image } = await dataset.get(index);
  const { data, shape } = (await encoder.encode([image], [hook.name]))[
    hook.name
  ]!;
  const width = shape[2]!, patches = data.slice(width);
  const x = engine.tensor(patches, [4, width]);
  const codes = await engine.readCodes(
    await sparsifier.encode(engine, params, x),
  );
  return Array.from({ length: 4 }, (_, row) => {
    const dense = new Array<number>(sparsifier.dSae).fill(0);
    for (let i = codes.offsets[row]!; i < codes.offsets[row + 1]!; i++) {
      dense[codes.latents[i]!] = codes.values[i]!;
    }
    return dense;
  });
}

function session(folder: string, signal?: AbortSignal) {
  return { state: join(folder, "state.safetensors"), signal };
}

async function indexed(
  options: Partial<IndexOptions> = {},
  toy: Parameters<typeof openToyIndex>[0] = {},
): Promise<LatentIndex> {
  const { run, params } = await openToyIndex(toy);
  let found: LatentIndex | undefined;
  await inFolder(async (folder) => {
    const all = { ...toyIndexOptions, ...options };
    found = await indexLatents(run, params, all, session(folder));
  });
  return found!;
}

Deno.test("indexLatents() agrees with a look at every picture, patch and latent", async () => {
  const bad = [0, 7, 8, 9, 10, 11], toy = { bad };
  const { run, params } = await openToyIndex(toy);
  const good = Array.from({ length: 40 }, (_, i) => i)
    .filter((i) => !bad.includes(i));
  const dense = new Map<number, number[][]>();
  for (const i of good) dense.set(i, await denseOf(run, params, i));
  const index = await indexed({}, toy), { columns, top, chance } = index;
  deepEqual(index.info, {
    version: 1,
    run: run.hash,
    dSae: 12,
    grid: [2, 2],
    images: 34,
    skipped: 6,
    tokens: 136,
    slots: { top: 3, chance: 4 },
    neighbours: 3,
    label: "animal",
  });
  for (let latent = 0; latent < 12; latent++) {
    const mapOf = (picture: number): number[] =>
      dense.get(picture)!.map((row) => row[latent]!);
    const strongest = good.map((picture) => {
      const map = mapOf(picture), value = Math.max(...map);
      return { picture, value, token: map.indexOf(value) };
    }).filter(({ value }) => value > 0)
      .sort((a, b) => b.value - a.value || a.picture - b.picture);
    const values = good.flatMap(mapOf).filter((value) => value > 0);
    equal(columns.density![latent], Math.fround(values.length / 136));
    equal(columns.pictures![latent], Math.fround(strongest.length / 34));
    equal(columns.max![latent], Math.max(0, ...values));
    if (latent === 11) {
      equal(values.length, 0);
      for (const name of ["mean", "spread", "purity"]) {
        ok(Number.isNaN(columns[name]![latent]), name);
      }
      deepEqual([...top.example.subarray(33)], [-1, -1, -1]);
      continue;
    }
    const total = values.reduce((sum, value) => sum + value, 0);
    ok(Math.abs(columns.mean![latent]! - total / values.length) < 1e-5);
    const wanted = strongest.slice(0, 3);
    const slots = wanted.map((_, i) => 3 * latent + i);
    deepEqual(
      slots.map((slot) => ({
        picture: top.example[slot],
        value: top.value[slot],
        token: top.token[slot],
      })),
      wanted,
    );
    slots.forEach((slot, i) => {
      const { picture, value } = wanted[i]!;
      deepEqual(
        [...top.map.subarray(4 * slot, 4 * slot + 4)],
        mapOf(picture).map((x) =>
          x === 0 ? 0 : Math.max(1, Math.round(255 * x / value))
        ),
      );
    });
    const animals = wanted.filter(({ picture }) => picture % 2 === 0)
      .map(({ picture }) => picture % 4 === 0);
    const cats = animals.filter(Boolean).length;
    const purest = Math.max(cats, animals.length - cats) / wanted.length;
    equal(columns.purity![latent], Math.fround(purest));
    const shown = [...chance.example.subarray(4 * latent, 4 * latent + 4)]
      .filter((picture) => picture >= 0);
    equal(shown.length, Math.min(4, strongest.length));
    equal(new Set(shown).size, shown.length);
    shown.forEach((picture, i) => {
      const { value } = strongest.find((one) => one.picture === picture)!;
      equal(chance.value[4 * latent + i], value);
    });
  }
  const data = await run.engine.read(params.W_dec!);
  const directions = { data, shape: params.W_dec!.shape };
  deepEqual(index.alike, await nearestByDirection(run.engine, directions, 3));
  // With so few pictures, the sample holds all tokens.
  const sets = Array.from(
    { length: 12 },
    (_, latent) =>
      good.flatMap((i) => dense.get(i)!.map((row) => row[latent]! > 0)),
  );
  const size = (set: boolean[]) => set.filter(Boolean).length;
  const other = index.together.latent[0]!;
  const both = sets[0]!.filter((fires, row) => fires && sets[other]![row]);
  const cosine = both.length / Math.sqrt(size(sets[0]!) * size(sets[other]!));
  ok(Math.abs(index.together.cosine[0]! - cosine) < 1e-6);
});

Deno.test("indexLatents() finds the same in groups of any size", async () => {
  const settings = { buffer: { images: 7, tokens: 128 } };
  const [fours, sevens] = [await indexed(), await indexed({}, { settings })];
  notEqual(sevens.info.run, fours.info.run);
  const { info: _, ...wanted } = fours;
  const { info: __, ...found } = sevens;
  // Strictly, so that NaN equals NaN.
  deepStrictEqual(found, wanted);
});

Deno.test("indexLatents() keeps several patches of a picture when told to", async () => {
  const { top } = await indexed({ perImage: 4, top: 40 });
  let twice = 0;
  for (let slot = 1; slot < top.example.length; slot++) {
    if (slot % 40 === 0 || top.example[slot]! < 0) continue;
    ok(top.value[slot]! <= top.value[slot - 1]!);
    if (top.example[slot] === top.example[slot - 1]) twice++;
  }
  ok(twice > 5, `${twice}`);
});

Deno.test("indexLatents() uses the given label, and has no purity if no picture has it", async () => {
  const pixels = await indexed({ label: "pixels" });
  equal(pixels.info.label, "pixels");
  ok(pixels.columns.purity);
  const none = await indexed({ label: "colour" });
  equal(none.info.label, null);
  equal("purity" in none.columns, false);
});

/** The files of an index that was stopped after each of the given numbers of groups. */
async function files(
  toy: Parameters<typeof openToyIndex>[0],
  stops: readonly number[],
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  await inFolder(async (folder) => {
    for (const stop of [...stops, Infinity]) {
      const { run, params } = await openToyIndex(toy);
      const control = new AbortController();
      let groups = 0;
      const { encode } = run.encoder;
      const encoder = {
        ...run.encoder,
        encode: (...args: Parameters<typeof encode>) => {
          if (groups++ === stop) control.abort();
          return encode(...args);
        },
      };
      const index = await indexLatents(
        { ...run, encoder },
        params,
        toyIndexOptions,
        session(folder, control.signal),
      );
      equal(index === undefined, stop < Infinity);
      if (!index) continue;
      await writeLatentIndex(folder, index);
    }
    for await (const { name } of Deno.readDir(folder)) {
      if (name === "state.safetensors") continue;
      found[name] = (await Deno.readFile(join(folder, name))).toBase64();
    }
  });
  return found;
}

Deno.test("indexLatents() stopped anywhere resumes to the same bytes", async () => {
  const toy = { bad: [3, 4, 5, 6, 7, 30], length: 41 };
  const wanted = await files(toy, []);
  deepEqual(Object.keys(wanted).sort(), [
    "index.json",
    "latents.safetensors",
    "maps.safetensors",
  ]);
  // Eleven groups; in one, no picture can be decoded.
  for (const stops of [[0], [4], [9], [0, 0, 0], [2, 3, 1]]) {
    deepEqual(await files(toy, stops), wanted, `stopped after ${stops}`);
  }
});

Deno.test("indexLatents() ignores the state of another index, or a broken one", async () => {
  const half = async (folder: string): Promise<void> => {
    const { run, params } = await openToyIndex();
    const signal = AbortSignal.abort();
    const stopped = session(folder, signal);
    equal(
      await indexLatents(run, params, toyIndexOptions, stopped),
      undefined,
    );
  };
  /** The pictures that are still looked at when a half-done index resumes. */
  const seen = async (
    options: Partial<IndexOptions> = {},
    change: (toy: { run: OpenRun; params: Tensors }) => Partial<
      { run: OpenRun; params: Tensors }
    > = () => ({}),
    damage: (path: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<number> => {
    let pictures = 0;
    await inFolder(async (folder) => {
      await half(folder);
      await damage(session(folder).state);
      const toy = await openToyIndex();
      const { run, params } = { ...toy, ...change(toy) };
      const encode: typeof run.encoder.encode = (images, hooks) => {
        pictures += images.length;
        return toy.run.encoder.encode(images, hooks);
      };
      const index = await indexLatents(
        { ...run, encoder: { ...run.encoder, encode } },
        params,
        { ...toyIndexOptions, ...options },
        session(folder),
      );
      equal(index!.info.images, run.dataset.length);
    });
    return pictures;
  };
  equal(await seen(), 36, "the same index goes on after the first group");
  equal(await seen({ top: 4 }), 40);
  equal(await seen({ label: "pixels" }), 40);
  equal(await seen({}, ({ run }) => ({ run: { ...run, hash: "other" } })), 40);
  equal(
    await seen({}, ({ run }) => ({
      run: { ...run, encoder: { ...run.encoder, provenance: { toy: 2 } } },
    })),
    40,
  );
  equal(
    await seen({}, ({ run }) => ({
      run: { ...run, dataset: labelled(toyDataset(44)) },
    })),
    44,
  );
  // A dictionary that has been trained further.
  equal(
    await seen({}, ({ run: { engine }, params }) => ({
      params: { ...params, threshold: engine.fill(2.5, [12]) },
    })),
    40,
  );
  equal(
    await seen({}, undefined, async (path) => {
      const bytes = await Deno.readFile(path);
      await Deno.writeFile(path, bytes.subarray(0, bytes.length - 1));
    }),
    40,
  );
  equal(
    await seen({}, undefined, (path) => Deno.writeTextFile(path, "{}")),
    40,
  );
});

Deno.test("indexLatents() reports progress, counting pictures that cannot be decoded", async () => {
  const { run, params } = await openToyIndex({ bad: [1, 2] });
  const told: string[] = [];
  await inFolder(async (folder) => {
    await indexLatents(run, params, { ...toyIndexOptions, images: 12 }, {
      ...session(folder),
      onProgress: (images, total) => told.push(`${images}/${total}`),
    });
  });
  deepEqual(told, ["4/12", "8/12", "12/12"]);
});

Deno.test("indexLatents() refuses a dataset in which nothing can be decoded", async () => {
  const bad = Array.from({ length: 40 }, (_, i) => i);
  await rejects(indexed({}, { bad }), {
    name: "ConfigError",
    message: "Cannot decode any of the dataset's 40 pictures: it is torn",
  });
  await rejects(indexed({ images: 8 }, { bad }), {
    name: "ConfigError",
    message: "Cannot index: none of 8 pictures of 40 could be decoded",
  });
});

Deno.test("indexLatents() refuses a hook without patches", async () => {
  const { run, params } = await openToyIndex();
  const hook = { ...run.hook, layout: { specials: 1, grid: [0, 0] } } as const;
  await rejects(
    indexLatents({ ...run, hook }, params, toyIndexOptions, session("/none")),
    {
      name: "ConfigError",
      message:
        'Cannot index the latents of "toy.1": it has no patches to show them on',
    },
  );
});

Deno.test("evenly() spreads indices over the dataset, and gives all when there are fewer", () => {
  deepEqual([...evenly(10, 4)], [0, 2, 5, 7]);
  deepEqual([...evenly(3, 9)], [0, 1, 2]);
  const many = [...evenly(1_281_167, 1000)];
  equal(new Set(many).size, 1000);
  const gaps = many.slice(1).map((index, i) => index - many[i]!);
  deepEqual([...new Set(gaps)].sort(), [1281, 1282]);
  ok(many.at(-1)! < 1_281_167);
});
