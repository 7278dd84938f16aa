/** Tests of {@linkcode splice}. @module */
import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import type { Engine, HostTensor } from "tessera";
import {
  ablateLatents,
  type LatentEdit,
  scaleLatents,
  setLatents,
} from "../../../core/edit/edit_latents.ts";
import { splice } from "../../../core/edit/splice.ts";
import { patchesOf } from "../../../core/edit/token_filter.ts";
import { closeTo } from "../../conformance/close_to.ts";
import {
  bits,
  brute,
  cases,
  dictionaryOf,
  dSae,
  encodeBrute,
  never,
  normals,
  onEngine,
  width,
  x,
} from "./_brute_splice.ts";

const edits: [string, LatentEdit | undefined, (codes: number[]) => number[]][] =
  [
    ["no edit", undefined, (codes) => codes],
    [
      "ablation",
      ablateLatents([0, 4]),
      (codes) => codes.map((v, j) => j === 0 || j === 4 ? 0 : v),
    ],
    [
      "a latent that does not fire, set",
      setLatents([never, 2], [1.5, -1]),
      (codes) => codes.map((v, j) => j === never ? 1.5 : j === 2 ? -1 : v),
    ],
    [
      "scaling",
      scaleLatents([1, 2, 3], 3),
      (codes) => codes.map((v, j) => j >= 1 && j <= 3 ? 3 * v : v),
    ],
    [
      "the same values on other latents",
      // The last latent has none to give.
      (codes) => ({ ...codes, latents: codes.latents.map((j) => j + 1) }),
      (codes) => [0, ...codes.slice(0, -1)],
    ],
    [
      "nothing left",
      ablateLatents(Array.from({ length: dSae }, (_, j) => j)),
      (codes) => codes.map(() => 0),
    ],
  ];

for (const engineName of ["reference", "cpu"] as const) {
  for (const [name, known] of Object.entries(cases)) {
    Deno.test(`splice() of ${name} on ${engineName} agrees with its formulas, token by token`, () =>
      onEngine(engineName, async (engine) => {
        const dictionary = dictionaryOf(engine, known), before = bits(x);
        for (const [what, edit, dense] of edits) {
          for (const keepError of [false, true]) {
            const spliced = await splice(x, dictionary, { keepError, edit });
            deepEqual([...spliced.shape], [...x.shape]);
            const expected = brute(known, x, keepError, dense);
            closeTo(spliced.data, expected, 1e-5, `${what}, ${keepError}`);
          }
        }
        deepEqual(bits(x), before);
      }));
  }

  Deno.test(`splice() on ${engineName} keeps every bit when the error is kept and nothing changes`, () =>
    onEngine(engineName, async (engine) => {
      for (const known of Object.values(cases)) {
        const dictionary = dictionaryOf(engine, known);
        const idle: (LatentEdit | undefined)[] = [
          undefined,
          (codes) => codes,
          scaleLatents([0, 1, 2], 1),
          ablateLatents([never]),
        ];
        for (const edit of idle) {
          const kept = await splice(x, dictionary, { keepError: true, edit });
          deepEqual(bits(kept), bits(x));
          notEqual(kept.data.buffer, x.data.buffer);
        }
      }
    }));

  Deno.test(`splice() on ${engineName} leaves tokens alone that are not chosen or whose latents stay`, () =>
    onEngine(engineName, async (engine) => {
      const known = cases["relu-l1"]!, dictionary = dictionaryOf(engine, known);
      const where = patchesOf({ layout: { specials: 2, grid: [1, 5] } });
      const all = await splice(x, dictionary);
      const some = await splice(x, dictionary, { where });
      const edit = ablateLatents([0]);
      const ablated = await splice(x, dictionary, { keepError: true, edit });
      const tokens = x.data.length / width;
      let stayed = 0;
      for (let row = 0; row < tokens; row++) {
        const of = (tensor: HostTensor): Uint32Array =>
          bits(tensor).slice(row * width, (row + 1) * width);
        deepEqual(of(some), of(row % 7 < 2 ? x : all));
        const token = [...x.data.subarray(row * width, (row + 1) * width)];
        const fires = encodeBrute(known, token)[0]! > 0;
        if (fires) notEqual(String(of(ablated)), String(of(x)));
        else deepEqual(of(ablated), of(x));
        stayed += fires ? 0 : 1;
      }
      ok(stayed > 0 && stayed < tokens, `${stayed} of ${tokens} stayed`);
    }));
}

Deno.test("splice() takes more tokens than it encodes at once, and edits the right ones", () =>
  onEngine("cpu", async (engine) => {
    const known = cases["batch-top-k"]!;
    const dictionary = dictionaryOf(engine, known);
    const many = normals([3, 3000, width], 6);
    const where = (image: number, token: number): boolean =>
      (image + token) % 3 > 0;
    const edit = setLatents([never], 2, {
      where: (image, token) => image === 2 && token % 2 === 0,
    });
    const spliced = await splice(many, dictionary, { where, edit });
    const plain = brute(known, many, false, (codes) => codes);
    const set = brute(known, many, false, (codes) => codes.with(never, 2));
    const expected = many.data.map((value, i) => {
      const row = Math.floor(i / width);
      const [image, token] = [Math.floor(row / 3000), row % 3000];
      if (!where(image, token)) return value;
      return image === 2 && token % 2 === 0 ? set[i]! : plain[i]!;
    });
    closeTo(spliced.data, expected, 1e-5);
    const empty = normals([0, 7, width], 7);
    deepEqual(await splice(empty, dictionary, { edit }), empty);
  }));

Deno.test("splice() frees everything that it makes in the engine", () =>
  onEngine("reference", async (engine) => {
    let inside = 0, made = 0;
    const counted = Object.fromEntries(
      (["tensor", "codes", "encode", "decode", "add", "sub"] as const)
        .map((name) => [name, (...given: unknown[]) => {
          ok(inside > 0, `${name} outside tidy`);
          made++;
          return (engine[name] as (...given: unknown[]) => unknown)(...given);
        }]),
    );
    const watched: Engine = {
      ...engine,
      ...counted,
      async tidy(body) {
        inside++;
        const result = await body();
        inside--;
        equal(result, undefined);
        return result;
      },
    };
    const dictionary = dictionaryOf(engine, cases["relu-l1"]!);
    const edit = ablateLatents([0]);
    await splice(x, { ...dictionary, engine: watched }, {
      keepError: true,
      edit,
    });
    equal(made, 7);
  }));

Deno.test("splice() notices an edit that writes into its codes", () =>
  onEngine("reference", async (engine) => {
    const dictionary = dictionaryOf(engine, cases["relu-l1"]!);
    const edit: LatentEdit = (codes) => {
      codes.values.fill(1);
      return codes;
    };
    const found = await splice(x, dictionary, { keepError: true, edit });
    const expected = brute(
      cases["relu-l1"]!,
      x,
      true,
      (codes) => codes.map((value) => value > 0 ? 1 : 0),
    );
    closeTo(found.data, expected, 1e-5);
  }));

Deno.test("splice() says what does not fit, and the engine still works", async () => {
  const broken: LatentEdit[] = [
    (codes) => ({ ...codes, shape: [1, dSae] }),
    (codes) => ({ ...codes, latents: codes.latents.map(() => dSae) }),
    (codes) => ({ ...codes, latents: codes.latents.toReversed() }),
    (codes) => ({ ...codes, values: codes.values.slice(1) }),
    (codes) => ({ ...codes, offsets: codes.offsets.slice(1) }),
    (codes) => ({
      ...codes,
      offsets: codes.offsets.with(1, codes.latents.length + 1),
    }),
  ];
  const wrong = { data: new Float32Array(12), shape: [1, 2, 6] };
  for (const engineName of ["reference", "cpu"] as const) {
    await onEngine(engineName, async (engine) => {
      const dictionary = dictionaryOf(engine, cases["relu-l1"]!);
      const tries: [HostTensor, LatentEdit | undefined, RegExp][] = [
        [
          wrong,
          undefined,
          /^Cannot splice a dictionary of width 5 into activations of width 6: was it trained at another hook\?$/,
        ],
        [
          { data: x.data, shape: [14, width] },
          undefined,
          /^Cannot edit 70 numbers of shape \[14, 5\]/,
        ],
        [
          x,
          ablateLatents([12]),
          /^Cannot edit latent 12: the dictionary has 12, numbered 0 to 11$/,
        ],
        ...broken.map((edit): [HostTensor, LatentEdit, RegExp] => [
          x,
          edit,
          /^Cannot use the codes that an edit gave: they must be \[14, 12\]/,
        ]),
      ];
      for (const [given, edit, message] of tries) {
        for (const keepError of edit ? [true] : [true, false]) {
          await rejects(splice(given, dictionary, { edit, keepError }), {
            name: "RangeError",
            message,
          });
        }
      }
      const after = await splice(x, dictionary);
      const plain = brute(cases["relu-l1"]!, x, false, (codes) => codes);
      closeTo(after.data, plain, 1e-5);
    });
  }
});
