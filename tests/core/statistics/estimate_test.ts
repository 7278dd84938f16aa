/** Tests of numbers with intervals. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import { bootstrap, estimateOf, isAboveZero, ratioOfSums } from "tessera";

Deno.test("ratioOfSums() draws whole clusters, and leaves out what is not known", () => {
  const above = [1, 2, NaN, 4, 6], below = [1, 1, 1, 2, 2];
  const found = ratioOfSums(above, below, {
    clusters: [0, 0, 1, 1, 2],
    seed: 4,
  });
  equal(found.value, 13 / 6);
  const sums = [[3, 2], [4, 2], [6, 2]] as const;
  const plain = bootstrap({ clusters: 3, seed: 4 }, (times) => {
    const sum = (i: 0 | 1) =>
      sums.reduce((all, of, c) => all + times[c]! * of[i], 0);
    return sum(0) / sum(1);
  });
  deepEqual(found, { value: 13 / 6, ...plain });
});

Deno.test("ratioOfSums() is the mean where nothing divides", () => {
  const { value } = ratioOfSums([1, 2, 6], undefined, {
    clusters: [0, 1, 2],
    seed: 1,
  });
  equal(value, 3);
});

Deno.test("estimateOf() has no interval of what cannot be measured", () => {
  deepEqual(estimateOf(() => Infinity, { clusters: 9, seed: 1 }), {
    value: NaN,
  });
});

Deno.test("isAboveZero() asks for an interval", () => {
  ok(isAboveZero({ low: 0.1, high: 2 }));
  ok(!isAboveZero({ low: 0, high: 2 }));
  ok(!isAboveZero({}));
});
