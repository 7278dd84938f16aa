/**
 * The information that activations have of a target.
 *
 * @module
 */
import {
  binEdges,
  binOf,
  type Measure,
  noBin,
  type TargetScale,
} from "./target_scale.ts";

/** Levels of an activation: silent, and four of those that fire. */
const firingLevels = 4;

/**
 * The mutual information, in nats, of a target in its bins and an activation in
 * five levels: silent, and the quarters of its values where it fires. With the
 * correction of Miller (1955) and Madow: `(m − 1) / 2N` is added to an entropy
 * of `m` outcomes that occur. What remains of its bias, and what both share
 * through the place in the picture alone, is the information with permuted maps.
 */
export function informationWith(scale: TargetScale): Measure {
  const { bin, count, known, n, own, patches: { cells: each } } = scale;
  const xLogX = Float64Array.from(
    { length: known + 1 },
    (_, x) => x === 0 ? 0 : x * Math.log(x),
  );
  const table = new Uint32Array((firingLevels + 1) * count);
  return ({ pictures, cells, patches, values }) => {
    const seen = values.filter((_, i) => bin[patches[i]!] !== noBin);
    const edges = binEdges(Float64Array.from(seen).sort(), firingLevels);
    const levels = Uint8Array.from(values, (value) => 1 + binOf(value, edges));
    return (donors = own) => {
      table.fill(0);
      table.set(n);
      for (let entry = 0; entry < levels.length; entry++) {
        const b = bin[donors[pictures[entry]!]! * each + cells[entry]!]!;
        if (b === noBin) continue;
        table[b]!--;
        table[levels[entry]! * count + b]!++;
      }
      return ofTable(table, count, xLogX);
    };
  };
}

/** `H(level) + H(bin) − H(level, bin)` of a table of counts, `[levels · bins]`. */
function ofTable(
  table: Uint32Array,
  bins: number,
  xLogX: Float64Array,
): number {
  const total = xLogX.length - 1, ofBin = new Uint32Array(bins);
  // Each entropy is (f(N) − Σ f(n)) / N, for f(x) = x log x.
  let sum = xLogX[total]!, outcomes = -1;
  for (let level = 0; level * bins < table.length; level++) {
    let ofLevel = 0;
    for (let b = 0; b < bins; b++) {
      const times = table[level * bins + b]!;
      ofLevel += times;
      ofBin[b]! += times;
      sum += xLogX[times]!;
      outcomes -= Number(times > 0);
    }
    sum -= xLogX[ofLevel]!;
    outcomes += Number(ofLevel > 0);
  }
  for (const times of ofBin) {
    sum -= xLogX[times]!;
    outcomes += Number(times > 0);
  }
  return (sum + outcomes / 2) / total;
}
