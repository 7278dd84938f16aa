/** Adam, on rows of a gradient that is never stored as a matrix. */
import { addScaled, dot, row } from "./rows";
import { addTerms } from "./sparse";

/** Address of this thread's scratch row of floats; each thread has its own instance. */
export let scratch: usize = 0;

/**
 * One step of Adam on rows of `width`. A row's gradient is the row of `grad`, if
 * any, plus the sum of the terms, and is held in this thread's scratch row only.
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
