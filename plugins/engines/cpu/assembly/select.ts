/** The selection of pre-activations to keep: candidates, then the largest of them. */
import { f32At, row, u32At } from "./rows";

/**
 * A list of candidates, one for each range of rows, is eight u32: pointers to
 * its rows, latents and values, its capacity, its count, the next row to scan,
 * and the first row of its range and the one after its last.
 */
// @ts-ignore: decorator
@inline
function list(lists: usize, part: u32): usize {
  return lists + <usize> part * 32;
}

/**
 * Appends to each list the entries of `y` `[rows, block]` whose value plus
 * bias lies above `bar` (and its latent's threshold, when there is one).
 * Stops before a row that might not fit.
 */
export function scan(
  lists: usize,
  y: usize,
  block: u32,
  first: u32,
  bias: usize,
  threshold: usize,
  bar: f32,
  from: u32,
  to: u32,
): void {
  for (let part = from; part < to; part++) {
    scanPart(list(lists, part), y, block, first, bias, threshold, bar);
  }
}

function scanPart(
  state: usize,
  y: usize,
  block: u32,
  first: u32,
  bias: usize,
  threshold: usize,
  bar: f32,
): void {
  const listRows = <usize> load<u32>(state), listLatents = <usize> load<u32>(state, 4);
  const listValues = <usize> load<u32>(state, 8), capacity = load<u32>(state, 12);
  let count = load<u32>(state, 16), r = load<u32>(state, 20);
  const to = load<u32>(state, 28);
  const bars = f32x4.splat(bar), end4 = block & ~3;
  for (; r < to; r++) {
    if (count + block > capacity) break;
    const p = row(y, r, block);
    let j: u32 = 0;
    for (; j < end4; j += 4) {
      const at = <usize> j << 2;
      let v = v128.load(p + at);
      if (bias) v = f32x4.add(v, v128.load(bias + at));
      let over = f32x4.gt(v, bars);
      if (threshold) over = v128.and(over, f32x4.gt(v, v128.load(threshold + at)));
      let mask = i32x4.bitmask(over);
      if (mask == 0) continue;
      for (let lane: u32 = 0; lane < 4; lane++, mask >>= 1) {
        if (!(mask & 1)) continue;
        const next = <usize> (count++) << 2;
        const value = load<f32>(p + at + (lane << 2)) +
          (bias ? load<f32>(bias + at + (lane << 2)) : 0);
        store<u32>(listRows + next, r);
        store<u32>(listLatents + next, first + j + lane);
        store<f32>(listValues + next, value);
      }
    }
    for (; j < block; j++) {
      const value = f32At(p, j) + (bias ? f32At(bias, j) : 0);
      if (!(value > bar) || (threshold && !(value > f32At(threshold, j)))) continue;
      const next = <usize> (count++) << 2;
      store<u32>(listRows + next, r);
      store<u32>(listLatents + next, first + j);
      store<f32>(listValues + next, value);
    }
  }
  store<u32>(state, count, 16);
  store<u32>(state, r, 20);
}

/** Drops entries below `bar` from each list. */
export function compact(lists: usize, bar: f32, from: u32, to: u32): void {
  for (let part = from; part < to; part++) {
    const state = list(lists, part);
    const rows = <usize> load<u32>(state), latents = <usize> load<u32>(state, 4);
    const values = <usize> load<u32>(state, 8), count = load<u32>(state, 16);
    let kept: u32 = 0;
    for (let i: u32 = 0; i < count; i++) {
      const value = f32At(values, i);
      if (value < bar) continue;
      const next = <usize> (kept++) << 2;
      store<u32>(rows + next, u32At(rows, i));
      store<u32>(latents + next, u32At(latents, i));
      store<f32>(values + next, value);
    }
    store<u32>(state, kept, 16);
  }
}

/**
 * Counts values by their upper 16 bits or, with `prefix` ≥ 0, by the lower 16
 * bits of those whose upper 16 are `prefix`. Positive floats are ordered as
 * their bits are.
 */
export function histogram(
  values: usize,
  count: u32,
  prefix: i32,
  bins: usize,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const bits = u32At(values, i);
    let bin = bits >> 16;
    if (prefix >= 0) {
      if (<i32> bin != prefix) continue;
      bin = bits & 0xffff;
    }
    const at = bins + (<usize> bin << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** Adds to `counts` the number of the lists' entries in each row that are not below `bar`. */
export function countRows(lists: usize, bar: f32, counts: usize, from: u32, to: u32): void {
  for (let part = from; part < to; part++) {
    const state = list(lists, part);
    const rows = <usize> load<u32>(state), values = <usize> load<u32>(state, 8);
    const count = load<u32>(state, 16);
    for (let i: u32 = 0; i < count; i++) {
      if (f32At(values, i) < bar) continue;
      const at = counts + (<usize> u32At(rows, i) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
}

/** Copies the lists' entries to their rows; `cursor` holds the index of each row's next entry. */
export function scatterRows(
  lists: usize,
  bar: f32,
  cursor: usize,
  latents: usize,
  values: usize,
  from: u32,
  to: u32,
): void {
  for (let part = from; part < to; part++) {
    const state = list(lists, part);
    const listRows = <usize> load<u32>(state), listLatents = <usize> load<u32>(state, 4);
    const listValues = <usize> load<u32>(state, 8), count = load<u32>(state, 16);
    for (let i: u32 = 0; i < count; i++) {
      const value = f32At(listValues, i);
      if (value < bar) continue;
      const at = cursor + (<usize> u32At(listRows, i) << 2);
      const next = <usize> load<u32>(at) << 2;
      store<u32>(at, load<u32>(at) + 1);
      store<u32>(latents + next, u32At(listLatents, i));
      store<f32>(values + next, value);
    }
  }
}

/** Keeps the `k` largest of a row's `count` entries in their order; of ties, the earlier. */
// @ts-ignore: decorator
@inline
function keepLargest(
  latents: usize,
  values: usize,
  count: u32,
  k: u32,
  copy: usize,
): u32 {
  if (count <= k) return count;
  // Quickselect of the k-th largest, on a copy.
  memory.copy(copy, values, <usize> count << 2);
  let lo: i32 = 0, hi: i32 = <i32> count - 1;
  const want = <i32> k - 1;
  while (lo < hi) {
    const pivot = f32At(copy, <u32> ((lo + hi) >> 1));
    let i = lo, j = hi;
    while (i <= j) {
      while (f32At(copy, <u32> i) > pivot) i++;
      while (f32At(copy, <u32> j) < pivot) j--;
      if (i <= j) {
        const a = f32At(copy, <u32> i), b = f32At(copy, <u32> j);
        store<f32>(copy + (<usize> i << 2), b);
        store<f32>(copy + (<usize> j << 2), a);
        i++;
        j--;
      }
    }
    if (want <= j) hi = j;
    else if (want >= i) lo = i;
    else break;
  }
  const least = f32At(copy, <u32> want);
  let above: u32 = 0;
  for (let i: u32 = 0; i < count; i++) if (f32At(values, i) > least) above++;
  let ties = k - above, kept: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const value = f32At(values, i);
    if (value < least) continue;
    if (value == least) {
      if (ties == 0) continue;
      ties--;
    }
    store<u32>(latents + (<usize> kept << 2), u32At(latents, i));
    store<f32>(values + (<usize> kept << 2), value);
    kept++;
  }
  return kept;
}

/**
 * Like `scan`, into one list of `capacity` entries for each row, cut to the `k`
 * largest when it is full. `names` holds the latent of each column when the
 * block is of a subset.
 */
export function scanRows(
  y: usize,
  block: u32,
  first: u32,
  bias: usize,
  names: usize,
  k: u32,
  counts: usize,
  bars: usize,
  listLatents: usize,
  listValues: usize,
  capacity: u32,
  spare: usize,
  from: u32,
  to: u32,
): void {
  const mine = spare + (<usize> from * capacity << 2);
  const end4 = block & ~3;
  for (let r = from; r < to; r++) {
    const p = row(y, r, block);
    const latents = row(listLatents, r, capacity), values = row(listValues, r, capacity);
    let count = u32At(counts, r), bar = f32At(bars, r);
    for (let j: u32 = 0; j < block;) {
      if (j < end4) {
        const at = <usize> j << 2;
        let v = v128.load(p + at);
        if (bias) v = f32x4.add(v, v128.load(bias + at));
        if (!v128.any_true(f32x4.gt(v, f32x4.splat(bar)))) {
          j += 4;
          continue;
        }
      }
      const stop = min(j < end4 ? j + 4 : block, block);
      for (; j < stop; j++) {
        const value = f32At(p, j) + (bias ? f32At(bias, j) : 0);
        if (!(value > bar)) continue;
        store<u32>(latents + (<usize> count << 2), names ? u32At(names, first + j) : first + j);
        store<f32>(values + (<usize> count << 2), value);
        count++;
        if (count == capacity) {
          count = keepLargest(latents, values, count, k, mine);
          bar = f32At(values, 0);
          for (let i: u32 = 1; i < count; i++) bar = min(bar, f32At(values, i));
        }
      }
    }
    store<u32>(counts + (<usize> r << 2), count);
    store<f32>(bars + (<usize> r << 2), bar);
  }
}

/** Cuts each row's list to its `k` largest. */
export function finishRows(
  k: u32,
  counts: usize,
  listLatents: usize,
  listValues: usize,
  capacity: u32,
  spare: usize,
  from: u32,
  to: u32,
): void {
  const mine = spare + (<usize> from * capacity << 2);
  for (let r = from; r < to; r++) {
    const kept = keepLargest(
      row(listLatents, r, capacity),
      row(listValues, r, capacity),
      u32At(counts, r),
      k,
      mine,
    );
    store<u32>(counts + (<usize> r << 2), kept);
  }
}

/** Copies each row's list to the place that `offsets` gives. */
export function gatherRows(
  offsets: usize,
  listLatents: usize,
  listValues: usize,
  capacity: u32,
  latents: usize,
  values: usize,
  from: u32,
  to: u32,
): void {
  for (let r = from; r < to; r++) {
    const start = <usize> u32At(offsets, r) << 2;
    const bytes = (<usize> u32At(offsets, r + 1) << 2) - start;
    memory.copy(latents + start, row(listLatents, r, capacity), bytes);
    memory.copy(values + start, row(listValues, r, capacity), bytes);
  }
}

/** Orders entries by latent: fills `starts` `[dSae + 1]`, `rows` and `entries`. */
export function byLatent(
  offsets: usize,
  latents: usize,
  rowCount: u32,
  dSae: u32,
  starts: usize,
  rows: usize,
  entries: usize,
): void {
  memory.fill(starts, 0, (<usize> dSae + 2) << 2);
  const count = u32At(offsets, rowCount);
  // Shifted by one place, so that the copying below leaves `starts` correct.
  for (let e: u32 = 0; e < count; e++) {
    const at = starts + ((<usize> u32At(latents, e) + 2) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  for (let latent: u32 = 0; latent < dSae; latent++) {
    const at = starts + ((<usize> latent + 2) << 2);
    store<u32>(at, load<u32>(at) + u32At(starts, latent + 1));
  }
  for (let r: u32 = 0; r < rowCount; r++) {
    for (let e = u32At(offsets, r); e < u32At(offsets, r + 1); e++) {
      const at = starts + ((<usize> u32At(latents, e) + 1) << 2);
      const to4 = <usize> load<u32>(at) << 2;
      store<u32>(at, load<u32>(at) + 1);
      store<u32>(rows + to4, r);
      store<u32>(entries + to4, e);
    }
  }
}
