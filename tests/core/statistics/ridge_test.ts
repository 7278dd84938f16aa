/** Tests of ridge regression from sums, against a dense solve of explicit rows. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import { randomFrom } from "tessera";
import { cholesky } from "../../../core/statistics/cholesky.ts";
import { fitCrossValidated } from "../../../core/statistics/cross_validate.ts";
import { rowProducts } from "../../../core/statistics/gram.ts";
import {
  addRows,
  addSums,
  fitNested,
  fitRidge,
  meansOf,
  type NormalSums,
  normalSums,
  r2On,
  rowCount,
  squaredDeviations,
  squaredErrors,
  sumOf,
} from "../../../core/statistics/ridge.ts";

const width = 5, targets = 3, penalties = [1e-3, 0.1, 10];

/** Rows whose features have means and sizes of their own, one of them constant, one nearly another. */
function rowsOf(count: number, seed: number): { x: number[][]; y: number[][] } {
  const random = randomFrom(seed);
  const x = Array.from({ length: count }, () => {
    const [a, b, c] = [random.normal(), random.normal(), random.normal()];
    return [100 + a, 1e-3 * b, 4, a + 0.01 * c, 50 * c];
  });
  const y = x.map(([a, b, , d, e]) => [
    2 * a! - 300 * b! + random.normal(),
    d! + 0.1 * e! + 7,
    random.normal(),
  ]);
  return { x, y };
}

async function sumsOf(
  rows: { x: number[][]; y: number[][] },
): Promise<NormalSums> {
  const products = await rowProducts(), sums = normalSums(width, targets);
  const half = Math.floor(rows.x.length / 2);
  for (const [from, to] of [[0, half], [half, rows.x.length]] as const) {
    const x = Float32Array.from(rows.x.slice(from, to).flat());
    const y = Float64Array.from(rows.y.slice(from, to).flat());
    await addRows(sums, products, x, y);
  }
  await products.release();
  return sums;
}

/** What the rows are in float32, as they are summed. */
function rounded({ x }: { x: number[][] }): number[][] {
  return x.map((row) => row.map(Math.fround));
}

/** Solves by Gaussian elimination with pivoting. */
function eliminate(a: number[][], b: number[]): number[] {
  const n = b.length, m = a.map((row, i) => [...row, b[i]!]);
  for (let k = 0; k < n; k++) {
    const pivot = m.slice(k).reduce(
      (best, row, i) =>
        Math.abs(row[k]!) > Math.abs(m[best]![k]!) ? k + i : best,
      k,
    );
    [m[k], m[pivot]] = [m[pivot]!, m[k]!];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const by = m[i]![k]! / m[k]![k]!;
      for (let j = k; j <= n; j++) m[i]![j]! -= by * m[k]![j]!;
    }
  }
  return m.map((row, i) => row[n]! / row[i]!);
}

/** Ridge of one target by its definition: centred, standardised rows. */
function denseRidge(x: number[][], y: number[], penalty: number) {
  const n = x.length, mean = (of: number[]) => of.reduce((a, b) => a + b) / n;
  const columns = x[0]!.map((_, d) => x.map((row) => row[d]!));
  const means = columns.map(mean), middle = mean(y);
  const sds = columns.map((column, d) =>
    Math.sqrt(mean(column.map((v) => (v - means[d]!) ** 2)))
  );
  const varying = sds.map((sd, d) => sd > 0 ? d : -1).filter((d) => d >= 0);
  const z = x.map((row) => varying.map((d) => (row[d]! - means[d]!) / sds[d]!));
  const a = varying.map((_, i) =>
    varying.map((_, j) =>
      mean(z.map((row) => row[i]! * row[j]!)) + (i === j ? penalty : 0)
    )
  );
  const b = varying.map((_, i) =>
    mean(z.map((row, r) => row[i]! * (y[r]! - middle)))
  );
  const beta = eliminate(a, b), weights = Array(x[0]!.length).fill(0);
  varying.forEach((d, i) => weights[d] = beta[i]! / sds[d]!);
  const intercept = middle -
    weights.reduce((sum, w, d) => sum + w * means[d]!, 0);
  return { weights, intercept };
}

function near(a: number, b: number, tolerance = 1e-6): void {
  ok(
    Math.abs(a - b) <= tolerance * (1 + Math.abs(b)),
    `${a} is not near ${b}`,
  );
}

Deno.test("fitRidge() is the dense solve of explicit rows for each penalty and target", async () => {
  const rows = rowsOf(60, 1), x = rounded(rows);
  const fits = fitRidge(await sumsOf(rows), penalties);
  penalties.forEach((penalty, p) => {
    for (let target = 0; target < targets; target++) {
      const dense = denseRidge(x, rows.y.map((row) => row[target]!), penalty);
      const fit = fits[p]!;
      near(fit.intercept[target]!, dense.intercept);
      dense.weights.forEach((w, d) =>
        near(fit.weights[target * width + d]!, w)
      );
    }
  });
});

Deno.test("fitRidge() gives a feature that does not vary no weight, and no NaN", async () => {
  const [fit] = fitRidge(await sumsOf(rowsOf(40, 2)), [1e-3]);
  equal(fit!.weights[2], 0);
  ok([...fit!.weights, ...fit!.intercept].every(Number.isFinite));
});

Deno.test("fitNested() fits the first features as if there were no others", async () => {
  const rows = rowsOf(60, 3), x = rounded(rows).map((row) => row.slice(0, 2));
  const part = { features: 2, targets: 1 };
  const fit = fitNested(await sumsOf(rows), [0.1], [part])[0]![0]!;
  const dense = denseRidge(x, rows.y.map(([y]) => y!), 0.1);
  near(fit.weights[0]!, dense.weights[0]);
  near(fit.weights[1]!, dense.weights[1]);
  near(fit.intercept[0]!, dense.intercept);
  deepEqual([...fit.weights.subarray(2)], [0, 0, 0]);
});

Deno.test("addSums() takes a fold away as if it had never been added", async () => {
  const parts = [rowsOf(30, 4), rowsOf(20, 5)];
  const [a, b] = [await sumsOf(parts[0]!), await sumsOf(parts[1]!)];
  const left = addSums(sumOf([a, b]), b, -1);
  equal(rowCount(left), 30);
  const scale = Math.max(...a.gram.map(Math.abs));
  a.gram.forEach((value, i) =>
    near(left.gram[i]! / scale, value / scale, 1e-12)
  );
});

Deno.test("squaredErrors() and r2On() are those of explicit predictions", async () => {
  const fitted = await sumsOf(rowsOf(60, 6)), rows = rowsOf(25, 7);
  const sums = await sumsOf(rows), x = rounded(rows);
  for (const fit of fitRidge(fitted, penalties)) {
    const errors = squaredErrors(fit, sums), r2 = r2On(fit, sums);
    for (let target = 0; target < targets; target++) {
      const y = rows.y.map((row) => row[target]!);
      const said = x.map((row) =>
        row.reduce(
          (sum, v, d) => sum + v * fit.weights[target * width + d]!,
          fit.intercept[target]!,
        )
      );
      const mean = y.reduce((a, b) => a + b) / y.length;
      const sse = y.reduce((sum, v, i) => sum + (v - said[i]!) ** 2, 0);
      const sst = y.reduce((sum, v) => sum + (v - mean) ** 2, 0);
      near(errors[target]!, sse);
      near(squaredDeviations(sums)[target]!, sst);
      near(r2[target]!, 1 - sse / sst);
    }
  }
});

Deno.test("r2On() is NaN where a target does not vary", async () => {
  const rows = rowsOf(20, 8);
  const still = { x: rows.x, y: rows.y.map(([a, b]) => [a!, b!, 0.3]) };
  const sums = await sumsOf(still);
  const [fit] = fitRidge(sums, [0.1]);
  equal(Number.isNaN(r2On(fit!, sums)[2]), true);
  near(meansOf(sums)[width + 2]!, 0.3);
});

Deno.test("fitCrossValidated() chooses the least error over folds held out", async () => {
  const folds = await Promise.all(
    [9, 10, 11].map((seed) => sumsOf(rowsOf(15, seed))),
  );
  const all = sumOf(folds);
  const held = folds.map((fold) => ({
    held: fold,
    fitted: addSums(sumOf([all]), fold, -1),
  }));
  const [found] = fitCrossValidated(all, held, penalties);
  const byHand = penalties.map((penalty) => {
    const sum = new Float64Array(targets);
    for (const { fitted, held: own } of held) {
      const errors = squaredErrors(fitRidge(fitted, [penalty])[0]!, own);
      errors.forEach((e, target) => sum[target]! += e);
    }
    return sum;
  });
  for (let target = 0; target < targets; target++) {
    const errors = byHand.map((of) => of[target]!);
    const best = penalties[errors.indexOf(Math.min(...errors))];
    equal(found!.penalties[target], best);
    near(found!.errors[target]!, Math.min(...errors));
  }
  found!.penalties.forEach((penalty, target) => {
    const [alone] = fitRidge(all, [penalty]);
    equal(found!.intercept[target], alone!.intercept[target]);
  });
});

Deno.test("gram() is the sum over rows, and keeps small differences of large numbers", async () => {
  const products = await rowProducts();
  const x = Float32Array.from([1000.5, 1, 1000.25, 2, 1000.125, 3]);
  const y = Float64Array.from([1 / 3, 1, 1 / 7, 1, 1 / 9, 1]);
  const rows = [0, 1, 2].map((
    i,
  ) => [...x.slice(2 * i, 2 * i + 2), ...y.slice(2 * i, 2 * i + 2)]);
  const found = await products.gram({ data: x, width: 2 }, {
    data: y,
    width: 2,
  });
  found.forEach((value, at) => {
    const [i, j] = [Math.floor(at / 4), at % 4];
    near(value, rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0), 1e-15);
  });
  const times = await products.times({ data: x, width: 2 }, {
    data: Float64Array.from([1, 2, 0, -1]),
    width: 2,
  });
  deepEqual([...times], [1000.5, 2000, 1000.25, 1998.5, 1000.125, 1997.25]);
  await products.release();
});

Deno.test("cholesky() gives back what it was made of", () => {
  const a = Float64Array.from([4, 2, 1, 2, 5, 3, 1, 3, 6]);
  const L = cholesky(a, 3);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += L[3 * i + k]! * L[3 * j + k]!;
      near(sum, a[3 * i + j]!, 1e-12);
    }
  }
});
