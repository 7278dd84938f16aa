import { deepStrictEqual } from "node:assert/strict";
import { cpu } from "../../../plugins/engines/cpu/mod.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import { topK } from "../../../plugins/sparsifiers/top_k.ts";
import { closeTo } from "../../conformance/close_to.ts";
import { testSparsifier } from "../../conformance/sparsifier.ts";
import {
  fromDictionary,
  fromRows,
  largestOfRows,
  latentsOf,
  normals,
  someDictionary,
} from "./_float64.ts";
import { countsOf, denseOf, runEncode, runLoss } from "./_on_engine.ts";

const make = (dSae: number, k = 3) =>
  topK({ dSae, init: "random", bDec: "mean", k, alphaAux: 1 / 32 });

testSparsifier("top-k", (dSae) => make(dSae));
testSparsifier(
  "top-k on the cpu engine",
  (dSae) => make(dSae),
  () => cpu({ threads: 2 }),
);

const dSae = 31, dModel = 5, tokens = 9;
const dictionary = someDictionary(dSae, dModel), x = normals(tokens, dModel, 5);
const params = fromDictionary(dictionary);

Deno.test("topK() keeps the k largest of each token, in training and at inference", async () => {
  const sparsifier = make(dSae);
  const latents = latentsOf(x, dictionary);
  const expected = largestOfRows(latents, 3);
  const atInference = await runEncode(
    reference(),
    sparsifier,
    params,
    fromRows(x),
  );
  const { codes } = await runLoss(
    reference(),
    params,
    fromRows(x),
    (...given) => sparsifier.loss(...given),
  );
  for (const found of [atInference, codes]) {
    deepStrictEqual(countsOf(found), Array(tokens).fill(3));
    closeTo(denseOf(found), expected.flat(), 1e-6, "codes");
  }
});

Deno.test("topK() keeps fewer when fewer are positive", async () => {
  const codes = await runEncode(
    reference(),
    make(dSae, dSae),
    params,
    fromRows(x),
  );
  const positive = latentsOf(x, dictionary)
    .map((row) => row.filter((value) => value > 0).length);
  deepStrictEqual(countsOf(codes), positive);
});
