import { deepStrictEqual, equal, notEqual, ok } from "node:assert/strict";
import { type HostTensors, randomFrom } from "tessera";
import { centre } from "../../../../plugins/sparsifiers/dictionary/centre.ts";
import { initDictionary } from "../../../../plugins/sparsifiers/dictionary/init_dictionary.ts";
import { closeTo } from "../../../conformance/close_to.ts";
import { fromRows, meanRow, normals, type Rows, toRows } from "../_float64.ts";

/** Tokens around 3, a tenth of them far away. */
function withOutliers(): Rows {
  return normals(200, 6, 1).map((row, i) =>
    row.map((value) => i % 10 === 0 ? 1000 : value + 3)
  );
}

function init(
  rows: Rows,
  options: Partial<Parameters<typeof initDictionary>[0]> = {},
): HostTensors {
  return initDictionary(
    { dSae: 40, init: "random", bDec: "mean", ...options },
    { dModel: 6, sample: fromRows(rows), random: randomFrom(1) },
  );
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, d) => sum + value * b[d]!, 0);
  return dot / Math.hypot(...a) / Math.hypot(...b);
}

Deno.test("centre() is the point with the least total distance, which outliers hardly move", () => {
  const rows = withOutliers(), sample = fromRows(rows);
  const median = [...centre(sample, "geometric-median")];
  closeTo(median, Array(6).fill(3), 0.1, "geometric median");
  // Where the total distance is least, the directions to all tokens cancel.
  const directions = rows.map((row) => {
    const away = row.map((value, d) => value - median[d]!);
    return away.map((value) => value / Math.hypot(...away));
  });
  closeTo(meanRow(directions), Array(6).fill(0), 1e-4, "mean direction");
  closeTo(centre(sample, "mean"), meanRow(rows), 1e-6, "mean");
  ok(centre(sample, "mean").every((value) => value > 100));
  deepStrictEqual(centre(sample, "zeros"), new Float32Array(6));
});

Deno.test("centre() is finite when a token lies at the centre and when all are equal", () => {
  const cross = [[1, 0], [-1, 0], [0, 1], [0, -1], [0, 0]];
  closeTo(centre(fromRows(cross), "geometric-median"), [0, 0], 1e-6);
  const same = [[2, 5], [2, 5], [2, 5]];
  closeTo(centre(fromRows(same), "geometric-median"), [2, 5], 1e-6);
});

Deno.test("initDictionary() starts b_dec at the centre that its option names", () => {
  const rows = withOutliers(), sample = fromRows(rows);
  for (const bDec of ["geometric-median", "mean", "zeros"] as const) {
    deepStrictEqual(init(rows, { bDec }).b_dec!.data, centre(sample, bDec));
  }
});

Deno.test("initDictionary() gives equal matrices that share no memory", () => {
  for (const start of ["random", "data"] as const) {
    const { W_enc, W_dec, b_enc } = init(normals(50, 6, 2), { init: start });
    deepStrictEqual(W_enc, W_dec);
    deepStrictEqual(b_enc!.data, new Float32Array(40));
    notEqual(W_enc!.data.buffer, W_dec!.data.buffer);
    W_enc!.data[0] = 7;
    notEqual(W_dec!.data[0], 7);
  }
});

Deno.test("initDictionary() starts along the data when told to", () => {
  // With few tokens, a random direction is rarely close to one.
  const rows = normals(5, 6, 3).map((row) => row.map((value) => value + 4));
  const middle = [...centre(fromRows(rows), "mean")];
  const centred = rows.map((row) => row.map((value, d) => value - middle[d]!));
  const nearest = (start: "random" | "data"): number[] =>
    toRows(init(rows, { init: start }).W_dec!).map((row) => {
      closeTo([Math.hypot(...row)], [1], 1e-6, "norm");
      return Math.max(...centred.map((token) => cosine(row, token)));
    });
  const average = (values: number[]): number =>
    values.reduce((sum, value) => sum + value) / values.length;
  // 0.8 of one unit vector plus 0.2 of another: a cosine of about 0.97 when they are orthogonal, and never far below.
  const data = nearest("data"), random = nearest("random");
  ok(Math.min(...data) > 0.9, `a row has cosine ${Math.min(...data)}`);
  ok(average(data) > 0.96, `the mean cosine is ${average(data)}`);
  ok(average(random) < 0.8, `at random the mean cosine is ${average(random)}`);
});

Deno.test("initDictionary() has rows of norm 1 even when a token equals b_dec", () => {
  const rows = [[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]];
  const { W_dec } = init(rows, { init: "data" });
  for (const row of toRows(W_dec!)) equal(Math.fround(Math.hypot(...row)), 1);
});
