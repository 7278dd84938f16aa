/** Tests of splitting and ordering pictures. @module */
import { deepEqual, equal, notDeepEqual, throws } from "node:assert/strict";
import {
  inGroups,
  splitExamples,
  trainingGroups,
} from "../../../core/train/split_examples.ts";

const all = (length: number): number[] => Array.from({ length }, (_, i) => i);
const sorted = (numbers: Iterable<number>): number[] =>
  [...numbers].sort((a, b) => a - b);

/** The first `count` groups. */
function take(
  count: number,
  ...[train, options]: Parameters<typeof trainingGroups>
): number[][] {
  return trainingGroups(train, options).take(count).toArray();
}

Deno.test("splitExamples() puts every picture in exactly one part", () => {
  for (const [length, heldOut] of [[40, 8], [4, 2], [101, 33], [10, 5]]) {
    const { train, calibrate, test } = splitExamples(
      { length: length! },
      heldOut!,
      3,
    );
    deepEqual(sorted([...train, ...calibrate, ...test]), all(length!));
    equal(calibrate.length, Math.floor(heldOut! / 2));
    equal(test.length, Math.ceil(heldOut! / 2));
    deepEqual([...test], sorted(test));
  }
});

Deno.test("splitExamples() depends on the seed alone, and holds out pictures from everywhere", () => {
  deepEqual(
    splitExamples({ length: 100 }, 20, 3),
    splitExamples({ length: 100 }, 20, 3),
  );
  notDeepEqual(
    splitExamples({ length: 100 }, 20, 3),
    splitExamples({ length: 100 }, 20, 4),
  );
  const { test, calibrate } = splitExamples({ length: 1000 }, 200, 1);
  for (const part of [test, calibrate]) {
    const mean = part.reduce((sum, i) => sum + i, 0) / part.length;
    // 500 ± 4 standard deviations of such a mean
    equal(Math.abs(mean - 500) < 4 * 289 / 10, true, `${mean}`);
  }
});

Deno.test("splitExamples() holds out the end of a film, never a frame between those trained on", () => {
  const film = { length: 100, sequenceOf: () => "film" };
  const { train, calibrate, test } = splitExamples(film, 20, 1);
  deepEqual([...calibrate], all(100).slice(90));
  deepEqual([...test], all(100).slice(80, 90));
  deepEqual([...train], all(80));
});

Deno.test("splitExamples() holds out whole sequences, others with another seed", () => {
  const films = { length: 60, sequenceOf: (i: number) => `${i % 6}` };
  const held = [1, 2, 3, 4, 5].map((seed) => {
    const { calibrate, test } = splitExamples(films, 20, seed);
    const sequences = new Set([...calibrate, ...test].map(films.sequenceOf));
    equal(sequences.size, 2);
    return [...sequences].sort().join();
  });
  equal(new Set(held).size > 1, true);
});

Deno.test("splitExamples() says how many pictures can be held out", () => {
  for (
    const [length, heldOut, message] of [
      [
        100,
        51,
        "Cannot hold out 51 of 100 pictures: write a number from 2 to 50 for evaluate.images",
      ],
      [
        100,
        1,
        "Cannot hold out 1 of 100 pictures: write a number from 2 to 50 for evaluate.images",
      ],
      [
        3,
        2,
        "Cannot hold out pictures from a dataset of 3: it needs at least 4, of which evaluate.images=2 are held out",
      ],
    ] as const
  ) {
    throws(() => splitExamples({ length }, heldOut, 1), {
      name: "ConfigError",
      path: "evaluate.images",
      message,
    });
  }
});

Deno.test("trainingGroups() visits each picture once an epoch, in another order each time", () => {
  const train = Uint32Array.of(2, 3, 5, 7, 11, 13, 17);
  const seen = take(14, train, { size: 3, first: 0, seed: 1 }).flat();
  const epochs = all(6).map((epoch) => seen.slice(7 * epoch, 7 * epoch + 7));
  for (const epoch of epochs) deepEqual(sorted(epoch), [...train]);
  equal(new Set(epochs.map(String)).size, 6);
  notDeepEqual(
    take(14, train, { size: 3, first: 0, seed: 2 }).flat(),
    seen,
  );
});

Deno.test("trainingGroups() can start at any group", () => {
  const train = Uint32Array.from(all(10));
  for (const size of [1, 3, 10, 16]) {
    const whole = take(12, train, { size, first: 0, seed: 4 });
    for (const first of all(12)) {
      deepEqual(
        take(12 - first, train, { size, first, seed: 4 }),
        whole.slice(first),
      );
    }
  }
});

Deno.test("inGroups() gives all indices once, in order", () => {
  deepEqual([...inGroups(Uint32Array.of(4, 5, 6, 7, 8), 2)], [[4, 5], [6, 7], [
    8,
  ]]);
  deepEqual([...inGroups(new Uint32Array(), 2)], []);
});
