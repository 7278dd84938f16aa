/** Tests of what each cell of a grid is asked for. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import {
  cellDepth,
  cellMeans,
} from "../../../../../plugins/probes/depth/study/cell_depth.ts";
import {
  cellTargets,
  ranks,
} from "../../../../../plugins/probes/depth/study/cell_targets.ts";

/** A map whose pixels are `of(x, y)`. */
function mapOf(
  width: number,
  height: number,
  of: (x: number, y: number) => number,
) {
  const data = Float32Array.from(
    { length: width * height },
    (_, i) => of(i % width, Math.floor(i / width)),
  );
  return { data, width, height };
}

const layout = { specials: 0, grid: [2, 2] } as const;

Deno.test("cellDepth() takes the pixels of each cell: mean inverse depth, median depth", () => {
  const map = mapOf(
    4,
    4,
    (x, y) => x < 2 ? 2 : y < 2 ? 4 : [1, 2, 4, 8][2 * (x - 2) + y - 2]!,
  );
  const { disparity, depth, edge } = cellDepth(map, [2, 2]);
  deepEqual([...disparity], [0.5, 0.25, 0.5, (1 + 0.5 + 0.25 + 0.125) / 4]);
  deepEqual([...depth], [2, 4, 2, 4]);
  deepEqual([...edge], [0, 0, 0, 1]);
});

Deno.test("cellDepth() knows nothing of a cell that is less than half known", () => {
  const map = mapOf(
    4,
    2,
    (x, y) => x < 2 ? (y === 0 ? 3 : NaN) : x === 2 && y === 0 ? 3 : 0,
  );
  const { disparity, depth } = cellDepth(map, [1, 2]);
  ok(Math.abs(disparity[0]! - 1 / 3) < 1e-12);
  equal(depth[0], 3);
  ok(Number.isNaN(disparity[1]) && Number.isNaN(depth[1]));
});

Deno.test("cellDepth() looks at the part of the picture that the grid lies over", () => {
  const map = mapOf(8, 4, (x) => x + 1);
  const view = { left: 2, top: 0, width: 4, height: 4 };
  const { disparity } = cellDepth(map, [1, 2], view);
  deepEqual([...disparity], [(1 / 3 + 1 / 4) / 2, (1 / 5 + 1 / 6) / 2]);
});

Deno.test("cellDepth() of cells smaller than pixels takes the nearest one", () => {
  const map = mapOf(2, 2, (x, y) => 1 + x + 2 * y);
  const { depth } = cellDepth(map, [4, 4]);
  deepEqual([...depth], [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
});

Deno.test("cellMeans() averages a finer map over a coarser grid", () => {
  const { data } = mapOf(4, 2, (x, y) => 10 * y + x);
  deepEqual([...cellMeans(data, [2, 4], [1, 2])], [5.5, 7.5]);
});

Deno.test("ranks() share the middle of theirs, and leave out what is not known", () => {
  deepEqual(
    [...ranks(Float64Array.of(5, NaN, 1, 5, 9))],
    [0.5, NaN, 0, 0.5, 1],
  );
});

Deno.test("cellTargets() of a truth and a model that agree leave no residual", () => {
  const depth = mapOf(4, 4, (x, y) => 1 + (x >> 1) + 2 * (y >> 1));
  const said = depth.data.map((metres) => 3 / metres + 2);
  const own = { values: said, grid: [4, 4] as const, inverse: true };
  const { values, known } = cellTargets({ depth, hook: { layout }, own });
  deepEqual([...known], [1, 1, 1, 1]);
  deepEqual([...values.truth_rank!], [1, 2 / 3, 1 / 3, 0]);
  deepEqual(values.own_rank, values.truth_rank);
  ok(values.residual!.every((x) => Math.abs(x) < 1e-6));
  deepEqual([...values.truth_log_depth!], [
    0,
    Math.log(2),
    Math.log(3),
    Math.log(4),
  ]);
});

Deno.test("cellTargets() of a metric model are inverse depth and logarithms too", () => {
  const depth = undefined;
  const own = { values: [1, 2, 4, 8], grid: [2, 2] as const, inverse: false };
  const { values, known } = cellTargets({ depth, hook: { layout }, own });
  deepEqual([...values.own_disparity!], [1, 0.5, 0.25, 0.125]);
  deepEqual([...values.own_rank!], [1, 2 / 3, 1 / 3, 0]);
  equal(values.truth_rank, undefined);
  deepEqual([...known], [1, 1, 1, 1]);
});

Deno.test("cellTargets() without anything known are unknown", () => {
  const depth = mapOf(4, 4, () => NaN);
  deepEqual([...cellTargets({ depth, hook: { layout } }).known], [
    0,
    0,
    0,
    0,
  ]);
});
