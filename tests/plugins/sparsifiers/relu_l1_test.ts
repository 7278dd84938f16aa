import { deepStrictEqual } from "node:assert/strict";
import { cpu } from "../../../plugins/engines/cpu/mod.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import plugin, { reluL1 } from "../../../plugins/sparsifiers/relu_l1.ts";
import { closeTo } from "../../conformance/close_to.ts";
import { testSparsifier } from "../../conformance/sparsifier.ts";
import {
  decoded,
  difference,
  fromDictionary,
  fromRows,
  latentsOf,
  normals,
  someDictionary,
  squares,
} from "./_float64.ts";
import { denseOf, runEncode, runLoss } from "./_on_engine.ts";

const make = (dSae: number, lambda = 0.1, lambdaWarmup = 0.05) =>
  reluL1({ dSae, init: "random", bDec: "mean", lambda, lambdaWarmup });

testSparsifier("relu-l1", make);
testSparsifier("relu-l1 on the cpu engine", make, () => cpu({ threads: 2 }));

const dSae = 11, dModel = 5, tokens = 6;
const dictionary = someDictionary(dSae, dModel), x = normals(tokens, dModel, 5);
const latents = latentsOf(x, dictionary);
const l1 = latents.flat().reduce((sum, value) => sum + value, 0) / tokens;
const main = squares(
  difference(x, decoded(latents, dictionary.W_dec, dictionary.b_dec)),
) / tokens;

Deno.test("reluL1() encodes ReLU(W_enc (x − b_dec) + b_enc)", async () => {
  const params = fromDictionary(dictionary);
  const codes = await runEncode(reference(), make(dSae), params, fromRows(x));
  closeTo(denseOf(codes), latents.flat(), 1e-6, "codes");
});

Deno.test("reluL1() has the loss mean ‖x − x̂‖² + λ‖f‖₁, with λ rising over the warm-up", async () => {
  const params = fromDictionary(dictionary);
  for (
    const [warmup, step, share] of [
      [0.1, 0, 0.1],
      [0.1, 4, 0.5],
      [0.1, 9, 1],
      [0.1, 10, 1],
      [0.1, 99, 1],
      [0, 0, 1],
      [1, 49, 0.5],
    ] as const
  ) {
    const { loss, metrics } = await runLoss(
      reference(),
      params,
      fromRows(x),
      (...given) => make(dSae, 0.3, warmup).loss(...given),
      { step, steps: 100 },
    );
    closeTo([loss], [main + 0.3 * share * l1], 1e-6, `loss of step ${step}`);
    closeTo([metrics.l1!], [l1], 1e-6, "l1");
  }
});

Deno.test("relu-l1 has the defaults that its help states", async () => {
  const { value } = await plugin.options["~standard"].validate({}) as {
    value: unknown;
  };
  deepStrictEqual(value, {
    dSae: 1024,
    init: "random",
    bDec: "geometric-median",
    lambda: 0.1,
    lambdaWarmup: 0.05,
  });
});
