/** Tests of loadDictionary() on checkpoints that are none. @module */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import {
  FormatError,
  type Hook,
  type HostTensor,
  runFolder,
  type Sparsifier,
  writeSafetensors,
} from "tessera";
import { loadDictionary } from "../../../core/train/load_dictionary.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import { batchTopK } from "../../../plugins/sparsifiers/batch_top_k.ts";

const dSae = 6, width = 4, engine = reference();
const sparsifier: Sparsifier = batchTopK({
  dSae,
  k: 2,
  init: "random",
  bDec: "mean",
  alphaAux: 0,
});
const hook: Hook = { name: "h", width, layout: { specials: 0, grid: [1, 1] } };

const good = (): Record<string, HostTensor> => ({
  W_enc: { data: new Float32Array(24).fill(0.5), shape: [width, dSae] },
  W_dec: { data: new Float32Array(24).fill(0.5), shape: [dSae, width] },
  b_enc: { data: new Float32Array(6), shape: [dSae] },
  b_dec: { data: new Float32Array(4), shape: [width] },
  threshold: { data: new Float32Array(6).fill(0.1), shape: [dSae] },
});

async function load(
  tensors: Record<string, HostTensor>,
  of: Sparsifier = sparsifier,
) {
  const path = await Deno.makeTempDir();
  try {
    const folder = runFolder(path);
    await Deno.mkdir(folder.checkpoint);
    await writeSafetensors(
      join(folder.checkpoint, "sae_weights.safetensors"),
      Object.fromEntries(
        Object.entries(tensors).map(([name, one]) =>
          [name, { dtype: "F32", ...one }] as const
        ),
      ),
    );
    return await loadDictionary({ engine, hook, sparsifier: of }, folder);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("loadDictionary() gives every parameter of a checkpoint that is whole", async () => {
  const params = await load(good());
  deepEqual(params.W_enc!.shape, [dSae, width]);
  equal((await engine.read(params.threshold!))[0], Math.fround(0.1));
});

Deno.test("loadDictionary() names a parameter that is missing", async () => {
  for (const name of ["W_enc", "b_enc", "b_dec", "threshold"]) {
    const { [name]: _, ...rest } = good();
    await rejects(load(rest), (error) => {
      ok(error instanceof FormatError);
      match(
        error.message,
        new RegExp(
          `it has no ${name}, which a jumprelu dictionary needs; train`,
        ),
      );
      return true;
    });
  }
  const { threshold: _, ...rest } = good();
  const own = { ...sparsifier, saelens: { architecture: "somebody's" } };
  ok((await load(rest, own)).W_dec);
});

Deno.test("loadDictionary() names a parameter of another size", async () => {
  const b_enc = { data: new Float32Array(5), shape: [5] };
  await rejects(
    load({ ...good(), b_enc }),
    /its b_enc is \[5\], the run asks for \[6\]/,
  );
  const W_enc = { data: new Float32Array(24), shape: [dSae, width] };
  await rejects(
    load({ ...good(), W_enc }),
    /its W_enc is \[6, 4\], the run asks for \[4, 6\]/,
  );
});

Deno.test("loadDictionary() counts numbers that are not finite", async () => {
  for (const [name, { data, shape }] of Object.entries(good())) {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const some = { data: data.with(1, bad), shape };
      await rejects(
        load({ ...good(), [name]: some }),
        new RegExp(
          `1 of the ${data.length} numbers of its ${name} are not finite`,
        ),
      );
    }
    const all = { data: data.map(() => NaN), shape };
    await rejects(
      load({ ...good(), [name]: all }),
      new RegExp(`${data.length} of the ${data.length} numbers`),
    );
  }
});
