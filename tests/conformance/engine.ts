/**
 * Conformance tests for engines.
 *
 * @module
 */
import { deepStrictEqual, equal, rejects, throws } from "node:assert/strict";
import { type Engine, type HostCodes, sizeOf, type Tensor } from "tessera";
import { reference } from "../../plugins/engines/reference/mod.ts";
import { checkGradient, losses } from "./_engine_gradients.ts";
import {
  encode,
  inputs,
  selections,
  sizes,
  someCodes,
  values,
} from "./_engine_inputs.ts";
import { closeTo } from "./close_to.ts";

function sameEntries(actual: HostCodes, expected: HostCodes): void {
  deepStrictEqual(actual.shape, expected.shape);
  deepStrictEqual(actual.offsets, expected.offsets);
  deepStrictEqual(actual.latents, expected.latents);
  closeTo(actual.values, expected.values, 1e-5, "code");
}

/** Registers the tests that every engine must pass; `make` returns a new one. */
export function testEngine(
  name: string,
  make: () => Engine | Promise<Engine>,
): void {
  const test = (
    what: string,
    body: (engine: Engine, truth: Engine) => Promise<void>,
  ): void => {
    Deno.test(`${name}: ${what}`, async () => {
      const engine = await make();
      try {
        await body(engine, reference());
      } finally {
        await engine.close();
      }
    });
  };

  test(
    "encode() keeps what the reference keeps, at every size",
    async (engine, truth) => {
      for (const size of sizes) {
        const given = inputs(size), expected = selections(truth, size);
        for (
          const [what, selection] of Object.entries(selections(engine, size))
        ) {
          const codes = await encode(engine, size, given, selection);
          const right = await encode(truth, size, given, expected[what]!);
          sameEntries(
            await engine.readCodes(codes),
            await truth.readCodes(right),
          );
        }
      }
    },
  );

  test("encode() gives the same codes again, whatever came before", async (engine) => {
    const size = { rows: 40, dModel: 24, dSae: 300 };
    const x = engine.tensor(values(size.rows * size.dModel, 1), [40, 24]);
    const small = engine.mul(x, engine.fill(0.01, []));
    const W_enc = engine.tensor(values(300 * 24, 2), [300, 24]);
    for (
      const selection of [
        { keep: "batch-top-k", k: 5 },
        { keep: "top-k", k: 5 },
        { keep: "positive" },
      ] as const
    ) {
      const again = async (of: Tensor): Promise<HostCodes> =>
        await engine.readCodes(await engine.encode(of, { W_enc }, selection));
      const first = await again(small);
      await again(x);
      deepStrictEqual(await again(small), first);
    }
  });

  test("encode() breaks ties by row, then latent", async (engine) => {
    const x = engine.fill(1, [4, 2]), W_enc = engine.fill(1, [6, 2]);
    const batch = await engine.readCodes(
      await engine.encode(x, { W_enc }, { keep: "batch-top-k", k: 2 }),
    );
    deepStrictEqual([...batch.latents], [0, 1, 2, 3, 4, 5, 0, 1]);
    deepStrictEqual([...batch.offsets], [0, 6, 8, 8, 8]);
    const rows = await engine.readCodes(
      await engine.encode(x, { W_enc }, { keep: "top-k", k: 2 }),
    );
    deepStrictEqual([...rows.latents], [0, 1, 0, 1, 0, 1, 0, 1]);
  });

  test("encode() of zeros keeps nothing", async (engine) => {
    const x = engine.fill(0, [5, 3]), W_enc = engine.fill(1, [9, 3]);
    for (
      const selection of Object.values(
        selections(engine, { rows: 5, dModel: 3, dSae: 9 }),
      )
    ) {
      if (selection.keep === "above") continue;
      const codes = await engine.encode(x, { W_enc }, selection);
      equal((await engine.readCodes(codes)).values.length, 0);
      const back = engine.decode(codes, W_enc, engine.fill(2, [3]));
      deepStrictEqual(await engine.read(back), new Float32Array(15).fill(2));
      deepStrictEqual(
        await engine.read(engine.outer(codes, x)),
        new Float32Array(27),
      );
      equal((await engine.read(engine.min(codes.values)))[0], Infinity);
    }
  });

  test("sparse products agree with the reference", async (engine, truth) => {
    for (const size of sizes) {
      const { rows, dModel, dSae } = size, given = inputs(size);
      const all = (e: Engine): Record<string, Tensor> => {
        const codes = e.codes(someCodes(size));
        const x = e.tensor(given.x, [rows, dModel]);
        const W = e.tensor(given.W, [dSae, dModel]);
        return {
          decode: e.decode(codes, W),
          "decode with b_dec": e.decode(
            codes,
            W,
            e.tensor(given.b_dec, [dModel]),
          ),
          "decode of a prefix": e.decode(codes, W, undefined, {
            prefix: Math.ceil(dSae / 2),
          }),
          dots: e.dots(codes, x, W),
          outer: e.outer(codes, x),
          "outer twice": e.add(e.outer(codes, x), e.outer(codes, e.abs(x))),
          take: e.take(e.tensor(given.b_enc, [dSae]), codes),
          sumByLatent: e.sumByLatent(codes),
          sumByRow: e.sumByRow(codes),
          count: e.count(codes),
          "other values": e.decode(e.withValues(codes, e.abs(codes.values)), W),
        };
      };
      const right = all(truth);
      for (const [what, x] of Object.entries(all(engine))) {
        deepStrictEqual(x.shape, right[what]!.shape, what);
        closeTo(
          await engine.read(x),
          await truth.read(right[what]!),
          1e-5,
          what,
        );
      }
    }
  });

  test(
    "matmul() multiplies with either side transposed",
    async (engine, truth) => {
      for (
        const [m, k, n] of [[1, 1, 1], [1, 70, 33], [5, 3, 7], [
          33,
          65,
          17,
        ]] as const
      ) {
        for (const transposeA of [false, true]) {
          for (const transposeB of [false, true]) {
            const product = async (e: Engine): Promise<Float32Array> =>
              await e.read(
                await e.matmul(
                  e.tensor(values(m * k, 1), transposeA ? [k, m] : [m, k]),
                  e.tensor(values(k * n, 2), transposeB ? [n, k] : [k, n]),
                  { transposeA, transposeB },
                ),
              );
            closeTo(
              await product(engine),
              await product(truth),
              1e-5,
              "product",
            );
          }
        }
      }
    },
  );

  test(
    "elementwise operations broadcast scalars, rows and columns",
    async (engine, truth) => {
      const shapes = [
        [[5, 7], [5, 7]],
        [[5, 7], []],
        [[], [5, 7]],
        [[5, 7], [1]],
        [[5, 7], [7]],
        [[7], [5, 7]],
        [[5, 7], [1, 7]],
        [[5, 7], [5, 1]],
        [[5, 1], [5, 7]],
        [[9], [9]],
        [[], []],
      ];
      for (const op of ["add", "sub", "mul", "div", "greater"] as const) {
        for (const [a, b] of shapes) {
          const run = (e: Engine): Tensor =>
            e[op](
              e.tensor(values(sizeOf(a!), 1), a!),
              e.tensor(values(sizeOf(b!), 2), b!),
            );
          const x = run(engine), right = run(truth);
          deepStrictEqual(x.shape, right.shape, `${op} [${a}] [${b}]`);
          closeTo(await engine.read(x), await truth.read(right), 1e-6, op);
        }
      }
    },
  );

  test(
    "functions of one value agree with the reference",
    async (engine, truth) => {
      for (
        const op of [
          "relu",
          "exp",
          "log",
          "sqrt",
          "tanh",
          "abs",
          "detach",
        ] as const
      ) {
        const run = (e: Engine): Promise<Float32Array> => {
          const x = e.tensor(values(101, 1), [101]);
          return e.read(e[op](op === "log" || op === "sqrt" ? e.abs(x) : x));
        };
        closeTo(await run(engine), await run(truth), 1e-6, op);
      }
    },
  );

  test("sum() and min() reduce", async (engine, truth) => {
    for (const shape of [[1, 1], [5, 7], [130, 33]]) {
      for (const axis of [undefined, 0, 1] as const) {
        const run = (e: Engine): Tensor =>
          e.sum(e.tensor(values(sizeOf(shape), 1), shape), axis);
        deepStrictEqual(run(engine).shape, run(truth).shape);
        closeTo(
          await engine.read(run(engine)),
          await truth.read(run(truth)),
          1e-6,
          `sum over ${axis}`,
        );
      }
    }
    equal(
      (await engine.read(
        engine.min(engine.tensor(Float32Array.of(3, -2, 5), [3])),
      ))[0],
      -2,
    );
  });

  test("adam() follows the reference for ten steps", async (engine, truth) => {
    const size = { rows: 9, dModel: 19, dSae: 23 };
    for (const unitRows of [false, true]) {
      const run = async (e: Engine): Promise<Float32Array> => {
        const start = values(23 * 19, 1), W = start.slice();
        for (let row = 0; row < 23; row++) {
          const norm = Math.hypot(...start.subarray(row * 19, row * 19 + 19));
          for (let d = 0; d < 19; d++) {
            W[row * 19 + d] = start[row * 19 + d]! / norm;
          }
        }
        const param = e.tensor(W, [23, 19]);
        const m = e.fill(0, [23, 19]), v = e.fill(0, [23, 19]);
        for (let step = 1; step <= 10; step++) {
          // Engines may hold gradients as sums of sparse products or as plain tensors.
          const codes = e.codes(someCodes(size));
          const x = e.tensor(values(9 * 19, step), [9, 19]);
          const sparse = e.add(e.outer(codes, x), e.outer(codes, e.exp(x)));
          const plain = e.tensor(values(23 * 19, 50 + step), [23, 19]);
          e.adam(param, step % 2 ? sparse : plain, {
            m,
            v,
            step,
            lr: 0.01,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            gradScale: 0.5,
            unitRows,
          });
        }
        return await e.read(param);
      };
      closeTo(await run(engine), await run(truth), 1e-4, "parameter");
    }
  });

  test("assign() copies values in place", async (engine) => {
    const to = engine.fill(1, [2, 3]), view = engine.reshape(to, [6]);
    engine.assign(to, engine.fill(4, [2, 3]));
    deepStrictEqual(await engine.read(view), new Float32Array(6).fill(4));
  });

  test("gradients agree with finite differences", async (engine) => {
    for (const [what, { params, loss }] of Object.entries(losses)) {
      await checkGradient(engine, what, params, loss);
    }
  });

  test("tidy() returns host values unchanged", async (engine) => {
    const read = await engine.tidy(async () => {
      const x = engine.tensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
      const W_enc = engine.tensor(Float32Array.of(1, 0, 0, 1), [2, 2]);
      const codes = await engine.encode(x, { W_enc }, { keep: "positive" });
      const host = await engine.readCodes(codes);
      return { ...host, x: { data: await engine.read(x), shape: x.shape } };
    });
    deepStrictEqual([...read.values], [1, 2, 3, 4]);
    deepStrictEqual(read.shape, [2, 2]);
    deepStrictEqual([...read.x.data], [1, 2, 3, 4]);
  });

  test("tidy() frees what is not returned and keeps what is", async (engine) => {
    const kept = await engine.tidy(async () => {
      const inner = await engine.tidy(() => engine.fill(2, [1000]));
      return { sum: engine.add(inner, engine.fill(1, [1000])) };
    });
    // New tensors must not overwrite the ones that were kept.
    await engine.tidy(() => engine.fill(7, [1000]));
    deepStrictEqual(
      await engine.read(kept.sum),
      new Float32Array(1000).fill(3),
    );
  });

  test("errors name both shapes", async (engine) => {
    throws(
      () => engine.tensor(new Float32Array(5), [2, 3]),
      /\[2,3\].*6.*received 5/,
    );
    const a = engine.fill(1, [2, 3]);
    throws(() => engine.add(a, engine.fill(1, [3, 2])), /\[2,3\].*\[3,2\]/);
    await rejects(engine.matmul(a, a), /\[2, 3\].*\[2, 3\]/);
    await rejects(
      engine.encode(a, { W_enc: engine.fill(1, [4, 2]) }, { keep: "positive" }),
      /\[2, 3\].*\[4, 2\]/,
    );
  });

  test("memory() is a positive number of bytes that grows with the size", (engine) => {
    const small = engine.memory({
      dModel: 64,
      dSae: 512,
      rows: 128,
      entries: 999,
    });
    equal(small > 4 * 64 * 512 * 2, true);
    equal(
      engine.memory({ dModel: 64, dSae: 1024, rows: 128, entries: 999 }) >
        small,
      true,
    );
    return Promise.resolve();
  });
}
