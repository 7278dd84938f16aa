/** Tests of the sample of codes. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import {
  type CodesSample,
  codesSample,
  hostCodesOf,
  sampleCodes,
} from "../../../core/latents/codes_sample.ts";
import { permutation, randomFrom } from "../../../core/random.ts";

const random = randomFrom(1);
const rows = Array.from({ length: 500 }, () => ({
  key: random.next(),
  latents: [random.integer(9), 9 + random.integer(9)],
}));

Deno.test("sampleCodes() keeps the rows with small keys, as codes", () => {
  const sample = codesSample(0.1);
  for (const { key, latents } of rows) sampleCodes(sample, key, latents);
  const wanted = rows.filter(({ key }) => key < 0.1);
  ok(wanted.length > 30);
  deepEqual(sample.keys, wanted.map(({ key }) => key));
  const codes = hostCodesOf(sample, 18);
  deepEqual(codes.shape, [wanted.length, 18]);
  deepEqual([...codes.latents], wanted.flatMap(({ latents }) => latents));
  deepEqual([...codes.offsets], [0, ...wanted.map((_, i) => 2 * i + 2)]);
});

Deno.test("sampleCodes() holds fewer rows where many latents fire, the same in any order", () => {
  const dense = Array.from({ length: 20_000 }, (_, latent) => latent);
  const take = (seed: number): CodesSample => {
    const sample = codesSample(1);
    for (const i of permutation(40, randomFrom(seed))) {
      sampleCodes(sample, rows[i]!.key, dense);
    }
    return sample;
  };
  const first = take(1), second = take(2);
  equal(first.share, second.share);
  ok(first.share < 1 && first.share >= 1 / 16, `${first.share}`);
  const wanted = rows.slice(0, 40).map(({ key }) => key)
    .filter((key) => key < first.share).sort();
  deepEqual(first.keys.toSorted(), wanted);
  deepEqual(second.keys.toSorted(), wanted);
  equal(first.pairs, wanted.length * 20_000 ** 2);
  equal(first.latents.length, wanted.length * 20_000);
  ok(first.pairs <= 2 ** 31);
});
