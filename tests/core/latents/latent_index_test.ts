/** Tests of the files of an index. @module */
import {
  deepEqual,
  deepStrictEqual,
  equal,
  match,
  rejects,
} from "node:assert/strict";
import { dirname, join } from "node:path";
import { indexLatents } from "../../../core/latents/index_latents.ts";
import {
  type LatentIndex,
  writeLatentIndex,
} from "../../../core/latents/latent_index.ts";
import { readLatentIndex } from "../../../core/latents/read_latent_index.ts";
import { openToyIndex, toyIndexOptions } from "./_toy_index.ts";

const { run, params } = await openToyIndex();
const index: LatentIndex = (await indexLatents(run, params, toyIndexOptions, {
  state: "/nowhere/state.safetensors",
}))!;

async function written(
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const run = await Deno.makeTempDir();
  try {
    const folder = join(run, "index");
    await writeLatentIndex(folder, index);
    await body(folder);
  } finally {
    await Deno.remove(run, { recursive: true });
  }
}

Deno.test("readLatentIndex() reads what writeLatentIndex() wrote, maps a latent at a time", async () => {
  await written(async (folder) => {
    const { maps, ...read } = await readLatentIndex(folder);
    const { top, chance, ...rest } = index;
    const { top: readTop, chance: readChance, ...readRest } = read;
    deepStrictEqual(readRest, rest);
    for (
      const [name, wanted, found] of [
        ["top", top, readTop],
        ["chance", chance, readChance],
      ] as const
    ) {
      for (
        const key of ["slots", "tokens", "value", "example", "token"] as const
      ) {
        deepEqual(found[key], wanted[key], `${name}.${key}`);
      }
      equal(found.map.length, 0);
      const each = wanted.slots * wanted.tokens;
      for (const latent of [0, 5, 11]) {
        deepEqual(
          await maps(name, latent),
          wanted.map.subarray(latent * each, (latent + 1) * each),
        );
      }
    }
  });
});

Deno.test("maps() refuses a latent that does not exist, and says when the index was removed", async () => {
  await written(async (folder) => {
    const { maps } = await readLatentIndex(folder);
    for (const latent of [-1, 12, 1e9, 0.5, NaN]) {
      await rejects(maps("top", latent), {
        name: "RangeError",
        message: `Cannot find latent ${latent}: there are 12`,
      });
    }
    await Deno.remove(folder, { recursive: true });
    await rejects(maps("top", 0), {
      name: "FormatError",
      message:
        `Cannot use the index in "${folder}": it was removed while it was open; make it again with: deno task index ${
          dirname(folder)
        }`,
    });
  });
});

/** Truncates a file. */
async function cut(path: string, bytes: number): Promise<void> {
  const whole = await Deno.readFile(path);
  await Deno.writeFile(path, whole.subarray(0, whole.length - bytes));
}

async function editInfo(
  folder: string,
  change: Record<string, unknown>,
): Promise<void> {
  const path = join(folder, "index.json");
  const info = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(path, JSON.stringify({ ...info, ...change }));
}

const damages: [
  what: string,
  damage: (folder: string) => Promise<void>,
  why: RegExp,
][] = [
  [
    "half written: without index.json",
    (folder) => Deno.remove(join(folder, "index.json")),
    /^Cannot find ".*index\.json": the run has no complete index; make one with: deno task index (.*)$/,
  ],
  [
    "none at all",
    (folder) => Deno.remove(folder, { recursive: true }),
    /^Cannot find ".*index\.json": the run has no complete index; make one with: deno task index (.*)$/,
  ],
  [
    "another version",
    (folder) => editInfo(folder, { version: 2 }),
    /: its index\.json is not in version 1 format; make it again with: deno task index (.*)$/,
  ],
  [
    "no JSON",
    (folder) => Deno.writeTextFile(join(folder, "index.json"), '{"version":'),
    /: its index\.json is not in version 1 format; make it again with: deno task index (.*)$/,
  ],
  [
    "other sizes",
    (folder) => editInfo(folder, { dSae: 13 }),
    /: "columns\.\w+" in ".*" has 48 bytes, but its index\.json asks for 52; make it again with: deno task index (.*)$|"(?:top|chance)" in .* has/,
  ],
  [
    "another grid",
    (folder) => editInfo(folder, { grid: [2, 3] }),
    /: "top" in ".*maps\.safetensors" has 144 bytes, but its index\.json asks for 216; make it again with: deno task index (.*)$/,
  ],
  [
    "truncated latents.safetensors",
    (folder) => cut(join(folder, "latents.safetensors"), 5),
    /: Cannot read ".*latents\.safetensors" as safetensors: tensor ".*" ends at byte \d+, the file has \d+: is it truncated\?; make it again with: deno task index (.*)$/,
  ],
  [
    "no latents.safetensors",
    (folder) => Deno.remove(join(folder, "latents.safetensors")),
    /: it has no latents\.safetensors; make it again with: deno task index (.*)$/,
  ],
  [
    "truncated maps.safetensors",
    (folder) => cut(join(folder, "maps.safetensors"), 1),
    /maps\.safetensors" as safetensors: .* is it truncated\?; make it again with: deno task index (.*)$/,
  ],
];
for (const [what, damage, why] of damages) {
  Deno.test(`readLatentIndex() of an index that is damaged says what to do: ${what}`, async () => {
    await written(async (folder) => {
      await damage(folder);
      await rejects(readLatentIndex(folder), (error: Error) => {
        equal(error.name, "FormatError");
        match(error.message, why);
        equal(why.exec(error.message)![1], dirname(folder));
        return true;
      });
    });
  });
}

Deno.test("writeLatentIndex() replaces an index, and leaves none when it fails half way", async () => {
  await written(async (folder) => {
    await writeLatentIndex(folder, index);
    const { info } = await readLatentIndex(folder);
    deepEqual(info, index.info);
    const broken = { ...index, top: { ...index.top, map: new Uint8Array() } };
    await rejects(writeLatentIndex(folder, broken), { name: "RangeError" });
    await rejects(readLatentIndex(folder), /the run has no complete index/);
  });
});
