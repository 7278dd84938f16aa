/**
 * Kernels of the cpu engine, in AssemblyScript. `build.ts` beside the folder
 * makes `kernels.wasm` of it; a test rebuilds and compares.
 *
 * Every kernel that threads share ends with the range `from, to` it works on,
 * and writes nothing outside it. Pointers are bytes; `x[r]` is a row of
 * `width` floats. Sparse matrices come in two orders over the same entries:
 * by row (`offsets`, `latents`) and by latent (`starts`, `rows`, `entries`,
 * where `entries` says which entry of the first order it is).
 */

/** Where this thread may keep one row of floats: each thread has its own instance. */
export let scratch: usize = 0;

// ---- rows of floats -------------------------------------------------------

// @ts-ignore: decorator
@inline
function row(x: usize, r: u32, width: u32): usize {
  return x + ((<usize> r * width) << 2);
}

// @ts-ignore: decorator
@inline
function u32At(x: usize, i: u32): u32 {
  return load<u32>(x + (<usize> i << 2));
}

// @ts-ignore: decorator
@inline
function f32At(x: usize, i: u32): f32 {
  return load<f32>(x + (<usize> i << 2));
}

// @ts-ignore: decorator
@inline
function horizontal(a: v128): f32 {
  return (f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1)) +
    (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3));
}

/** out += s · x */
// @ts-ignore: decorator
@inline
function addScaled(out: usize, s: f32, x: usize, width: u32): void {
  const v = f32x4.splat(s);
  const end16 = (<usize> (width & ~15)) << 2, end4 = (<usize> (width & ~3)) << 2;
  const end = <usize> width << 2;
  let i: usize = 0;
  for (; i < end16; i += 64) {
    const o = out + i, p = x + i;
    v128.store(o, f32x4.relaxed_madd(v, v128.load(p), v128.load(o)));
    v128.store(o, f32x4.relaxed_madd(v, v128.load(p, 16), v128.load(o, 16)), 16);
    v128.store(o, f32x4.relaxed_madd(v, v128.load(p, 32), v128.load(o, 32)), 32);
    v128.store(o, f32x4.relaxed_madd(v, v128.load(p, 48), v128.load(o, 48)), 48);
  }
  for (; i < end4; i += 16) {
    v128.store(out + i, f32x4.relaxed_madd(v, v128.load(x + i), v128.load(out + i)));
  }
  for (; i < end; i += 4) {
    store<f32>(out + i, load<f32>(out + i) + s * load<f32>(x + i));
  }
}

// @ts-ignore: decorator
@inline
function dot(x: usize, y: usize, width: u32): f32 {
  let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
  const end16 = (<usize> (width & ~15)) << 2, end4 = (<usize> (width & ~3)) << 2;
  const end = <usize> width << 2;
  let i: usize = 0;
  for (; i < end16; i += 64) {
    const p = x + i, q = y + i;
    a = f32x4.relaxed_madd(v128.load(p), v128.load(q), a);
    b = f32x4.relaxed_madd(v128.load(p, 16), v128.load(q, 16), b);
    c = f32x4.relaxed_madd(v128.load(p, 32), v128.load(q, 32), c);
    d = f32x4.relaxed_madd(v128.load(p, 48), v128.load(q, 48), d);
  }
  for (; i < end4; i += 16) {
    a = f32x4.relaxed_madd(v128.load(x + i), v128.load(y + i), a);
  }
  let sum = horizontal(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  for (; i < end; i += 4) sum += load<f32>(x + i) * load<f32>(y + i);
  return sum;
}

// ---- selection ------------------------------------------------------------

/**
 * A list of candidates, one for each range of rows, is eight u32: pointers to
 * its rows, latents and values, its capacity, how many it holds, the row to
 * go on with, the first row of its range and the one after its last.
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

/** Drops from each list what is below `bar`. */
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

/** Adds to `counts` how many of the lists' entries lie in each row, of those not below `bar`. */
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

/** Copies the lists' entries to their rows' places; `cursor` says where each row's next one goes. */
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

/** Keeps of a row's `count` entries the `k` largest, ties to the earlier, in their order. */
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
  // Quickselect of the k-th largest on a copy.
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
 * As `scan`, into one list of `capacity` entries a row, of which the `k`
 * largest stay when it fills. `names` says which latent a column is, when the
 * block holds only some.
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

/** Copies each row's list to where `offsets` says. */
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
  // One place further on, so that the copying below leaves `starts` right.
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

// ---- sparse products ------------------------------------------------------

/** out[r] = bias + Σ value · W[latent], over latents below `prefix` */
export function decode(
  offsets: usize,
  latents: usize,
  values: usize,
  W: usize,
  width: u32,
  bias: usize,
  prefix: u32,
  out: usize,
  from: u32,
  to: u32,
): void {
  for (let r = from; r < to; r++) {
    const o = row(out, r, width);
    if (bias) memory.copy(o, bias, <usize> width << 2);
    else memory.fill(o, 0, <usize> width << 2);
    const end = u32At(offsets, r + 1);
    for (let e = u32At(offsets, r); e < end; e++) {
      const latent = u32At(latents, e);
      if (latent < prefix) addScaled(o, f32At(values, e), row(W, latent, width), width);
    }
  }
}

/** out[entry] = x[row] · W[latent], latent by latent */
export function dots(
  starts: usize,
  rows: usize,
  entries: usize,
  x: usize,
  W: usize,
  width: u32,
  out: usize,
  from: u32,
  to: u32,
): void {
  for (let latent = from; latent < to; latent++) {
    const w = row(W, latent, width), end = u32At(starts, latent + 1);
    for (let i = u32At(starts, latent); i < end; i++) {
      store<f32>(
        out + (<usize> u32At(entries, i) << 2),
        dot(w, row(x, u32At(rows, i), width), width),
      );
    }
  }
}

/**
 * g += Σ over `terms` of Σ value · x[row], for one latent. A term is five
 * pointers: starts, rows, entries, values, x.
 */
// @ts-ignore: decorator
@inline
function addTerms(g: usize, terms: usize, count: u32, latent: u32, width: u32): void {
  for (let t: u32 = 0; t < count; t++) {
    const term = terms + <usize> t * 20;
    const starts = <usize> load<u32>(term), rows = <usize> load<u32>(term, 4);
    const entries = <usize> load<u32>(term, 8), values = <usize> load<u32>(term, 12);
    const x = <usize> load<u32>(term, 16);
    const end = u32At(starts, latent + 1);
    for (let i = u32At(starts, latent); i < end; i++) {
      addScaled(g, f32At(values, u32At(entries, i)), row(x, u32At(rows, i), width), width);
    }
  }
}

/** out[latent] = the sum of the terms */
export function outer(
  terms: usize,
  count: u32,
  width: u32,
  out: usize,
  from: u32,
  to: u32,
): void {
  memory.fill(row(out, from, width), 0, <usize> (to - from) * width << 2);
  for (let latent = from; latent < to; latent++) {
    addTerms(row(out, latent, width), terms, count, latent, width);
  }
}

/** out[entry] = x[latent] */
export function take(latents: usize, x: usize, out: usize, from: u32, to: u32): void {
  for (let e = from; e < to; e++) {
    store<f32>(out + (<usize> e << 2), f32At(x, u32At(latents, e)));
  }
}

/** out[latent] = Σ value (or how many, without values), in float64 */
export function sumByLatent(
  starts: usize,
  entries: usize,
  values: usize,
  out: usize,
  from: u32,
  to: u32,
): void {
  for (let latent = from; latent < to; latent++) {
    const start = u32At(starts, latent), end = u32At(starts, latent + 1);
    let sum: f64 = 0;
    if (values) for (let i = start; i < end; i++) sum += f32At(values, u32At(entries, i));
    else sum = end - start;
    store<f32>(out + (<usize> latent << 2), <f32> sum);
  }
}

/** out[r] = Σ value, in float64 */
export function sumByRow(
  offsets: usize,
  values: usize,
  out: usize,
  from: u32,
  to: u32,
): void {
  for (let r = from; r < to; r++) {
    let sum: f64 = 0;
    for (let e = u32At(offsets, r); e < u32At(offsets, r + 1); e++) sum += f32At(values, e);
    store<f32>(out + (<usize> r << 2), <f32> sum);
  }
}

/** out[d] = Σ v[r] · W[r, d], for the columns of the range */
export function vectorTimes(
  v: usize,
  rows: u32,
  W: usize,
  width: u32,
  out: usize,
  from: u32,
  to: u32,
): void {
  const o = out + (<usize> from << 2);
  memory.fill(o, 0, <usize> (to - from) << 2);
  for (let r: u32 = 0; r < rows; r++) {
    const s = f32At(v, r);
    if (s != 0) addScaled(o, s, row(W, r, width) + (<usize> from << 2), to - from);
  }
}

// ---- entry by entry -------------------------------------------------------

// @ts-ignore: decorator
@inline
function combine(op: u32, a: f32, b: f32): f32 {
  switch (op) {
    case 0:
      return a + b;
    case 1:
      return a - b;
    case 2:
      return a * b;
    case 3:
      return a / b;
    default:
      return a > b ? 1 : 0;
  }
}

// @ts-ignore: decorator
@inline
function combine4(op: u32, a: v128, b: v128): v128 {
  switch (op) {
    case 0:
      return f32x4.add(a, b);
    case 1:
      return f32x4.sub(a, b);
    case 2:
      return f32x4.mul(a, b);
    case 3:
      return f32x4.div(a, b);
    default:
      return v128.and(f32x4.gt(a, b), f32x4.splat(1));
  }
}

/**
 * out = a ∘ b over rows of `width`. A stride says how an operand is
 * broadcast: how far, in floats, to go for the next row (0: stays) and for
 * the next column (0 or 1).
 */
export function binary(
  op: u32,
  a: usize,
  aRow: u32,
  aCol: u32,
  b: usize,
  bRow: u32,
  bCol: u32,
  out: usize,
  width: u32,
  from: u32,
  to: u32,
): void {
  const end4 = width & ~3;
  for (let r = from; r < to; r++) {
    const p = row(a, r, aRow), q = row(b, r, bRow), o = row(out, r, width);
    let i: u32 = 0;
    for (; i < end4; i += 4) {
      const u = aCol ? v128.load(p + (<usize> i << 2)) : f32x4.splat(load<f32>(p));
      const v = bCol ? v128.load(q + (<usize> i << 2)) : f32x4.splat(load<f32>(q));
      v128.store(o + (<usize> i << 2), combine4(op, u, v));
    }
    for (; i < width; i++) {
      store<f32>(o + (<usize> i << 2), combine(op, f32At(p, i * aCol), f32At(q, i * bCol)));
    }
  }
}

/** out = f(x) */
export function unary(op: u32, x: usize, out: usize, from: u32, to: u32): void {
  for (let i = from; i < to; i++) {
    const at = <usize> i << 2;
    const v = load<f32>(x + at);
    let y: f32 = 0;
    if (op == 0) y = max<f32>(v, 0);
    else if (op == 1) y = <f32> Math.exp(v);
    else if (op == 2) y = <f32> Math.log(v);
    else if (op == 3) y = sqrt<f32>(v);
    else if (op == 4) y = <f32> Math.tanh(v);
    else y = abs<f32>(v);
    store<f32>(out + at, y);
  }
}

// @ts-ignore: decorator
@inline
function sumOf(x: usize, length: u32): f64 {
  let a = f64x2.splat(0), b = f64x2.splat(0);
  const end4 = length & ~3;
  let i: u32 = 0;
  for (; i < end4; i += 4) {
    const v = v128.load(x + (<usize> i << 2));
    a = f64x2.add(a, f64x2.promote_low_f32x4(v));
    b = f64x2.add(b, f64x2.promote_low_f32x4(i32x4.shuffle(v, v, 2, 3, 2, 3)));
  }
  a = f64x2.add(a, b);
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; i < length; i++) sum += f32At(x, i);
  return sum;
}

/** The sum of all values, in float64. */
export function sumAll(x: usize, length: u32): f64 {
  return sumOf(x, length);
}

/** out[r] = the sum of row r, in float64 */
export function sumRows(x: usize, width: u32, out: usize, from: u32, to: u32): void {
  for (let r = from; r < to; r++) {
    store<f32>(out + (<usize> r << 2), <f32> sumOf(row(x, r, width), width));
  }
}

/** out[d] = the sum of column d, in float64, for the columns of the range; `sums` is `[width]` of float64 */
export function sumColumns(
  x: usize,
  rows: u32,
  width: u32,
  sums: usize,
  out: usize,
  from: u32,
  to: u32,
): void {
  memory.fill(sums + (<usize> from << 3), 0, <usize> (to - from) << 3);
  for (let r: u32 = 0; r < rows; r++) {
    const p = row(x, r, width);
    for (let d = from; d < to; d++) {
      const at = sums + (<usize> d << 3);
      store<f64>(at, load<f64>(at) + f32At(p, d));
    }
  }
  for (let d = from; d < to; d++) {
    store<f32>(out + (<usize> d << 2), <f32> load<f64>(sums + (<usize> d << 3)));
  }
}

/** The smallest value; infinity when there is none. */
export function minAll(x: usize, length: u32): f32 {
  let least: f32 = Infinity;
  for (let i: u32 = 0; i < length; i++) least = min(least, f32At(x, i));
  return least;
}

/** x = value */
export function fill(x: usize, value: f32, from: u32, to: u32): void {
  for (let i = from; i < to; i++) store<f32>(x + (<usize> i << 2), value);
}

/** out[i] = x[names[i]], row by row */
export function gather(
  x: usize,
  names: usize,
  width: u32,
  out: usize,
  from: u32,
  to: u32,
): void {
  for (let i = from; i < to; i++) {
    memory.copy(row(out, i, width), row(x, u32At(names, i), width), <usize> width << 2);
  }
}

// ---- optimiser ------------------------------------------------------------

/**
 * One step of Adam on rows of `width`. The gradient of a row is that of
 * `grad` (when there is one) plus the sum of the terms; it exists only as one
 * row in this thread's scratch, never as a matrix.
 */
export function adam(
  p: usize,
  m: usize,
  v: usize,
  width: u32,
  grad: usize,
  terms: usize,
  termCount: u32,
  scale: f32,
  rate: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  rootCorrection: f32,
  epsilon: f32,
  unitRows: u32,
  from: u32,
  to: u32,
): void {
  const bytes = <usize> width << 2, g = scratch;
  const B1 = f32x4.splat(beta1), C1 = f32x4.splat(rest1);
  const B2 = f32x4.splat(beta2), C2 = f32x4.splat(rest2);
  const R = f32x4.splat(rate), E = f32x4.splat(epsilon), S = f32x4.splat(rootCorrection);
  const end4 = (<usize> (width & ~3)) << 2;
  for (let r = from; r < to; r++) {
    const P = row(p, r, width), M = row(m, r, width), V = row(v, r, width);
    if (grad) memory.copy(g, row(grad, r, width), bytes);
    else memory.fill(g, 0, bytes);
    addTerms(g, terms, termCount, r, width);
    if (scale != 1) {
      for (let i: usize = 0; i < bytes; i += 4) store<f32>(g + i, load<f32>(g + i) * scale);
    }
    if (unitRows) addScaled(g, -dot(g, P, width), P, width);
    let i: usize = 0;
    for (; i < end4; i += 16) {
      const gi = v128.load(g + i);
      const mi = f32x4.relaxed_madd(B1, v128.load(M + i), f32x4.mul(C1, gi));
      const vi = f32x4.relaxed_madd(B2, v128.load(V + i), f32x4.mul(C2, f32x4.mul(gi, gi)));
      v128.store(M + i, mi);
      v128.store(V + i, vi);
      const root = f32x4.relaxed_madd(f32x4.sqrt(vi), S, E);
      v128.store(P + i, f32x4.sub(v128.load(P + i), f32x4.div(f32x4.mul(R, mi), root)));
    }
    for (; i < bytes; i += 4) {
      const gi = load<f32>(g + i);
      const mi = beta1 * load<f32>(M + i) + rest1 * gi;
      const vi = beta2 * load<f32>(V + i) + rest2 * gi * gi;
      store<f32>(M + i, mi);
      store<f32>(V + i, vi);
      store<f32>(P + i, load<f32>(P + i) - rate * mi / (sqrt<f32>(vi) * rootCorrection + epsilon));
    }
    if (unitRows) {
      const squares = dot(P, P, width);
      if (squares > 0) {
        const inverse: f32 = 1 / sqrt<f32>(squares);
        for (let j: usize = 0; j < bytes; j += 4) store<f32>(P + j, load<f32>(P + j) * inverse);
      }
    }
  }
}
