/** Tests of work that runs ahead of its reader. @module */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { mapAhead } from "../../core/map_ahead.ts";

Deno.test("mapAhead() yields in order, runs ahead no further than told, and fails where it failed", async () => {
  let started = 0;
  const results = mapAhead([5, 4, 3, 2, 1], 2, async (x) => {
    started++;
    for (let i = 0; i < x; i++) await setTimeout(0);
    if (x === 2) throw new Error("two");
    return 10 * x;
  });
  deepEqual(await results.next(), { value: 50, done: false });
  equal(started, 3);
  deepEqual(await results.next(), { value: 40, done: false });
  equal(started, 4);
  deepEqual(await results.next(), { value: 30, done: false });
  await rejects(results.next(), /two/);
  deepEqual(await results.next(), { value: undefined, done: true });
});

Deno.test("mapAhead() ignores a failure whose result is never read", async () => {
  const results = mapAhead(
    [1, 2, 3],
    2,
    (x) => x === 1 ? Promise.resolve(x) : Promise.reject(new Error("unheard")),
  );
  for await (const x of results) {
    equal(x, 1);
    break;
  }
  await setTimeout(0);
});
