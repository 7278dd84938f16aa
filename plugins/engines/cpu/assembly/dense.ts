/** Elementwise operations, and sums. */
import { f32At, row, u32At } from "./rows";

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
 * out = a ∘ b over rows of `width`. Strides say how an operand is broadcast:
 * floats from one row to the next (0: the same row) and from one column to the
 * next (0 or 1).
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

/** out[d] = the sum of column d, in float64, for columns in the range; `sums` is scratch, `[width]` float64 */
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
