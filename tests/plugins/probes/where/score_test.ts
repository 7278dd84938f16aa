/** Tests of R² from errors in clusters, against explicit cells. @module */
import { equal, ok } from "node:assert/strict";
import { estimateOf, randomFrom } from "tessera";
import {
  less,
  partialR2,
  r2Of,
} from "../../../../plugins/probes/where/score.ts";

const clusters = 7;

interface Cell {
  cluster: number;
  edge: number;
  y: number;
  base: number;
  more: number;
}

/** Cells with what two probes say of them. */
function cells(): Cell[] {
  const random = randomFrom(3);
  return Array.from({ length: 90 }, (_, i) => {
    const [place, own] = [random.normal(), random.normal()];
    return {
      cluster: i % clusters,
      edge: Number(i % 5 === 0),
      y: 3 + place + own + 0.3 * random.normal(),
      base: 3 + place,
      more: 3 + place + 0.9 * own,
    };
  });
}

function sums(all: readonly Cell[], of: (cell: Cell) => number): Float64Array {
  const out = new Float64Array(2 * clusters);
  for (const cell of all) out[2 * cell.cluster + cell.edge]! += of(cell);
  return out;
}

function reading(all: readonly Cell[], said: "base" | "more") {
  return {
    errors: sums(all, (cell) => (cell.y - cell[said]) ** 2),
    asked: {
      n: sums(all, () => 1),
      y: sums(all, ({ y }) => y),
      yy: sums(all, ({ y }) => y * y),
    },
  };
}

/** R² by its definition, over cells each as often as its cluster is drawn. */
function plainR2(all: readonly Cell[], said: "base" | "more"): number {
  const mean = all.reduce((sum, { y }) => sum + y, 0) / all.length;
  const sse = all.reduce((sum, cell) => sum + (cell.y - cell[said]) ** 2, 0);
  return 1 - sse / all.reduce((sum, { y }) => sum + (y - mean) ** 2, 0);
}

function near(a: number, b: number): void {
  ok(Math.abs(a - b) < 1e-12, `${a} is not near ${b}`);
}

const draws = { clusters, seed: 4 };
const [base, more] = [reading(cells(), "base"), reading(cells(), "more")];

Deno.test("r2Of() is one less errors over deviations, of all cells, edges and others", () => {
  const all = cells();
  near(estimateOf(r2Of(more), draws).value, plainR2(all, "more"));
  const edges = all.filter(({ edge }) => edge === 1);
  const inside = all.filter(({ edge }) => edge === 0);
  near(estimateOf(r2Of(more, "edges"), draws).value, plainR2(edges, "more"));
  near(estimateOf(r2Of(more, "inside"), draws).value, plainR2(inside, "more"));
});

Deno.test("partialR2() is what is explained of what the base leaves", () => {
  const [a, b] = [plainR2(cells(), "more"), plainR2(cells(), "base")];
  near(estimateOf(partialR2(more, base), draws).value, (a - b) / (1 - b));
});

Deno.test("partialR2() is nothing where the base leaves next to nothing", () => {
  const all = cells().map((cell) => ({ ...cell, base: cell.y + 1e-3 }));
  const found = estimateOf(partialR2(more, reading(all, "base")), draws);
  equal(Number.isNaN(found.value), true);
  equal(found.low, undefined);
});

Deno.test("estimateOf() draws clusters as a bootstrap over explicit cells does, the same for each number", () => {
  const random = randomFrom(draws.seed), all = cells();
  const found = Array.from({ length: 1000 }, () => {
    const drawn = Array.from(
      { length: clusters },
      () => random.integer(clusters),
    );
    const own = drawn.flatMap((c) =>
      all.filter(({ cluster }) => cluster === c)
    );
    return plainR2(own, "more") - plainR2(own, "base");
  }).sort((a, b) => a - b);
  const score = estimateOf(less(r2Of(more), r2Of(base)), draws);
  const at = (share: number) => {
    const place = share * 999, below = Math.floor(place);
    return found[below]! +
      (place - below) * (found[below + 1]! - found[below]!);
  };
  ok(Math.abs(score.low! - at(0.025)) < 1e-9);
  ok(Math.abs(score.high! - at(0.975)) < 1e-9);
});

Deno.test("r2Of() is NaN where nothing varies", () => {
  const all = cells().map((cell) => ({ ...cell, y: 1.1 }));
  equal(
    Number.isNaN(estimateOf(r2Of(reading(all, "more")), draws).value),
    true,
  );
});
