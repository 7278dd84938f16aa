/**
 * How much of an activation a target explains beyond the place in the picture.
 *
 * @module
 */
import { type Measure, noBin, type TargetScale } from "./target_scale.ts";

/**
 * Partial eta² of a target beyond position (Cohen, 1973): with `SSE(cell)` the
 * squared error of an activation, zeros included, about the mean of its cell,
 * and `SSE(cell + bin)` that of the least-squares fit of a number for each cell
 * plus a number for each bin of the target,
 *
 * `1 − SSE(cell + bin) / SSE(cell)`:
 *
 * 0 when the target says nothing that the place does not say, 1 when both
 * together say all. By the theorem of Frisch, Waugh and Lovell the difference of
 * the two is `vᵀ M⁺ v` for `v_b` the sum over bin `b` of what the cells' means
 * leave, and `M` the same of the bins' indicators. A permutation of the maps
 * that keeps each cell in its place changes `v` alone, and `v` comes from the
 * latent's entries: that makes thousands of permutations cheap.
 */
export function beyondPosition(scale: TargetScale): Measure {
  const { bin, count, shares, inCell, inverse, own } = scale;
  const each = scale.patches.cells;
  const cellSums = new Float64Array(each), expected = new Float64Array(count);
  const v = new Float64Array(count);
  // The sums that leave the cells again, and which cells those are.
  const lost = new Float64Array(each), lostAt = new Uint32Array(each);
  return ({ pictures, cells, values }) => {
    cellSums.fill(0);
    expected.fill(0);
    let squares = 0;
    for (let entry = 0; entry < values.length; entry++) {
      const value = values[entry]!, cell = cells[entry]!;
      cellSums[cell]! += value;
      squares += value * value;
      for (let b = 0; b < count; b++) {
        expected[b]! += value * shares[cell * count + b]!;
      }
    }
    let between = 0;
    for (let cell = 0; cell < each; cell++) {
      if (inCell[cell]! > 0) between += cellSums[cell]! ** 2 / inCell[cell]!;
    }
    return (donors = own) => {
      for (let b = 0; b < count; b++) v[b] = -expected[b]!;
      let total = squares, cellsLost = 0;
      for (let entry = 0; entry < values.length; entry++) {
        const cell = cells[entry]!, value = values[entry]!;
        const b = bin[donors[pictures[entry]!]! * each + cell]!;
        if (b !== noBin) {
          v[b]! += value;
          continue;
        }
        // Its target is unknown here: it leaves all sums again.
        total -= value * value;
        if (lost[cell] === 0) lostAt[cellsLost++] = cell;
        lost[cell]! += value;
      }
      let ofCells = between;
      for (let i = 0; i < cellsLost; i++) {
        const cell = lostAt[i]!, less = lost[cell]!, sum = cellSums[cell]!;
        lost[cell] = 0;
        if (inCell[cell] === 0) continue;
        ofCells += ((sum - less) ** 2 - sum * sum) / inCell[cell]!;
        for (let b = 0; b < count; b++) {
          v[b]! += less * shares[cell * count + b]!;
        }
      }
      const within = total - ofCells;
      if (!(within > 1e-9 * total)) return NaN;
      return quadratic(inverse, v) / within;
    };
  };
}

/** `vᵀ A v` of a symmetric `A`. */
function quadratic(a: Float64Array, v: Float64Array): number {
  const n = v.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let row = 0;
    for (let j = 0; j < i; j++) row += a[i * n + j]! * v[j]!;
    sum += v[i]! * (2 * row + a[i * n + i]! * v[i]!);
  }
  return sum;
}
