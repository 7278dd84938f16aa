/**
 * What every engine must do, as tests that it can run on itself.
 *
 * @module
 */
import { deepStrictEqual, equal, rejects, throws } from "node:assert/strict";
import {
  type Codes,
  type Engine,
  type HostCodes,
  randomFrom,
  type Selection,
  sizeOf,
  type Tensor,
  valueAndGrad,
} from "tessera";
import { reference } from "../../plugins/engines/reference.ts";
import { closeTo } from "./close_to.ts";

/** Sizes that no block, vector or thread count divides, and one that all do. */
const sizes = [
  { rows: 1, dModel: 1, dSae: 1 },
  { rows: 3, dModel: 5, dSae: 7 },
  { rows: 17, dModel: 19, dSae: 67 },
  { rows: 64, dModel: 32, dSae: 128 },
  { rows: 33, dModel: 130, dSae: 1031 },
];

interface Inputs {
  readonly x: Float32Array;
  readonly W: Float32Array;
  readonly b_enc: Float32Array;
  readonly b_dec: Float32Array;
}

interface Size {
  readonly rows: number;
  readonly dModel: number;
  readonly dSae: number;
}

function values(length: number, seed: number): Float32Array {
  const random = randomFrom(seed, length);
  return Float32Array.from({ length }, () => random.next() * 2 - 1);
}

function inputs({ rows, dModel, dSae }: Size): Inputs {
  return {
    x: values(rows * dModel, 1),
    W: values(dSae * dModel, 2),
    b_enc: values(dSae, 3),
    b_dec: values(dModel, 4),
  };
}

/** Selections by name, for a size. */
function selections(
  engine: Engine,
  { dSae }: Size,
): Record<string, Selection> {
  const among = Uint32Array.from(
    { length: Math.ceil(dSae / 3) },
    (_, i) => Math.min(3 * i, dSae - 1),
  );
  return {
    positive: { keep: "positive" },
    "top-k": { keep: "top-k", k: 4 },
    "top-k among some": { keep: "top-k", k: 3, among },
    "top-k among none": { keep: "top-k", k: 3, among: new Uint32Array() },
    "batch-top-k": { keep: "batch-top-k", k: 3 },
    "batch-top-k of a fraction": { keep: "batch-top-k", k: 0.5 },
    "more than are positive": { keep: "batch-top-k", k: 2 * dSae },
    above: {
      keep: "above",
      threshold: engine.tensor(values(dSae, 5), [dSae]),
    },
  };
}

function encode(
  engine: Engine,
  { rows, dModel, dSae }: Size,
  { x, W, b_enc, b_dec }: Inputs,
  selection: Selection,
): Promise<Codes> {
  return engine.encode(engine.tensor(x, [rows, dModel]), {
    W_enc: engine.tensor(W, [dSae, dModel]),
    b_enc: engine.tensor(b_enc, [dSae]),
    b_dec: engine.tensor(b_dec, [dModel]),
  }, selection);
}

/** Codes with empty rows, latents that never fire and one that always does. */
function someCodes({ rows, dSae }: Size): HostCodes {
  const offsets = [0], latents: number[] = [];
  const random = randomFrom(9);
  for (let row = 0; row < rows; row++) {
    for (let latent = 0; latent < dSae; latent++) {
      const here = latent === dSae - 1 || latent % 3 !== 1;
      if (row % 4 !== 2 && here && random.next() < 0.3) latents.push(latent);
    }
    offsets.push(latents.length);
  }
  return {
    shape: [rows, dSae],
    offsets: Uint32Array.from(offsets),
    latents: Uint32Array.from(latents),
    values: values(latents.length, 6),
  };
}

function sameEntries(actual: HostCodes, expected: HostCodes): void {
  deepStrictEqual(actual.shape, expected.shape);
  deepStrictEqual(actual.offsets, expected.offsets);
  deepStrictEqual(actual.latents, expected.latents);
  closeTo(actual.values, expected.values, 1e-5, "code");
}

/** Registers the tests that every engine must pass; `make` gives a fresh one. */
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
          // Both kinds of gradient an engine may hold: a sum of sparse products and a plain one.
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

  test("tidy() returns what was read to the host as it is", async (engine) => {
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
    // What comes next must not land on what was kept.
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

type Params = Record<string, readonly number[]>;
type LossOf = (
  e: Engine,
  p: Readonly<Record<string, Tensor>>,
) => Promise<Tensor>;

/** One loss for each group of operations, by name. */
const losses: Record<string, { params: Params; loss: LossOf }> = {
  "elementwise": {
    params: { a: [4, 5], b: [5], c: [4, 1], d: [] },
    loss: (e, { a, b, c, d }) => {
      const y = e.mul(e.add(a!, b!), e.sub(c!, d!));
      const z = e.div(y, e.exp(b!));
      return Promise.resolve(e.sum(e.mul(e.tanh(z), e.abs(e.sub(a!, d!)))));
    },
  },
  "log, sqrt, relu, sums": {
    params: { a: [4, 5] },
    loss: (e, { a }) => {
      const positive = e.add(e.mul(a!, a!), e.fill(0.5, []));
      const rows = e.sum(e.log(positive), 1), cols = e.sum(e.sqrt(positive), 0);
      return Promise.resolve(e.sum(e.mul(rows, e.mul(cols, e.relu(a!)))));
    },
  },
  "matmul": {
    params: { a: [4, 5], b: [3, 5], c: [4, 3] },
    loss: async (e, { a, b, c }) => {
      const ab = await e.matmul(a!, b!, { transposeB: true });
      const abc = await e.matmul(ab, c!, { transposeA: true });
      return e.sum(e.mul(abc, abc));
    },
  },
  "sparse products of given codes": {
    params: { x: [4, 5], W: [7, 5], b: [5], v: [7] },
    loss: (e, { x, W, b, v }) => {
      const codes = e.codes(someCodes({ rows: 4, dModel: 5, dSae: 7 }));
      const scaled = e.withValues(
        codes,
        e.mul(e.dots(codes, x!, W!), e.take(v!, codes)),
      );
      const y = e.decode(scaled, W!, b!),
        part = e.decode(scaled, W!, b!, { prefix: 3 });
      const outer = e.outer(scaled, x!);
      const sums = e.add(
        e.sum(e.mul(e.sumByLatent(scaled), v!)),
        e.sum(e.tanh(e.sumByRow(scaled))),
      );
      return Promise.resolve(
        e.add(
          e.add(e.sum(e.mul(y, y)), e.sum(e.mul(part, x!))),
          e.add(sums, e.sum(e.mul(outer, e.tanh(W!)))),
        ),
      );
    },
  },
  ...Object.fromEntries(
    ([
      ["positive", { keep: "positive" }],
      ["top-k", { keep: "top-k", k: 2 }],
      ["top-k among some", {
        keep: "top-k",
        k: 2,
        among: Uint32Array.of(0, 2, 5),
      }],
      ["batch-top-k", { keep: "batch-top-k", k: 2 }],
    ] as [string, Selection][]).map(([what, selection]) => [
      `an autoencoder that keeps ${what}`,
      {
        params: {
          x: [4, 5],
          W_enc: [7, 5],
          W_dec: [7, 5],
          b_enc: [7],
          b_dec: [5],
        },
        loss: async (e: Engine, p: Readonly<Record<string, Tensor>>) => {
          const codes = await e.encode(p.x!, {
            W_enc: p.W_enc!,
            b_enc: p.b_enc!,
            b_dec: p.b_dec!,
          }, selection);
          const error = e.sub(p.x!, e.decode(codes, p.W_dec!, p.b_dec!));
          return e.add(e.sum(e.mul(error, error)), e.sum(e.tanh(codes.values)));
        },
      },
    ]),
  ),
};

async function checkGradient(
  engine: Engine,
  what: string,
  shapes: Params,
  loss: LossOf,
): Promise<void> {
  const host = Object.entries(shapes).map(([name, shape], i) => ({
    name,
    shape,
    data: values(sizeOf(shape), 20 + i),
  }));
  const upload = (): Record<string, Tensor> =>
    Object.fromEntries(
      host.map(({ name, shape, data }) => [name, engine.tensor(data, shape)]),
    );
  const { grads } = await valueAndGrad(
    engine,
    upload(),
    async (e, p) => ({ loss: await loss(e, p) }),
  );
  const at = async (
    data: Float32Array,
    i: number,
    value: number,
  ): Promise<number> => {
    const was = data[i]!;
    data[i] = value;
    // The loss is computed by the reference, whose sums are float64.
    const truth = reference();
    const params = Object.fromEntries(
      host.map(({ name, shape, data }) => [name, truth.tensor(data, shape)]),
    );
    data[i] = was;
    return (await truth.read(await loss(truth, params)))[0]!;
  };
  for (const { name, data } of host) {
    const grad = await engine.read(grads[name]!);
    const slopes = new Float32Array(data.length), h = 1e-3;
    for (let i = 0; i < data.length; i++) {
      slopes[i] =
        (await at(data, i, data[i]! + h) - await at(data, i, data[i]! - h)) /
        (2 * h);
    }
    closeTo(grad, slopes, 5e-3, `${what}: gradient of ${name}`);
  }
}
