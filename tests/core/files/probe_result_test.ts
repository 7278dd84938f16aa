/** Tests of the files that hold a probe's results. @module */
import {
  deepEqual,
  deepStrictEqual,
  equal,
  match,
  rejects,
} from "node:assert/strict";
import { join } from "node:path";
import { readProbeResult } from "../../../core/files/read_probe_result.ts";
import {
  type StoredProbe,
  writeProbeResult,
} from "../../../core/files/probe_result.ts";
import { type RunFolder, runFolder } from "../../../core/run/run_folder.ts";

const stored: StoredProbe = {
  info: {
    version: 1,
    probe: "my-probe",
    options: { images: 3 },
    run: "abc",
    dataset: { use: "scenes" },
    heldOut: 12,
  },
  result: {
    verdict: ["Nothing was shown"],
    metrics: {
      fvu: { value: 0.25, low: 0.2, high: 0.3, meaning: "what is left" },
      kl: { value: 1e-9, meaning: "how far", unit: "nats" },
    },
    perLatent: {
      b: { values: Float32Array.of(1, NaN, -3), meaning: "letters" },
      a: { values: Float32Array.of(4, 5, 6), meaning: "others", unit: "m" },
    },
    figures: {
      map: {
        svg: '<svg xmlns="http://www.w3.org/2000/svg"/>',
        caption: "A map",
      },
    },
    tables: {
      rows: {
        caption: "Some rows",
        columns: { name: "what it is", number: "how much" },
        rows: [
          { number: 0.1, name: 'a "word", with a comma' },
          { number: NaN, name: "two\nlines" },
        ],
      },
    },
  },
};

async function inRun(
  body: (folder: RunFolder, at: string) => Promise<void>,
): Promise<void> {
  const folder = runFolder(await Deno.makeTempDir());
  try {
    await body(folder, join(folder.probes, "my-probe"));
  } finally {
    await Deno.remove(folder.path, { recursive: true });
  }
}

async function paths(folder: string, at = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) found.push(at + name);
    else found.push(...await paths(join(folder, name), `${at}${name}/`));
  }
  return found.sort();
}

Deno.test("readProbeResult() reads what writeProbeResult() wrote", async () => {
  await inRun(async (folder, at) => {
    await writeProbeResult(folder, stored);
    deepEqual(await paths(folder.path), [
      "probes/my-probe/figures/map.svg",
      "probes/my-probe/per_latent.safetensors",
      "probes/my-probe/result.json",
      "probes/my-probe/tables/rows.csv",
    ]);
    deepStrictEqual(await readProbeResult(at), stored);
    equal(
      await Deno.readTextFile(join(at, "tables/rows.csv")),
      'name,number\r\n"a ""word"", with a comma",0.1\r\n"two\nlines",\r\n',
    );
    const small = {
      ...stored,
      result: { metrics: {}, tables: {} },
    };
    await writeProbeResult(folder, small);
    deepEqual(await paths(at), ["result.json"], "nothing of the old one");
    deepEqual((await readProbeResult(at)).result, {
      verdict: [],
      metrics: {},
      perLatent: {},
      figures: {},
      tables: {},
    });
  });
});

Deno.test("writeProbeResult() that fails leaves the old one", async () => {
  await inRun(async (folder, at) => {
    await writeProbeResult(folder, stored);
    const before = await paths(folder.path);
    const { rename } = Deno;
    for (
      const file of [
        "map.svg",
        "rows.csv",
        "per_latent.safetensors",
        "result.json",
      ]
    ) {
      Deno.rename = (from, to) =>
        String(to).endsWith(file)
          ? Promise.reject(new Error("the disk is full"))
          : rename(from, to);
      try {
        await rejects(writeProbeResult(folder, stored), /the disk is full/);
      } finally {
        Deno.rename = rename;
      }
      deepEqual(await paths(folder.path), before, file);
      deepStrictEqual(await readProbeResult(at), stored);
    }
  });
});

Deno.test("writeProbeResult() refuses names that are not valid file names", async () => {
  await inRun(async (folder) => {
    for (const name of ["../up", "a/b", "", ".hidden", "a.b", "é"]) {
      for (const part of ["metrics", "figures", "tables", "perLatent"]) {
        const result = { ...stored.result, [part]: { [name]: {} } };
        await rejects(writeProbeResult(folder, { ...stored, result }), {
          name: "RangeError",
          message:
            `Cannot write what probe "my-probe" found: "${name}" is not a valid name; use letters, digits, - and _`,
        });
      }
    }
    deepEqual(await paths(folder.path), []);
  });
});

Deno.test("readProbeResult() of damaged files says what to do", async () => {
  const damages: [damage: (at: string) => Promise<void>, why: RegExp][] = [
    [(at) => Deno.remove(at, { recursive: true }), /: it has no result\.json;/],
    [
      (at) => Deno.writeTextFile(join(at, "result.json"), '{"version":1'),
      /: its result\.json is not in version 1 format;/,
    ],
    [
      async (at) => {
        const path = join(at, "result.json");
        const text = await Deno.readTextFile(path);
        await Deno.writeTextFile(path, text.replace(": 1,", ": 2,"));
      },
      /: its result\.json is not in version 1 format;/,
    ],
    [
      (at) => Deno.remove(join(at, "per_latent.safetensors")),
      /per_latent\.safetensors/,
    ],
    [
      async (at) => {
        const path = join(at, "per_latent.safetensors");
        const bytes = await Deno.readFile(path);
        await Deno.writeFile(path, bytes.subarray(0, bytes.length - 2));
      },
      /is it truncated\?;/,
    ],
    [(at) => Deno.remove(join(at, "figures/map.svg")), /map\.svg/],
  ];
  for (const [damage, why] of damages) {
    await inRun(async (folder, at) => {
      await writeProbeResult(folder, stored);
      await damage(at);
      await rejects(readProbeResult(at), (error: Error) => {
        equal(error.name, "FormatError");
        match(error.message, why);
        equal(
          error.message.endsWith(
            `; run it again with: deno task probe my-probe ${folder.path}`,
          ),
          true,
          error.message,
        );
        return true;
      });
    });
  }
});
