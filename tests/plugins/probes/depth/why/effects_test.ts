/** Tests of what is measured of an edit, against definitions written out. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import { randomFrom, ratioOfSums } from "tessera";
import { rankAgreement } from "../../../../../plugins/probes/depth/why/agreement.ts";
import {
  compare,
  movedOf,
  percentile,
  sizesOf,
} from "../../../../../plugins/probes/depth/why/compare.ts";
import {
  addEffect,
  noEffects,
} from "../../../../../plugins/probes/depth/why/effects.ts";
import {
  cleanPicture,
  truthErrors,
} from "../../../../../plugins/probes/depth/why/clean_picture.ts";
import {
  meansOfCells,
  placesOver,
} from "../../../../../plugins/probes/depth/why/places.ts";

const grid = [2, 3] as const, size = [4, 6] as const;
const hook = { layout: { specials: 1, grid } };
const at = { layout: { specials: 0, grid: size } };
const places = placesOver(hook, at, { inverse: true });
const random = randomFrom(5);
const says = Float32Array.from({ length: 24 }, () => 1 + random.next());
const edited = says.map((x) => x + random.normal() / 3);
const depth = Float32Array.from({ length: 24 }, () => 1 + 4 * random.next());
depth[0] = NaN;
const picture = { depth: { data: depth, width: 6, height: 4 } };
const clean = cleanPicture(says, places, picture);

/** The cell of a place, by its row and column. */
const cellOf = (place: number): number =>
  3 * Math.floor(Math.floor(place / 6) / 2) + Math.floor(place % 6 / 2);

Deno.test("placesOver() finds the cell of each place, on finer and coarser grids", () => {
  deepEqual([...places.cellOf], [...says.keys()].map(cellOf));
  const coarse = placesOver(at, hook, {});
  equal(coarse.cellOf.length, 6);
  equal(coarse.inverse, false);
  ok(meansOfCells(new Float32Array(6), coarse).some(Number.isNaN));
});

Deno.test("addEffect() sums what changes inside the edited cells and outside", () => {
  const effects = noEffects(3, 24, true);
  const own = [1, 5], hoped = Float64Array.of(1, 0, -1, 2, 0, 3);
  const condition = {
    own: () => own,
    hoped: () => hoped,
    edit: () => undefined,
  };
  addEffect(effects, condition, 1, edited, clean, places);
  const change = [...edited].map((x, i) => x - says[i]!);
  const inside = (i: number) => own.includes(cellOf(i));
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const abs = change.map(Math.abs);
  const expected = {
    absolute: sum(abs),
    squared: sum(change.map((x) => x * x)),
    signed: sum(change),
    inside: sum(abs.filter((_, i) => inside(i))),
    signedInside: sum(change.filter((_, i) => inside(i))),
    placesInside: 8,
    outside: sum(abs.filter((_, i) => !inside(i))),
    signedOutside: sum(change.filter((_, i) => !inside(i))),
    placesOutside: 16,
  };
  for (const [name, value] of Object.entries(expected)) {
    near(effects[name as keyof typeof expected][1]!, value, name);
  }
  const cells = hoped.map((_, cell) =>
    sum(change.filter((_, i) => cellOf(i) === cell)) / 4
  );
  const moved = sum([...cells].map((x, i) => x * hoped[i]!)) / 15;
  near(movedOf(effects)[1]!, moved, "moved");
  // Pictures that nothing was done to.
  deepEqual([effects.absolute[0], effects.placesOutside[0]], [0, 24]);
  equal(effects.absRel[0], 0);
  ok(Number.isNaN(movedOf(effects)[0]));
});

Deno.test("truthErrors() keeps the alignment of the clean map", () => {
  // What is true of a cell: the mean inverse depth of its known pixels.
  const disparity = grid[0] * grid[1];
  const truth = Array.from({ length: disparity }, (_, cell) => {
    const own = [...depth.keys()].filter((i) =>
      cellOf(i) === cell && depth[i]! > 0
    );
    return own.reduce((sum, i) => sum + 1 / depth[i]!, 0) / own.length;
  });
  const { scale, shift } = bestLine([...clean.cells], truth);
  near(clean.truth!.alignment.scale, scale, "scale");
  near(clean.truth!.alignment.shift, shift, "shift");
  const least = Math.min(...truth);
  const found = [...meansOfCells(edited, places)].map((x) =>
    1 / Math.max(least, scale * x + shift)
  );
  const ratios = found.map((d, cell) => d * truth[cell]!);
  const errors = truthErrors(edited, places, clean.truth!);
  near(
    errors.absRel,
    ratios.reduce((sum, r) => sum + Math.abs(r - 1), 0) / 6,
    "absRel",
  );
  near(
    errors.delta1,
    ratios.filter((r) => Math.max(r, 1 / r) < 1.25).length / 6,
    "delta1",
  );
  const unaligned = { scale: 1, shift: 0 };
  const other = truthErrors(edited, places, {
    ...clean.truth!,
    alignment: unaligned,
  });
  equal(other.spearman, errors.spearman, "nothing fitted");
  ok(other.absRel !== errors.absRel);
});

Deno.test("cleanPicture() has no truth where no cell's depth is known", () => {
  const data = new Float32Array(24).fill(NaN);
  const unknown = { depth: { data, width: 6, height: 4 } };
  equal(cleanPicture(says, places, unknown).truth, undefined);
  equal(cleanPicture(says, places, {}).truth, undefined);
});

Deno.test("percentile() lies on the line between two numbers", () => {
  const values = [5, 1, 3, 2, 4];
  equal(percentile(values, 0.5), 3);
  near(percentile(values, 0.95), 4.8, "between");
  equal(percentile([7], 0.95), 7);
  ok(Number.isNaN(percentile([], 0.95)));
});

const clusters = Uint32Array.of(0, 0, 1, 2, 3, 4), seed = 3;

Deno.test("ratioOfSums() draws clusters, and leaves out what is not known", () => {
  const numbers = [1, 2, NaN, 4, 5, 6];
  const { value, low, high } = ratioOfSums(numbers, undefined, {
    clusters,
    seed,
  });
  near(value, 18 / 5, "mean");
  ok(low! < value && value < high!);
  near(
    ratioOfSums([1, 1, 1, 1, 1, 1], [1, 2, 1, 1, 1, 1], { clusters, seed })
      .value,
    6 / 7,
    "ratio",
  );
  // All in one: nothing can be drawn.
  const one = new Uint32Array(6);
  deepEqual(ratioOfSums(numbers, undefined, { clusters: one, seed }), {
    value,
  });
});

Deno.test("compare() claims only above the percentile and with an interval above 0", () => {
  const scale = { clusters, seed };
  const of = (...values: number[]) => Float64Array.from(values);
  const own = of(5, 6, 5, 6, 5, 6), low = of(1, 2, 1, 2, 1, 2);
  const high = own.map((x) => x + 1);
  const shown = compare(own, [low, low], scale);
  ok(shown.clears);
  equal(shown.controlMean, 1.5);
  near(shown.difference.value, 4, "difference");
  equal(compare(own, [low, high], scale).clears, false, "below the percentile");
  equal(compare(own, [], scale).clears, false, "nothing to compare with");
  // Larger in the mean, by one picture alone.
  const rare = of(0, 0, 0, 0, 0, 60);
  const noisy = compare(rare, [low], scale);
  ok(noisy.effect.value > noisy.controlP95);
  equal(noisy.clears, false, "the interval holds 0");
});

Deno.test("sizesOf() divides by places and by the spread of the clean prediction", () => {
  const effects = noEffects(2, 24, false);
  effects.absolute[1] = 12;
  const scale = { sd: 0.25, places: 24, clusters, seed };
  deepEqual([...sizesOf(effects, scale)], [0, 2]);
});

Deno.test("rankAgreement() is Spearman's correlation over latents", () => {
  const found = rankAgreement([1, 2, 3, 4, NaN], [1, 3, 2, 4, 9], 1);
  // By hand: 1 − 6 Σd² / n(n² − 1) with d² = 0, 1, 1, 0.
  near(found.value, 0.8, "rho");
  const many = Array.from({ length: 60 }, (_, i) => i);
  const { low, high } = rankAgreement(many, many.map((i) => i + i % 7), 1);
  ok(low! > 0.8 && high! <= 1);
  const none = rankAgreement(many, many.map(() => random.next()), 1);
  ok(none.low! < 0 && none.high! > 0);
});

/** Least squares by the normal equations. */
function bestLine(x: number[], y: number[]) {
  const n = x.length, sum = (v: number[]) => v.reduce((a, b) => a + b, 0);
  const sx = sum(x), sy = sum(y);
  const sxx = sum(x.map((v) => v * v)), sxy = sum(x.map((v, i) => v * y[i]!));
  const scale = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  return { scale, shift: (sy - scale * sx) / n };
}

function near(found: number, expected: number, what: string): void {
  const far = Math.abs(found - expected);
  ok(far <= 1e-6 * (1 + Math.abs(expected)), `${what}: ${found}, ${expected}`);
}
