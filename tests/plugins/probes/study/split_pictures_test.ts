/** Tests of which pictures are for what. @module */
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  clustersOf,
  splitPictures,
} from "../../../../plugins/probes/study/split_pictures.ts";

const all = (length: number) => Uint32Array.from({ length }, (_, i) => i);
const options = { folds: 5, test: 0.3, seed: 1 };

/** `lengths` pictures of each sequence, in order. */
function films(lengths: readonly number[]) {
  const names = lengths.flatMap((length, film) =>
    new Array<string>(length).fill(`film-${film}`)
  );
  return {
    length: names.length,
    sequenceOf: (index: number): string => names[index]!,
  };
}

Deno.test("splitPictures() takes each picture once, whatever the dataset", () => {
  for (
    const dataset of [
      { length: 41 },
      films([41]),
      films([3, 30, 8]),
      films(new Array(12).fill(5)),
    ]
  ) {
    const { folds, test, clusters } = splitPictures(
      dataset,
      all(dataset.length),
      options,
    );
    const taken = [...folds.flatMap((fold) => [...fold]), ...test];
    deepEqual(taken.sort((a, b) => a - b), [...all(dataset.length)]);
    equal(folds.length, 5);
    ok(folds.every((fold) => fold.length > 0));
    equal(clusters.length, test.length);
    const share = test.length / dataset.length;
    ok(share > 0.2 && share < 0.45, `${share}`);
  }
});

Deno.test("splitPictures() measures a film on its end: 140 frames and the 60 after them", () => {
  const { by, folds, test } = splitPictures(films([200]), all(200), options);
  equal(by, "time");
  deepEqual([...test], [...all(200)].slice(140));
  deepEqual(
    folds.map((fold) => [fold[0], fold.at(-1)]),
    [[0, 29], [30, 59], [60, 89], [90, 119], [120, 139]],
  );
});

Deno.test("splitPictures() never divides a sequence where there are eight", () => {
  const dataset = films(new Array(10).fill(7));
  const { by, folds, test } = splitPictures(dataset, all(70), options);
  equal(by, "sequence");
  const sides = [...folds, test].map((side) =>
    new Set([...side].map((index) => dataset.sequenceOf(index)))
  );
  equal(sides.reduce((sum, { size }) => sum + size, 0), 10);
  equal(test.length, 21);
});

Deno.test("splitPictures() draws other pictures with another seed, the same with the same", () => {
  const split = (seed: number) =>
    splitPictures({ length: 50 }, all(50), { ...options, seed }).test;
  deepEqual(split(1), split(1));
  ok(split(1).join() !== split(2).join());
});

Deno.test("splitPictures() says how many pictures it needs", () => {
  throws(
    () => splitPictures({ length: 6 }, all(6), options),
    {
      message:
        "Cannot split 6 pictures into 5 folds and a test: give at least 7 pictures, or write --folds=4 for fewer folds",
    },
  );
});

Deno.test("clustersOf() keeps together what is alike", () => {
  deepEqual([...clustersOf({}, all(3))], [0, 1, 2]);
  deepEqual(
    [...clustersOf(films([40, 20]), all(60))].slice(36, 44),
    [18, 18, 19, 19, 20, 21, 22, 23],
  );
  deepEqual(
    [...clustersOf(films(new Array(9).fill(2)), all(18))].slice(0, 5),
    [0, 0, 1, 1, 2],
  );
});
