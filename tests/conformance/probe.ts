/**
 * What every probe must do, as tests that it can run on itself.
 *
 * @module
 */
import { deepStrictEqual, equal, match, ok } from "node:assert/strict";
import {
  type Dataset,
  type Encoder,
  type Probe,
  type ProbeInput,
  type ProbeResult,
  randomFrom,
  type Sparsifier,
  type Tensors,
} from "tessera";
import { reference } from "../../plugins/engines/reference.ts";

/**
 * Registers the tests that every probe must pass; `make` gives a fresh one.
 * It looks at what `input` gives: {@linkcode smallProbeInput} when absent.
 */
export function testProbe(
  name: string,
  make: () => Probe | Promise<Probe>,
  input: () => ProbeInput | Promise<ProbeInput> = smallProbeInput,
): void {
  Deno.test(`${name}: run() finds finite numbers, one for each latent where it says so`, async () => {
    const given = await input();
    const result = await (await make()).run(given);
    for (const [key, value] of Object.entries(result.metrics)) {
      ok(Number.isFinite(value), `metric "${key}" is ${value}`);
    }
    for (const [key, column] of Object.entries(result.perLatent ?? {})) {
      ok(column instanceof Float32Array, `column "${key}" is no Float32Array`);
      equal(column.length, given.sparsifier.dSae, `length of column "${key}"`);
    }
    for (const [key, figure] of Object.entries(result.figures ?? {})) {
      match(figure, /^\s*<svg[\s>]/, `figure "${key}" is no SVG`);
    }
    for (const [key, rows] of Object.entries(result.tables ?? {})) {
      for (const cell of rows.flatMap((row) => Object.values(row))) {
        ok(
          ["number", "string"].includes(typeof cell),
          `table "${key}" holds ${typeof cell}`,
        );
      }
    }
  });

  Deno.test(`${name}: run() finds the same when it looks again`, async () => {
    const runs: ProbeResult[] = [];
    for (let i = 0; i < 2; i++) {
      runs.push(await (await make()).run(await input()));
    }
    deepStrictEqual(runs[0], runs[1]);
  });
}

/** Six small pictures, tokens of three numbers, and a ReLU dictionary of eight latents. */
export function smallProbeInput(): ProbeInput {
  const engine = reference();
  const random = randomFrom(1);
  const values = (length: number) =>
    Float32Array.from({ length }, () => random.normal());
  const params: Tensors = {
    W_enc: engine.tensor(values(24), [8, 3]),
    b_enc: engine.tensor(values(8), [8]),
    W_dec: engine.tensor(values(24), [8, 3]),
    b_dec: engine.tensor(values(3), [3]),
  };
  return {
    dataset: smallDataset(),
    heldOut: Uint32Array.of(1, 3, 4),
    encoder: smallEncoder(),
    hook: "pixels",
    sparsifier: smallSparsifier(),
    params,
    engine,
  };
}

function smallDataset(): Dataset {
  return {
    length: 6,
    get(index) {
      const random = randomFrom(2, index);
      const data = Uint8Array.from({ length: 48 }, () => random.integer(256));
      const depth = Float32Array.from({ length: 16 }, () => 1 + random.next());
      return Promise.resolve({
        id: `small-${index}`,
        image: { data, width: 4, height: 4 },
        labels: { class: index % 2 === 0 ? "even" : "odd" },
        maps: { depth: { data: depth, width: 4, height: 4 } },
      });
    },
  };
}

/** Tokens are pixels. */
function smallEncoder(): Encoder {
  const layout = { specials: 0, grid: [4, 4] } as const;
  return {
    hooks: [{ name: "pixels", width: 3, layout }],
    defaultHook: "pixels",
    provenance: { encoder: "small" },
    encode(images) {
      const bytes = images.flatMap(({ data }) => [...data]);
      const data = Float32Array.from(bytes, (byte) => byte / 128 - 1);
      return Promise.resolve({
        pixels: { data, shape: [images.length, 16, 3] },
      });
    },
    memory: (images) => images * 192,
    close: () => Promise.resolve(),
  };
}

function smallSparsifier(): Sparsifier {
  return {
    dSae: 8,
    saelens: { architecture: "standard" },
    init: () => {
      throw new Error("its parameters are given");
    },
    encode: (engine, { W_enc, b_enc, b_dec }, x) =>
      engine.encode(x, { W_enc: W_enc!, b_enc: b_enc!, b_dec: b_dec! }, {
        keep: "positive",
      }),
    decode: (engine, { W_dec, b_dec }, codes) =>
      engine.decode(codes, W_dec!, b_dec!),
    loss: () => Promise.reject(new Error("it is not trained")),
  };
}
