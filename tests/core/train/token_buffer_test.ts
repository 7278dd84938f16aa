/** Tests of the token buffer. @module */
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { randomFrom } from "tessera";
import type { TokenGroup } from "../../../core/train/collect.ts";
import {
  bufferBytes,
  type BufferDtype,
  type TokenBuffer,
  tokenBuffer,
} from "../../../core/train/token_buffer.ts";

/** Two tokens of each example: `[example, example + ½]`. */
function group(...examples: number[]): TokenGroup {
  const rows = examples.flatMap((one) => [one, one, one + 0.5, one + 0.5]);
  return {
    x: { data: Float32Array.from(rows), shape: [examples.length * 2, 2] },
    examples,
    ids: examples.map(String),
    perExample: 2,
    labels: [],
    skipped: [],
  };
}

function make(
  capacity: number,
  dtype: BufferDtype = "float32",
  width = 2,
): TokenBuffer {
  return tokenBuffer({ capacity, width, dtype, random: randomFrom(5) });
}

/** The first number of each row. */
function firsts(data: Float32Array): number[] {
  return [...data].filter((_, i) => i % 2 === 0);
}

const sorted = (numbers: Iterable<number>): number[] =>
  [...numbers].sort((a, b) => a - b);

Deno.test("tokenBuffer() neither loses nor repeats a token, nor its example", () => {
  const buffer = make(40), given: number[] = [], drawn: number[] = [];
  for (let round = 0; round < 50; round++) {
    const more = group(3 * round, 3 * round + 1, 3 * round + 2);
    buffer.add(more);
    given.push(...firsts(more.x.data));
    while (buffer.size > 30) {
      const { x, examples } = buffer.draw(7);
      deepEqual(x.shape, [7, 2]);
      deepEqual([...examples], firsts(x.data).map(Math.floor));
      drawn.push(...firsts(x.data));
    }
    const { values, examples } = buffer.contents();
    equal(examples.length, buffer.size);
    deepEqual(
      sorted([...drawn, ...firsts(values as Float32Array)]),
      sorted(given),
    );
  }
  ok(drawn.length > 200);
});

Deno.test("tokenBuffer() refuses more than it can hold, and keeps what it held", () => {
  const buffer = make(5);
  buffer.add(group(1, 2));
  throws(() => buffer.add(group(3)), {
    name: "RangeError",
    message: "Cannot hold 2 more tokens: 4 of 5 are held",
  });
  equal(buffer.size, 4);
  equal(buffer.capacity, 5);
});

Deno.test("draw() takes every token equally often", () => {
  const counts = new Float64Array(20), rounds = 4000;
  const random = randomFrom(8);
  for (let round = 0; round < rounds; round++) {
    const buffer = tokenBuffer({
      capacity: 20,
      width: 2,
      dtype: "float32",
      random,
    });
    buffer.add(group(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    for (const value of firsts(buffer.draw(5).x.data)) counts[2 * value]!++;
  }
  // Each is drawn in a quarter of the rounds: 1000, ± 5 standard deviations.
  ok(counts.every((count) => Math.abs(count - 1000) < 137), counts.join());
});

Deno.test("peek() copies tokens without removing them, or drawing the buffer's random numbers", () => {
  const [peeked, left] = [make(10), make(10)];
  for (const buffer of [peeked, left]) buffer.add(group(1, 2, 3, 4));
  const { data, shape } = peeked.peek(30, randomFrom(1));
  deepEqual(shape, [30, 2]);
  ok(firsts(data).every((value) => value >= 1 && value <= 4.5));
  equal(new Set(data).size, 8, "of 30 looks at 8 tokens all are seen");
  equal(peeked.size, 8);
  deepEqual(peeked.draw(8), left.draw(8));
});

for (const dtype of ["float32", "bfloat16"] as const) {
  Deno.test(`restore() continues as if never interrupted, in ${dtype}`, () => {
    const random = randomFrom(5);
    const before = tokenBuffer({ capacity: 24, width: 2, dtype, random });
    before.add(group(1, 2, 3, 4, 5, 6));
    before.draw(3);
    const { values, examples } = before.contents();
    const later = randomFrom(99);
    later.restore(random.state());
    const after = tokenBuffer({
      capacity: 24,
      width: 2,
      dtype,
      random: later,
    });
    after.restore(values.slice(), examples.slice());
    equal(after.size, before.size);
    for (const buffer of [before, after]) buffer.add(group(7, 8));
    deepEqual(after.draw(9), before.draw(9));
    deepEqual(after.contents(), before.contents());
  });
}

/** The bfloat16 nearest to `x`, ties to the one whose last bit is 0, found by search. */
function nearestBfloat16(x: number): number {
  const widen = (half: number): number =>
    new Float32Array(Uint32Array.of(half << 16).buffer)[0]!;
  const bits = new Uint32Array(Float32Array.of(x).buffer)[0]!;
  const low = bits >>> 16, high = low + 1;
  // Infinity takes the place of the next number, 2¹²⁸.
  const far = Math.abs(widen(high)) === Infinity
    ? Math.sign(x) * 2 ** 128
    : widen(high);
  const [below, above] = [Math.abs(x - widen(low)), Math.abs(far - x)];
  if (below === above) return widen(low % 2 === 0 ? low : high);
  return below < above ? widen(low) : widen(high);
}

Deno.test("a bfloat16 buffer rounds to the nearest, ties to even", () => {
  const random = randomFrom(3);
  const bits = Uint32Array.from(
    { length: 4096 },
    () => (random.next() * 2 ** 32) >>> 0,
  );
  // Ties: exactly half a step above odd and even numbers.
  for (let i = 0; i < 512; i++) bits[i] = bits[i]! & 0xffff0000 | 0x8000;
  const numbers = [
    ...new Float32Array(bits.buffer),
    0,
    1,
    -1,
    1 + 2 ** -8,
    1 + 3 * 2 ** -8,
    1e-40, // denormal
    -3e-42,
    2 ** -149,
    3.4e38, // rounds to infinity
    -3.3895e38,
  ].filter(Number.isFinite).map(Math.fround);
  const buffer = make(numbers.length, "bfloat16", 1);
  buffer.add({
    x: { data: Float32Array.from(numbers), shape: [numbers.length, 1] },
    examples: [0],
    ids: ["0"],
    perExample: numbers.length,
    labels: [],
    skipped: [],
  });
  const halves = buffer.contents().values as Uint16Array;
  const held = new Float32Array(
    Uint32Array.from(halves, (half) => half << 16).buffer,
  );
  numbers.forEach((x, i) => equal(held[i], nearestBfloat16(x), `${x}`));
  // Zeros keep their sign.
  ok(Object.is(held[numbers.indexOf(0)], 0));
  deepEqual(
    sorted(buffer.draw(numbers.length).x.data),
    sorted(numbers.map(nearestBfloat16)),
  );
});

Deno.test("a bfloat16 buffer keeps infinities and NaN as they are", () => {
  const nan = Uint32Array.of(0x7f800001, 0x7fffffff, 0xff800001, 0xffffffff);
  const data = Float32Array.of(Infinity, -Infinity, 0, 0, 0, 0);
  new Uint32Array(data.buffer).set(nan, 2);
  const buffer = make(6, "bfloat16", 1);
  const examples = [0], ids = ["0"], skipped: never[] = [];
  buffer.add({
    x: { data, shape: [6, 1] },
    examples,
    ids,
    perExample: 6,
    labels: [],
    skipped,
  });
  const { values } = buffer.contents();
  const held = new Float32Array(
    Uint32Array.from(values, (half) => half << 16).buffer,
  );
  deepEqual([...held], [Infinity, -Infinity, NaN, NaN, NaN, NaN]);
});

Deno.test("bufferBytes() counts the values and the example of each token", () => {
  equal(bufferBytes(10, 8, "float32"), 10 * (32 + 4));
  equal(bufferBytes(10, 8, "bfloat16"), 10 * (16 + 4));
});
