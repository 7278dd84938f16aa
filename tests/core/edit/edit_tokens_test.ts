/** Tests of the edits of activations. @module */
import { deepEqual, equal, notEqual, ok, throws } from "node:assert/strict";
import { type HostTensor, randomFrom } from "tessera";
import {
  componentsAlong,
  replaceAlong,
} from "../../../core/edit/edit_along.ts";
import {
  addDirection,
  editTokens,
  meanOf,
  meanTokens,
  replaceTokens,
  zeroTokens,
} from "../../../core/edit/edit_tokens.ts";
import type { EditOptions } from "../../../core/edit/token_filter.ts";

const images = 3, tokens = 5, width = 4;
const shape = [images, tokens, width];

function activations(seed: number): HostTensor {
  const random = randomFrom(seed);
  const length = images * tokens * width;
  const data = Float32Array.from({ length }, () => random.normal());
  // Zeros of both signs, because adding 0 would change -0.
  data[1] = -0;
  data[2] = 0;
  return { data, shape };
}

const x = activations(1), other = activations(2);
const mean = Float32Array.of(1, 2, 3, 4), direction = [0.5, 0, -1, 2];
const where = (image: number, token: number): boolean =>
  image === 1 ? token === 4 : token < image;

/** Each edit, and its effect on the number at `i`. */
const edits: [
  name: string,
  edit: (x: HostTensor, options?: EditOptions) => HostTensor,
  expected: (i: number) => number,
][] = [
  ["zeroTokens", zeroTokens, () => 0],
  [
    "meanTokens",
    (x, options) => meanTokens(x, mean, options),
    (i) => mean[i % width]!,
  ],
  [
    "replaceTokens",
    (x, options) => replaceTokens(x, other, options),
    (i) => other.data[i]!,
  ],
  [
    "addDirection",
    (x, options) => addDirection(x, direction, -1.5, options),
    (i) => Math.fround(x.data[i]! - 1.5 * direction[i % width]!),
  ],
];

/** The bytes of some numbers, which tell NaNs and signs of 0 apart. */
function bits({ data }: HostTensor): Uint32Array {
  return new Uint32Array(data.slice().buffer);
}

for (const [name, edit, expected] of edits) {
  Deno.test(`${name}() edits every token without a filter`, () => {
    const edited = edit(x);
    deepEqual([...edited.shape], shape);
    edited.data.forEach((value, i) => ok(value === expected(i), `${i}`));
  });

  Deno.test(`${name}() leaves tokens that are not chosen as they are, bit by bit`, () => {
    const edited = edit(x, { where });
    const now = bits(edited), was = bits(x);
    let changed = 0;
    for (let i = 0; i < now.length; i++) {
      const token = Math.floor(i / width);
      if (where(Math.floor(token / tokens), token % tokens)) {
        ok(edited.data[i] === expected(i), `${i}`);
        changed++;
      } else equal(now[i], was[i]);
    }
    equal(changed, 3 * width);
    deepEqual(bits(edit(x, { where: () => false })), was);
  });

  Deno.test(`${name}() does not change what it is given`, () => {
    const before = [bits(x), bits(other)];
    const edited = edit(x);
    notEqual(edited.data.buffer, x.data.buffer);
    edited.data.fill(7);
    deepEqual([bits(x), bits(other)], before);
    deepEqual([...mean], [1, 2, 3, 4]);
  });

  Deno.test(`${name}() accepts no pictures, and refuses wrong shapes`, () => {
    if (name !== "replaceTokens") {
      const none = { data: new Float32Array(), shape: [0, tokens, width] };
      deepEqual(edit(none), none);
    }
    const wrong = [
      { data: x.data, shape: [images * tokens, width] },
      { data: x.data.subarray(1), shape },
    ];
    for (const given of wrong) {
      throws(() => edit(given), {
        name: "RangeError",
        message:
          /^Cannot edit \d+ numbers of shape \[.*\]: activations are \[images, tokens, width\]/,
      });
    }
  });
}

Deno.test("meanTokens(), addDirection() and replaceTokens() say which width or shape they need", () => {
  const cases: [() => unknown, string][] = [
    [
      () => meanTokens(x, [1, 2]),
      "Cannot use a mean of 2 numbers: the tokens have 4",
    ],
    [
      () => addDirection(x, new Float32Array(5), 1),
      "Cannot use a direction of 5 numbers: the tokens have 4",
    ],
    [
      () => replaceTokens(x, { data: x.data, shape: [5, 3, 4] }),
      "Cannot replace tokens of [3, 5, 4] by those of [5, 3, 4]: the shapes must be equal",
    ],
  ];
  for (const [edit, message] of cases) {
    throws(edit, (error) => {
      equal((error as Error).message, message);
      return error instanceof RangeError;
    });
  }
});

Deno.test("meanOf() is the mean over the chosen tokens of all pictures, summed in float64", () => {
  const all = new Array<number>(width).fill(0), some = [...all];
  x.data.forEach((value, i) => {
    const token = Math.floor(i / width);
    all[i % width]! += value / (images * tokens);
    if (where(Math.floor(token / tokens), token % tokens)) {
      some[i % width]! += value / 3;
    }
  });
  for (
    const [found, expected] of [[meanOf(x), all], [meanOf(x, { where }), some]]
  ) {
    found!.forEach((value, d) => ok(Math.abs(value - expected![d]!) < 1e-6));
  }
  // In float32, adding 1 to 2 ** 24 changes nothing.
  const far = Float32Array.of(2 ** 24, 1, 1, 1, 1, -(2 ** 24));
  equal(meanOf({ data: far, shape: [2, 3, 1] })[0], Math.fround(4 / 6));
  throws(() => meanOf(x, { where: () => false }), {
    name: "RangeError",
    message: /^Cannot take the mean of no tokens/,
  });
});

Deno.test("addDirection() of strength 0 changes no bit; twice the strength goes twice as far", () => {
  deepEqual(bits(addDirection(x, direction, 0)), bits(x));
  const [one, two] = [1, 2].map((strength) =>
    addDirection(x, direction, strength).data
  );
  x.data.forEach((value, i) =>
    ok(Math.abs(two![i]! - value - 2 * (one![i]! - value)) < 1e-6)
  );
});

Deno.test("replaceAlong() changes the component along a direction and nothing else", () => {
  const values = Array.from({ length: images * tokens }, (_, i) => i - 7);
  const edited = replaceAlong(x, direction, values, { where });
  const [before, after] = [x, edited].map((of) =>
    componentsAlong(of, direction)
  ) as [Float64Array, Float64Array];
  const norm = Math.hypot(...direction);
  for (let row = 0; row < images * tokens; row++) {
    const isEdited = where(Math.floor(row / tokens), row % tokens);
    const wanted = isEdited ? values[row]! : before[row]!;
    ok(Math.abs(after[row]! - wanted) < 1e-5);
    for (let d = 0; d < width; d++) {
      const step = (after[row]! - before[row]!) * direction[d]! / norm;
      const expected = x.data[row * width + d]! + step;
      ok(Math.abs(edited.data[row * width + d]! - expected) < 1e-5);
    }
  }
});

Deno.test("replaceAlong() takes one value for all, and a direction of any length", () => {
  const long = direction.map((v) => 30 * v);
  const edited = replaceAlong(x, long, 2.5);
  const same = replaceAlong(x, direction, new Array(images * tokens).fill(2.5));
  ok(edited.data.every((v, i) => Math.abs(v - same.data[i]!) < 1e-5));
  ok(componentsAlong(edited, long).every((v) => Math.abs(v - 2.5) < 1e-5));
  deepEqual(x, activations(1));
});

Deno.test("replaceAlong() rejects directions of zeros, of no numbers or of another width, and other counts of values", () => {
  const wrong: [() => HostTensor, RegExp][] = [
    [() => replaceAlong(x, [0, 0, 0, 0], 1), /of length 0: give finite/],
    [() => replaceAlong(x, [1, 0, NaN, 0], 1), /of length NaN: give finite/],
    [() => replaceAlong(x, [1, Infinity, 0, 0], 1), /of length Infinity: /],
    [() => replaceAlong(x, [1, 2], 1), /a direction of 2 numbers/],
    [() => replaceAlong(x, direction, [1, 2]), /15 tokens 2 values/],
  ];
  for (const [edit, words] of wrong) {
    throws(edit, (error: Error) => {
      ok(error instanceof RangeError);
      return words.test(error.message);
    });
  }
});

Deno.test("editTokens() passes each chosen token with its offset", () => {
  const starts: number[] = [];
  const edited = editTokens(x, { where }, (token, at) => {
    equal(token.length, width);
    starts.push(at / width);
    token.fill(9);
  });
  const chosen = Array.from({ length: images * tokens }, (_, row) => row)
    .filter((row) => where(Math.floor(row / tokens), row % tokens));
  deepEqual(starts, chosen);
  equal(edited.data.filter((v) => v === 9).length, width * chosen.length);
});
