import batchTopKPlugin from "../../../../plugins/sparsifiers/batch_top_k.ts";
import topKPlugin from "../../../../plugins/sparsifiers/top_k.ts";
import { deepStrictEqual, equal, notEqual, ok } from "node:assert/strict";
import type { Selection } from "tessera";
import { reference } from "../../../../plugins/engines/reference/mod.ts";
import {
  topKLoss,
  type TopKLossOptions,
} from "../../../../plugins/sparsifiers/dictionary/top_k_loss.ts";
import { closeTo } from "../../../conformance/close_to.ts";
import {
  decoded,
  type Dictionary,
  difference,
  fromDictionary,
  fromRows,
  largestOfRows,
  latentsOf,
  meanRow,
  normals,
  type Rows,
  someDictionary,
  squares,
} from "../_float64.ts";
import { type LossOnHost, runLoss } from "../_on_engine.ts";

const dSae = 23, dModel = 6, tokens = 8, alphaAux = 1 / 32;
const keep = { keep: "top-k", k: 3 } as const;
const dead = Uint32Array.of(2, 3, 7, 11, 19);
const x = normals(tokens, dModel, 5);

/** A dictionary whose dead latents fire weakly: often above 0, never among the largest. */
function withDead(): Dictionary {
  const dictionary = someDictionary(dSae, dModel);
  for (const latent of dead) {
    const row = dictionary.W_enc[latent]!;
    row.forEach((w, d) => row[d] = Math.fround(w / 16));
    dictionary.b_enc[latent] = 0.125;
  }
  for (const row of dictionary.W_dec) {
    row.forEach((w, d) => row[d] = Math.fround(w / 8));
  }
  return dictionary;
}

function run(
  dictionary: Dictionary,
  options: Partial<TopKLossOptions> = {},
  latents = dead,
  rows: Rows = x,
): Promise<LossOnHost> {
  const selection: Selection = keep;
  return runLoss(
    reference(),
    fromDictionary(dictionary),
    fromRows(rows),
    (engine, params, batch) =>
      topKLoss(engine, params, batch, selection, { alphaAux, ...options }),
    { dead: latents },
  );
}

/** `x − x̂`, by plain loops. */
function errorOf(dictionary: Dictionary): Rows {
  const codes = largestOfRows(latentsOf(x, dictionary), keep.k);
  return difference(x, decoded(codes, dictionary.W_dec, dictionary.b_dec));
}

/** AuxK by plain loops; `bias` is what a wrong implementation would add to the reconstruction. */
function auxKOf(
  dictionary: Dictionary,
  e: Rows,
  k: number,
  latents: Iterable<number> = dead,
  bias?: number[],
): number {
  const codes = largestOfRows(latentsOf(x, dictionary), k, latents);
  const explained = decoded(codes, dictionary.W_dec, bias);
  const mean = meanRow(e);
  return squares(difference(e, explained)) /
    squares(difference(e, e.map(() => mean)));
}

Deno.test("topKLoss() is mean ‖x − x̂‖² when no latent is dead", async () => {
  const dictionary = withDead();
  const main = squares(errorOf(dictionary)) / tokens;
  for (
    const { loss, metrics } of [
      await run(dictionary, {}, new Uint32Array()),
      await run(dictionary, { kAux: 0 }),
      await run(dictionary, { alphaAux: 0 }),
    ]
  ) {
    closeTo([loss], [main], 1e-6, "loss");
    deepStrictEqual(metrics, {});
  }
});

Deno.test("topKLoss() adds alphaAux · Σ‖e − ê‖² / Σ‖e − mean e‖² with no b_dec in ê", async () => {
  const dictionary = withDead(), e = errorOf(dictionary);
  const expected = auxKOf(dictionary, e, 3);
  const { loss, metrics } = await run(dictionary);
  closeTo([metrics.auxK!], [expected], 1e-5, "auxK");
  const main = squares(e) / tokens;
  closeTo([loss], [main + alphaAux * expected], 1e-5, "loss");
  const twice = auxKOf(dictionary, e, 3, dead, dictionary.b_dec);
  ok(Math.abs(twice - expected) > 0.01, "b_dec makes no difference here");
});

Deno.test("topKLoss() keeps kAux dead latents, half of d_model by default", async () => {
  const dictionary = withDead(), e = errorOf(dictionary);
  for (
    const [kAux, latents, k] of [
      [undefined, dead, 3],
      [undefined, dead.slice(0, 2), 2],
      [1, dead, 1],
      [4, dead, 4],
      [100, dead, 5],
    ] as const
  ) {
    const { metrics } = await run(dictionary, { kAux }, latents);
    const expected = auxKOf(dictionary, e, k, latents);
    const what = `auxK of ${kAux} among ${latents.length}`;
    closeTo([metrics.auxK!], [expected], 1e-5, what);
  }
  notEqual(auxKOf(dictionary, e, 3), auxKOf(dictionary, e, 4));
});

Deno.test("topKLoss() moves the encoder of dead latents", async () => {
  const dictionary = withDead();
  const alive = await run(dictionary, {}, new Uint32Array());
  const { grads } = await run(dictionary, { kAux: dead.length });
  for (const latent of dead) {
    const row = [latent * dModel, (latent + 1) * dModel] as const;
    for (const name of ["W_enc", "W_dec"] as const) {
      deepStrictEqual(
        alive.grads[name]!.slice(...row),
        new Float32Array(dModel),
        `${name} of latent ${latent} moves without AuxK`,
      );
      ok(
        grads[name]!.slice(...row).every((g) => g !== 0),
        `${name} of dead latent ${latent} does not move`,
      );
    }
    equal(alive.grads.b_enc![latent], 0);
    notEqual(grads.b_enc![latent], 0);
  }
});

Deno.test("topKLoss() detaches the error that AuxK explains", async () => {
  const dictionary = withDead(), e = errorOf(dictionary);
  const total = (moved: Dictionary, error: Rows): number =>
    squares(errorOf(moved)) / tokens + auxKOf(moved, error, 3);
  const slopes = (values: number[], error: () => Rows): number[] =>
    values.map((was, i) => {
      const at = (value: number): number => {
        values[i] = value;
        const loss = total(dictionary, error());
        values[i] = was;
        return loss;
      };
      return (at(was + 1e-6) - at(was - 1e-6)) / 2e-6;
    });
  const { grads } = await run(dictionary, { alphaAux: 1 });
  const { b_enc, b_dec } = dictionary;
  closeTo(grads.b_enc!, slopes(b_enc, () => e), 1e-4, "b_enc");
  closeTo(grads.b_dec!, slopes(b_dec, () => e), 1e-4, "b_dec");
  for (const name of ["W_enc", "W_dec"] as const) {
    const matrix = dictionary[name];
    const expected = matrix.flatMap((row) => slopes(row, () => e));
    closeTo(grads[name]!, expected, 1e-4, name);
  }
  const through = slopes(b_dec, () => errorOf(dictionary));
  ok(
    through.some((slope, i) => Math.abs(slope - grads.b_dec![i]!) > 0.1),
    "a gradient through the error makes no difference here",
  );
});

Deno.test("topKLoss() has no AuxK when the error does not vary", async () => {
  const dictionary = withDead(), equalTokens = x.map(() => x[0]!);
  for (const rows of [equalTokens, x.slice(0, 1)]) {
    const { loss, metrics, grads } = await run(dictionary, {}, dead, rows);
    equal(metrics.auxK, 0);
    const main = await run(dictionary, {}, new Uint32Array(), rows);
    equal(loss, main.loss);
    deepStrictEqual(grads.W_enc, main.grads.W_enc);
  }
});

Deno.test("keptAreLatents() refuses a k above dSae, for every sparsifier that keeps k", async () => {
  for (const plugin of [batchTopKPlugin, topKPlugin]) {
    const check = async (given: unknown) =>
      (await plugin.options["~standard"].validate(given)).issues ?? [];
    const [issue, ...more] = await check({ dSae: 8, k: 16 });
    deepStrictEqual(more, []);
    deepStrictEqual(issue!.path, ["k"]);
    deepStrictEqual(
      issue!.message,
      "is 16, more than the 8 latents that dSae makes",
    );
    deepStrictEqual(await check({ dSae: 8, k: 8 }), []);
    // The default of k counts, too.
    deepStrictEqual((await check({ dSae: 8 })).length, 1);
  }
});
