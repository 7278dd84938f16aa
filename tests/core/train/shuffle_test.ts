/** Tests of shuffling tokens into batches. @module */
import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { randomFrom } from "tessera";
import type { TokenGroup } from "../../../core/train/collect.ts";
import { shuffle } from "../../../core/train/shuffle.ts";
import {
  type TokenBuffer,
  tokenBuffer,
} from "../../../core/train/token_buffer.ts";

const groupTokens = 6, batch = 5, capacity = 30;

/** Groups of six tokens whose value is their number. */
async function* groups(
  count: number,
  first = 0,
): AsyncGenerator<TokenGroup> {
  for (let at = first; at < count; at++) {
    const data = Float32Array.from({ length: 6 }, (_, i) => 6 * at + i);
    yield {
      x: { data, shape: [6, 1] },
      examples: [at],
      ids: [`${at}`],
      perExample: 6,
      labels: [],
      skipped: [],
    };
    await Promise.resolve();
  }
}

function emptyBuffer(): TokenBuffer {
  return tokenBuffer({
    capacity,
    width: 1,
    dtype: "float32",
    random: randomFrom(2),
  });
}

const options = { batch, full: capacity - groupTokens };

Deno.test("shuffle() fills the buffer first, then keeps it as full as it can, and never over", async () => {
  const buffer = emptyBuffer(), seen: number[] = [];
  let given = 0;
  const counted = async function* () {
    for await (const group of groups(40)) {
      given += 6;
      yield group;
    }
  };
  for await (const { x } of shuffle(counted(), buffer, options)) {
    if (seen.length === 0) equal(given, capacity);
    ok(buffer.size + batch > options.full);
    ok(buffer.size <= capacity);
    seen.push(...x.data);
  }
  const held = buffer.contents().values;
  deepEqual(
    [...seen, ...held].sort((a, b) => a - b),
    Array.from({ length: 240 }, (_, i) => i),
  );
});

Deno.test("shuffle() mixes tokens of many pictures", async () => {
  const order: number[] = [];
  for await (const { x } of shuffle(groups(200), emptyBuffer(), options)) {
    ok(new Set(x.data.map((token) => Math.floor(token / 6))).size > 1);
    order.push(...x.data);
  }
  // Unshuffled, neighbours are 1 apart; in a buffer of 30, much more.
  const apart = order.slice(1).map((token, i) => Math.abs(token - order[i]!));
  ok(apart.reduce((sum, gap) => sum + gap, 0) / apart.length > 10);
});

Deno.test("shuffle() of a restored buffer gives the batches that were still to come", async () => {
  const whole = emptyBuffer(), wanted: number[][] = [];
  for await (const { x } of shuffle(groups(40), whole, options)) {
    wanted.push([...x.data]);
  }
  for (const stopAt of [1, 2, 3, 4, 5, 11]) {
    const random = randomFrom(2);
    const before = tokenBuffer({
      capacity,
      width: 1,
      dtype: "float32",
      random,
    });
    const got: number[][] = [];
    let taken = 0;
    const counted = async function* () {
      for await (const group of groups(40)) {
        taken++;
        yield group;
      }
    };
    for await (const { x } of shuffle(counted(), before, options)) {
      got.push([...x.data]);
      if (got.length === stopAt) break;
    }
    const later = randomFrom(77);
    later.restore(random.state());
    const after = tokenBuffer({
      capacity,
      width: 1,
      dtype: "float32",
      random: later,
    });
    const { values, examples } = before.contents();
    after.restore(values, examples);
    for await (const { x } of shuffle(groups(40, taken), after, options)) {
      got.push([...x.data]);
    }
    deepEqual(got, wanted, `stopped after batch ${stopAt}`);
  }
  notDeepEqual(wanted[0], [0, 1, 2, 3, 4]);
});
