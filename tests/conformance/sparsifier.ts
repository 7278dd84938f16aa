/**
 * Conformance tests for sparsifiers.
 *
 * @module
 */
import { deepStrictEqual, equal, fail, ok } from "node:assert/strict";
import {
  type Engine,
  type HostTensor,
  type HostTensors,
  randomFrom,
  sizeOf,
  type Sparsifier,
  type Tensors,
} from "tessera";
import { reference } from "../../plugins/engines/reference/mod.ts";
import { checkSlopes } from "./_check_slopes.ts";
import {
  dModel,
  dSae,
  gradients,
  init,
  lossOf,
  rows,
  times,
  toBatch,
  toEngine,
  tokens,
  trained,
  upload,
} from "./_small_sparsifier.ts";
import { closeTo } from "./close_to.ts";

/** The shapes of the parameters that checkpoints know. */
const shapes: Readonly<Record<string, readonly number[]>> = {
  W_enc: [dSae, dModel],
  W_dec: [dSae, dModel],
  b_enc: [dSae],
  b_dec: [dModel],
  threshold: [dSae],
};

/** Dead latents, of which some would be in the codes and some would not. */
const someDead = Uint32Array.of(1, 4, 5, 10, 17, 21);

/**
 * Registers the tests that every sparsifier must pass: its parameters, its codes
 * and reconstructions, that the gradient of its loss matches the loss, and that
 * training lowers it. `make` returns a new one of `dSae` latents; `engine`
 * returns the engine to compute on, by default the reference.
 */
export function testSparsifier(
  name: string,
  make: (dSae: number) => Sparsifier | Promise<Sparsifier>,
  engine: () => Engine | Promise<Engine> = reference,
): void {
  const test = (
    what: string,
    body: (sparsifier: Sparsifier, engine: Engine) => void | Promise<void>,
  ): void => {
    Deno.test(`${name}: ${what}`, async () => {
      const place = await engine();
      try {
        await body(await make(dSae), place);
      } finally {
        await place.close();
      }
    });
  };

  test("init() gives finite parameters of the shapes that their names promise", (sparsifier) => {
    equal(sparsifier.dSae, dSae, "dSae");
    const params = init(sparsifier);
    ok("W_dec" in params, "there is no W_dec");
    for (const [key, { data, shape }] of Object.entries(params)) {
      deepStrictEqual(shape, shapes[key] ?? shape, `shape of ${key}`);
      equal(data.length, sizeOf(shape), `values of ${key}`);
      ok(
        data.every(Number.isFinite),
        `${key} holds a value that is not finite`,
      );
    }
  });

  test("init() gives the same bytes for the same seed and leaves its sample alone", (sparsifier) => {
    deepStrictEqual(init(sparsifier), init(sparsifier));
    const sample = tokens(64), before = sample.data.slice();
    sparsifier.init({ dModel, sample, random: randomFrom(1) });
    deepStrictEqual(sample.data, before);
  });

  test("its declarations about its parameters are true", (sparsifier) => {
    const params = init(sparsifier);
    for (const key of sparsifier.frozen ?? []) {
      ok(key in params, `frozen names "${key}", which init() does not give`);
    }
    for (const key of sparsifier.unitRows ?? []) {
      ok(key in params, `unitRows names "${key}", which init() does not give`);
      checkUnitRows(params[key]!, key);
    }
    if (sparsifier.targetL0 !== undefined) {
      ok(sparsifier.targetL0 > 0, `targetL0 is ${sparsifier.targetL0}`);
    }
    equal(typeof sparsifier.saelens.architecture, "string", "architecture");
  });

  test(
    "encode() gives codes above zero and decode() rows of d_model",
    async (sparsifier, engine) => {
      const params = upload(engine, await trained(sparsifier, 5));
      const x = toEngine(engine, tokens(rows));
      const codes = await sparsifier.encode(engine, params, x);
      deepStrictEqual([...codes.shape], [rows, dSae], "shape of the codes");
      const { latents, offsets, values } = await engine.readCodes(codes);
      equal(offsets.length, rows + 1, "offsets");
      ok(latents.every((latent) => latent < dSae), "a latent is out of range");
      ok(values.every((value) => value > 0), "a code is not above zero");
      const y = sparsifier.decode(engine, params, codes);
      deepStrictEqual([...y.shape], [rows, dModel], "shape of decode()");
      ok(
        (await engine.read(y)).every(Number.isFinite),
        "decode() is not finite",
      );
    },
  );

  test(
    "codes scale with the activations, as checkpoints require",
    async (sparsifier, engine) => {
      const params = await trained(sparsifier, 5), x = tokens(rows);
      const scaled = Object.entries(params).map(([key, value]) =>
        [
          key,
          ["b_enc", "b_dec", "threshold"].includes(key)
            ? times(value, 4)
            : value,
        ] as const
      );
      const encode = async (host: HostTensors, x: HostTensor) =>
        await engine.readCodes(
          await sparsifier.encode(
            engine,
            upload(engine, host),
            toEngine(engine, x),
          ),
        );
      const codes = await encode(params, x);
      const larger = await encode(Object.fromEntries(scaled), times(x, 4));
      deepStrictEqual(larger.latents, codes.latents);
      closeTo(larger.values, codes.values.map((v) => 4 * v), 1e-5, "code");
    },
  );

  test(
    "loss() gives a finite scalar, codes, a reconstruction and scalars to log",
    async (sparsifier, engine) => {
      const params = upload(engine, await trained(sparsifier, 5));
      const given = toBatch(engine, { x: tokens(rows) });
      const result = await sparsifier.loss(engine, params, given);
      deepStrictEqual([...result.loss.shape], [], "shape of the loss");
      deepStrictEqual(
        [...result.codes.shape],
        [rows, dSae],
        "shape of the codes",
      );
      deepStrictEqual([...result.reconstruction.shape], [rows, dModel]);
      await checkFinite(engine, { loss: result.loss, ...result.metrics });
      for (const [key, value] of Object.entries(result.running ?? {})) {
        equal(sizeOf(value.shape), 1, `values of running "${key}"`);
        ok(
          sparsifier.frozen?.includes(key),
          `running "${key}" fills no frozen parameter`,
        );
      }
    },
  );

  test(
    "the gradient of loss() matches finite differences",
    async (sparsifier, engine) => {
      for (const dead of [new Uint32Array(), someDead]) {
        const host = await trained(sparsifier, 5);
        const batch = { x: tokens(rows), dead, step: 50 };
        const grads = await gradients(sparsifier, engine, host, batch);
        for (const key of sparsifier.frozen ?? []) {
          ok(!(key in grads), `a gradient reaches frozen "${key}": detach it`);
        }
        const free = Object.keys(host).filter((key) =>
          !sparsifier.frozen?.includes(key)
        );
        for (const key of free) {
          ok(
            key in grads,
            `no gradient reaches "${key}": it belongs in frozen`,
          );
        }
        await checkSlopes(
          host,
          grads,
          (truth, params) =>
            sparsifier.loss(truth, params, toBatch(truth, batch)),
        );
      }
    },
  );

  test(
    "loss and gradients agree with the reference engine",
    async (sparsifier, engine) => {
      const host = await trained(sparsifier, 5), truth = reference();
      for (const dead of [new Uint32Array(), someDead]) {
        const batch = { x: tokens(rows), dead, step: 50 };
        const [loss, expected] = await Promise.all(
          [engine, truth].map((place) =>
            lossOf(sparsifier, place, host, batch)
          ),
        );
        closeTo([loss!], [expected!], 1e-4, "loss");
        const grads = await gradients(sparsifier, engine, host, batch);
        const right = await gradients(sparsifier, truth, host, batch);
        deepStrictEqual(Object.keys(grads), Object.keys(right));
        for (const [key, grad] of Object.entries(grads)) {
          closeTo(grad, right[key]!, 1e-4, `gradient of ${key}`);
        }
      }
    },
  );

  test(
    "fifty steps of Adam lower the loss and keep unit rows",
    async (sparsifier, engine) => {
      const batch = { x: tokens(rows), step: 50 };
      const start = init(sparsifier);
      const end = await trained(sparsifier, 50, engine);
      const before = await lossOf(sparsifier, engine, start, batch);
      const after = await lossOf(sparsifier, engine, end, batch);
      ok(after < 0.9 * before, `the loss went from ${before} to ${after}`);
      for (const key of sparsifier.unitRows ?? []) {
        checkUnitRows(
          end[key]!,
          key,
        );
      }
    },
  );

  test(
    "loss() is finite whatever is dead, for one token and for zeros only",
    async (sparsifier, engine) => {
      const all = Uint32Array.from({ length: dSae }, (_, i) => i);
      const zeros = {
        data: new Float32Array(rows * dModel),
        shape: [rows, dModel],
      };
      const host = await trained(sparsifier, 5);
      for (const x of [tokens(rows), tokens(1), zeros]) {
        for (const dead of [new Uint32Array(), Uint32Array.of(3), all]) {
          const what = `${
            x === zeros ? "zeros" : "tokens"
          } [${x.shape}], ${dead.length} dead`;
          ok(
            Number.isFinite(
              await lossOf(sparsifier, engine, host, { x, dead }),
            ),
            `the loss of ${what} is not finite`,
          );
          const grads = await gradients(sparsifier, engine, host, { x, dead });
          for (const [key, grad] of Object.entries(grads)) {
            ok(
              grad.every((g) => Math.abs(g) < 1e6),
              `the gradient of ${key} for ${what} reaches ${
                grad.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
              }`,
            );
          }
        }
      }
    },
  );

  test("its inputs are not changed", async (sparsifier, engine) => {
    const host = await trained(sparsifier, 5);
    const params = upload(engine, host), x = tokens(rows);
    const batch = toBatch(engine, { x, dead: someDead.slice() });
    const codes = await sparsifier.encode(engine, params, batch.x);
    const before = await engine.readCodes(codes);
    sparsifier.decode(engine, params, codes);
    await sparsifier.loss(engine, params, batch);
    deepStrictEqual(await engine.readCodes(codes), before);
    deepStrictEqual(await engine.read(batch.x), x.data);
    deepStrictEqual(batch.dead, someDead);
    for (const [key, { data }] of Object.entries(host)) {
      deepStrictEqual(await engine.read(params[key]!), data, key);
    }
  });
}

async function checkFinite(engine: Engine, scalars: Tensors): Promise<void> {
  for (const [key, value] of Object.entries(scalars)) {
    equal(sizeOf(value.shape), 1, `values of "${key}"`);
    const [number] = await engine.read(value);
    if (!Number.isFinite(number)) fail(`"${key}" is ${number}`);
  }
}

function checkUnitRows({ data, shape }: HostTensor, name: string): void {
  const width = shape.at(-1)!;
  const norms = Array.from(
    { length: data.length / width },
    (_, row) => Math.hypot(...data.subarray(row * width, (row + 1) * width)),
  );
  closeTo(norms, norms.map(() => 1), 1e-5, `norm of the rows of ${name}`);
}
