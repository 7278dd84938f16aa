import { deepStrictEqual, equal, ok } from "node:assert/strict";
import type { HostTensor, HostTensors } from "tessera";
import { cpu } from "../../../plugins/engines/cpu/mod.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import { batchTopK } from "../../../plugins/sparsifiers/batch_top_k.ts";
import { closeTo } from "../../conformance/close_to.ts";
import { testSparsifier } from "../../conformance/sparsifier.ts";
import {
  fromDictionary,
  fromRows,
  latentsOf,
  normals,
  someDictionary,
} from "./_float64.ts";
import { countsOf, denseOf, runEncode, runLoss, upload } from "./_on_engine.ts";

const make = (dSae: number, k = 3) =>
  batchTopK({ dSae, init: "random", bDec: "mean", k, alphaAux: 1 / 32 });

testSparsifier("batch-top-k", (dSae) => make(dSae));
testSparsifier(
  "batch-top-k on the cpu engine",
  (dSae) => make(dSae),
  () => cpu({ threads: 2 }),
);

const dSae = 31, dModel = 5, tokens = 9;
const dictionary = someDictionary(dSae, dModel), x = normals(tokens, dModel, 5);
const latents = latentsOf(x, dictionary).flat();

/** Parameters with one threshold for all latents. */
const withThreshold = (threshold: number) => ({
  ...fromDictionary(dictionary),
  threshold: { data: new Float32Array(dSae).fill(threshold), shape: [dSae] },
});

Deno.test("batchTopK() keeps the k · rows largest of a batch in training", async () => {
  for (const [k, kept] of [[3, 27], [2.5, 22], [0.2, 1]] as const) {
    const { codes } = await runLoss(
      reference(),
      withThreshold(100),
      fromRows(x),
      (...given) => make(dSae, k).loss(...given),
    );
    equal(codes.values.length, kept, `entries for k ${k}`);
    const least = latents.toSorted((p, q) => q - p)[kept - 1]!;
    const expected = latents.map((value) => value >= least ? value : 0);
    closeTo(denseOf(codes), expected, 1e-6, `codes for k ${k}`);
    const counts = countsOf(codes);
    ok(
      Math.max(...counts) > Math.min(...counts),
      "all rows keep the same number",
    );
  }
});

Deno.test("batchTopK() averages the smallest kept activation as its threshold", async () => {
  const engine = reference(), params = upload(engine, withThreshold(0));
  const { data, shape } = fromRows(x);
  const { codes, running } = await make(dSae).loss(engine, params, {
    x: engine.tensor(data, shape),
    dead: new Uint32Array(),
    step: 0,
    steps: 100,
  });
  const { values } = await engine.readCodes(codes);
  deepStrictEqual(
    await engine.read(running!.threshold!),
    Float32Array.of(Math.min(...values)),
  );
});

Deno.test("batchTopK() keeps what is strictly above its threshold at inference", async () => {
  const encode = (threshold: number) =>
    runEncode(reference(), make(dSae), withThreshold(threshold), fromRows(x));
  const all = await encode(0);
  equal(all.values.length, latents.filter((value) => value > 0).length);
  const at = all.values.toSorted()[40]!;
  const above = await encode(at);
  deepStrictEqual(
    above.values,
    all.values.filter((value) => value > at),
  );
  equal(above.values.length, all.values.length - 41);
});

Deno.test("batchTopK() has one threshold per latent", async () => {
  const encode = (params: HostTensors) =>
    runEncode(reference(), make(dSae), params, fromRows(x));
  const params = withThreshold(0), all = await encode(params);
  const [one] = all.latents;
  params.threshold.data[one!] = 1e6;
  const without = await encode(params);
  deepStrictEqual(without.latents, all.latents.filter((at) => at !== one));
});

Deno.test("batchTopK() encodes a token alone as in a batch at inference", async () => {
  const first = async (rows: HostTensor) =>
    denseOf(await runEncode(reference(), make(dSae), withThreshold(2), rows))
      .subarray(0, dSae);
  const alone = await first(fromRows(x.slice(0, 1)));
  ok(alone.some((value) => value > 0), "the token has no latents");
  deepStrictEqual(alone, await first(fromRows(x)));
});
