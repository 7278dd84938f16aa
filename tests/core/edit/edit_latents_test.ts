/** Tests of the edits of latents. @module */
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { type HostCodes, randomFrom } from "tessera";
import {
  ablateLatents,
  type LatentEdit,
  scaleLatents,
  setLatents,
} from "../../../core/edit/edit_latents.ts";
import { denseOf } from "../../plugins/sparsifiers/_on_engine.ts";

const rows = 40, dSae = 11, tokens = 8;
const placeOf = (row: number) =>
  [Math.floor(row / tokens), row % tokens] as const;

/** Rows with some of the latents; one row has none, another all. */
function codes(): HostCodes {
  const random = randomFrom(4);
  const latents: number[] = [], values: number[] = [], offsets = [0];
  for (let row = 0; row < rows; row++) {
    const share = row === 3 ? 0 : row === 5 ? 1 : 0.3;
    for (let latent = 0; latent < dSae; latent++) {
      if (random.next() >= share) continue;
      latents.push(latent);
      values.push(0.1 + random.next());
    }
    offsets.push(latents.length);
  }
  return {
    shape: [rows, dSae],
    offsets: Uint32Array.from(offsets),
    latents: Uint32Array.from(latents),
    values: Float32Array.from(values),
  };
}

const where = (image: number, token: number): boolean =>
  image % 2 === 0 && token !== 1;

/** Each edit, and its effect on one value of a dense matrix. */
const edits: [
  string,
  (options?: { where: typeof where }) => LatentEdit,
  (latent: number, value: number) => number,
][] = [
  [
    "setLatents()",
    (options) => setLatents([7, 0, 10], [2, 3, -4], options),
    (latent, value) => ({ 7: 2, 0: 3, 10: -4 })[latent] ?? value,
  ],
  [
    "setLatents() to one value",
    (options) => setLatents(new Set([1, 2]), 0.5, options),
    (latent, value) => latent === 1 || latent === 2 ? 0.5 : value,
  ],
  [
    "setLatents() to zero and not",
    (options) => setLatents([4, 5], [0, 6], options),
    (latent, value) => ({ 4: 0, 5: 6 })[latent] ?? value,
  ],
  [
    "setLatents() of all",
    (options) =>
      setLatents(Array.from({ length: dSae }, (_, i) => i), 1, options),
    () => 1,
  ],
  [
    "scaleLatents()",
    (options) => scaleLatents(Uint32Array.of(9, 3, 3), -2, options),
    (latent, value) => latent === 9 || latent === 3 ? -2 * value : value,
  ],
  [
    "ablateLatents()",
    (options) => ablateLatents([6, 2], options),
    (latent, value) => latent === 6 || latent === 2 ? 0 : value,
  ],
  [
    "ablateLatents() of none",
    (options) => ablateLatents([], options),
    (_, v) => v,
  ],
];

for (const [name, make, expected] of edits) {
  Deno.test(`${name} agrees with a dense matrix, on all tokens or on chosen ones`, () => {
    for (const options of [undefined, { where }]) {
      const given = codes(), before = codes();
      const edited = make(options)(given, placeOf);
      deepEqual(given, before);
      const dense = denseOf(before).map((value, i) =>
        options && !where(...placeOf(Math.floor(i / dSae)))
          ? value
          : expected(i % dSae, value)
      );
      deepEqual(denseOf(edited), dense);
      checkCodes(edited, dense);
    }
  });
}

/** Checks that latents ascend and no 0 is stored. */
function checkCodes(
  { shape, offsets, latents, values }: HostCodes,
  dense: Float32Array,
): void {
  deepEqual([...shape], [rows, dSae]);
  equal(values.length, dense.filter((value) => value !== 0).length);
  equal(latents.length, values.length);
  equal(offsets.at(-1), values.length);
  for (let row = 0; row < rows; row++) {
    const own = latents.subarray(offsets[row], offsets[row + 1]);
    deepEqual(own, own.slice().sort());
  }
}

Deno.test("edits of latents accept codes without rows", () => {
  const none = {
    shape: [0, dSae] as const,
    offsets: new Uint32Array(1),
    latents: new Uint32Array(),
    values: new Float32Array(),
  };
  deepEqual(setLatents([1], 2)(none, placeOf), none);
  deepEqual(ablateLatents([1])(none, placeOf), none);
});

Deno.test("edits of latents say how many latents there are when one does not exist", () => {
  for (const latent of [11, -1, 2.5, NaN]) {
    const made = [
      setLatents([0, latent], 1),
      scaleLatents([latent], 2),
      ablateLatents([latent]),
    ];
    for (const edit of made) {
      throws(() => edit(codes(), placeOf), (error) => {
        equal(
          (error as Error).message,
          `Cannot edit latent ${latent}: the dictionary has 11, numbered 0 to 10`,
        );
        return error instanceof RangeError;
      });
    }
  }
  throws(() => setLatents([1, 2], [3]), {
    name: "RangeError",
    message:
      "Cannot set 2 latents to 1 values: give one for all, or one for each",
  });
});

Deno.test("edits of latents can be chained", () => {
  const first = setLatents([1], 4), second = scaleLatents([1, 2], 0.5);
  const edited = second(first(codes(), placeOf), placeOf);
  const dense = denseOf(edited), was = denseOf(codes());
  for (let row = 0; row < rows; row++) {
    equal(dense[row * dSae + 1], 2);
    equal(dense[row * dSae + 2], was[row * dSae + 2]! / 2);
  }
  ok(was.some((value, i) => i % dSae === 2 && value > 0));
});
