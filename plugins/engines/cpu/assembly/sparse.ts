/** Products with sparse codes, by row and by latent. */
import { addScaled, dot, f32At, row, u32At } from "./rows";

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

/**
 * Like `decode`, latent by latent, for the columns in the range: `W` is read
 * once and in order, which pays when it is larger than `out`. Sums add their
 * terms in the same order.
 */
export function decodeByLatent(
  starts: usize,
  rows: usize,
  entries: usize,
  values: usize,
  W: usize,
  width: u32,
  bias: usize,
  prefix: u32,
  out: usize,
  rowCount: u32,
  from: u32,
  to: u32,
): void {
  const columns = to - from, bytes = <usize> columns << 2, start = <usize> from << 2;
  for (let r: u32 = 0; r < rowCount; r++) {
    const o = row(out, r, width) + start;
    if (bias) memory.copy(o, bias + start, bytes);
    else memory.fill(o, 0, bytes);
  }
  for (let latent: u32 = 0; latent < prefix; latent++) {
    const w = row(W, latent, width) + start, end = u32At(starts, latent + 1);
    for (let i = u32At(starts, latent); i < end; i++) {
      addScaled(row(out, u32At(rows, i), width) + start, f32At(values, u32At(entries, i)), w, columns);
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

// @ts-ignore: decorator
@inline
/**
 * g += Σ over `terms` of Σ value · x[row], for one latent. A term is five
 * pointers: starts, rows, entries, values, x.
 */
export function addTerms(g: usize, terms: usize, count: u32, latent: u32, width: u32): void {
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

/** out[latent] = Σ value in float64; the number of entries when `values` is 0 */
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

/** out[d] = Σ v[r] · W[r, d], for the columns in the range */
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
