/** Access to rows of floats, and arithmetic on them. A row of `x` is `width` floats; pointers are byte addresses. */

// @ts-ignore: decorator
@inline
/** The address of row `r` of `x`. */
export function row(x: usize, r: u32, width: u32): usize {
  return x + ((<usize> r * width) << 2);
}

// @ts-ignore: decorator
@inline
/** The `i`-th u32 of `x`. */
export function u32At(x: usize, i: u32): u32 {
  return load<u32>(x + (<usize> i << 2));
}

// @ts-ignore: decorator
@inline
/** The `i`-th float of `x`. */
export function f32At(x: usize, i: u32): f32 {
  return load<f32>(x + (<usize> i << 2));
}

// @ts-ignore: decorator
@inline
/** The sum of the four lanes. */
export function horizontal(a: v128): f32 {
  return (f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1)) +
    (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3));
}

// @ts-ignore: decorator
@inline
/** out += s · x */
export function addScaled(out: usize, s: f32, x: usize, width: u32): void {
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
/** x · y */
export function dot(x: usize, y: usize, width: u32): f32 {
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
