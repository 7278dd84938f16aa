/**
 * Conformance tests for probes.
 *
 * @module
 */
import {
  deepEqual,
  deepStrictEqual,
  equal,
  match,
  ok,
  rejects,
} from "node:assert/strict";
import {
  type Dataset,
  type Encoder,
  type Metric,
  type Probe,
  type ProbeInput,
  type ProbeResult,
  randomFrom,
  type Sparsifier,
  type Table,
  type Tensors,
} from "tessera";
import { reference } from "../../plugins/engines/reference/mod.ts";

/**
 * Registers the tests that every probe must pass; `make` returns a new one. It
 * runs on what `input` returns, by default {@linkcode smallProbeInput}.
 */
export function testProbe(
  name: string,
  make: () => Probe | Promise<Probe>,
  input: () => ProbeInput | Promise<ProbeInput> = smallProbeInput,
): void {
  Deno.test(`${name}: run() finds finite numbers, one per latent where it should, and says what they mean`, async () => {
    const given = await input();
    const result = await (await make()).run(given);
    checkNames(result);
    for (const [key, metric] of Object.entries(result.metrics)) {
      checkMetric(key, metric);
    }
    for (const [key, column] of Object.entries(result.perLatent ?? {})) {
      const { values, meaning } = column;
      ok(values instanceof Float32Array, `column "${key}" is no Float32Array`);
      const { dSae } = given.dictionary?.sparsifier ?? {};
      equal(values.length, dSae, `length of column "${key}"`);
      checkWords(`column "${key}"`, meaning);
    }
    for (
      const [key, { svg, caption }] of Object.entries(result.figures ?? {})
    ) {
      match(svg, /^\s*<svg[\s>]/, `figure "${key}" is no SVG`);
      match(svg, /xmlns="http:\/\/www\.w3\.org\/2000\/svg"/, `figure "${key}"`);
      ok(!/<script|\son\w+\s*=/i.test(svg), `figure "${key}" holds a script`);
      checkWords(`figure "${key}"`, caption);
    }
    for (const [key, table] of Object.entries(result.tables ?? {})) {
      checkTable(key, table);
    }
    for (const sentence of result.verdict ?? []) {
      checkWords("the verdict", sentence);
    }
  });

  Deno.test(`${name}: run() finds the same when it runs again`, async () => {
    const runs: ProbeResult[] = [];
    for (let i = 0; i < 2; i++) {
      runs.push(await (await make()).run(await input()));
    }
    deepStrictEqual(runs[0], runs[1]);
  });

  Deno.test(`${name}: run() stops when it is told to`, async () => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    const given = { ...await input(), signal };
    await rejects(async () => (await make()).run(given), (error) => {
      equal(error, reason, "what is thrown is the signal's reason");
      return true;
    });
  });
}

/** These names become file names. */
function checkNames(
  { metrics, perLatent = {}, figures = {}, tables = {} }: ProbeResult,
): void {
  for (const part of [metrics, perLatent, figures, tables]) {
    for (const key of Object.keys(part)) {
      match(key, /^[a-z0-9][a-z0-9_-]*$/i, `"${key}" is not a valid file name`);
    }
  }
}

function checkMetric(
  key: string,
  { value, low, high, meaning }: Metric,
): void {
  ok(Number.isFinite(value), `metric "${key}" is ${value}`);
  checkWords(`metric "${key}"`, meaning);
  equal(low === undefined, high === undefined, `interval of "${key}"`);
  if (low === undefined || high === undefined) return;
  ok(
    Number.isFinite(low) && Number.isFinite(high) && low <= high,
    `interval of "${key}" is ${low} to ${high}`,
  );
}

/** Checks for a sentence without a full stop. */
function checkWords(what: string, text: string): void {
  ok(text.trim() !== "", `${what} is not explained`);
  ok(!text.endsWith("."), `${what} ends with a full stop: "${text}"`);
}

function checkTable(key: string, { caption, columns, rows }: Table): void {
  checkWords(`table "${key}"`, caption);
  for (const [name, meaning] of Object.entries(columns)) {
    checkWords(`column "${name}" of table "${key}"`, meaning);
  }
  for (const row of rows) {
    deepEqual(
      Object.keys(row).toSorted(),
      Object.keys(columns).toSorted(),
      `cells of table "${key}"`,
    );
    for (const cell of Object.values(row)) {
      const isCell = typeof cell === "string" ||
        Number.isFinite(cell) || Number.isNaN(cell);
      ok(isCell, `table "${key}" holds ${cell}`);
    }
  }
}

/** Input of six small pictures, tokens of three numbers, and a ReLU dictionary of eight latents. */
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
    engine,
    dictionary: { engine, sparsifier: smallSparsifier(), params },
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

/** An encoder whose tokens are pixels. */
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
