/**
 * The Adam optimiser's step.
 *
 * @module
 */
import type { AdamStep, Tensor } from "../../../mod.ts";
import { dense } from "./dense.ts";

/** Updates `param` and its moments in place (Kingma and Ba, 2015). */
export function adam(param: Tensor, grad: Tensor, options: AdamStep): void {
  const { step, lr, beta1, beta2, epsilon, gradScale = 1 } = options;
  const p = dense(param).data, m = dense(options.m).data;
  const v = dense(options.v).data;
  const g = dense(grad).data.map((value) => value * gradScale);
  const width = param.shape.at(-1) ?? 1;
  if (options.unitRows) removeParallel(g, p, width);
  for (let i = 0; i < p.length; i++) {
    m[i] = beta1 * m[i]! + (1 - beta1) * g[i]!;
    v[i] = beta2 * v[i]! + (1 - beta2) * g[i]! ** 2;
    p[i]! -= lr * (m[i]! / (1 - beta1 ** step)) /
      (Math.sqrt(v[i]! / (1 - beta2 ** step)) + epsilon);
  }
  if (options.unitRows) normalise(p, width);
}

/** Removes from each row of `g` its component along the row of `p`, which has norm 1. */
function removeParallel(g: Float32Array, p: Float32Array, width: number): void {
  for (let row = 0; row < p.length; row += width) {
    let along = 0;
    for (let d = 0; d < width; d++) along += g[row + d]! * p[row + d]!;
    for (let d = 0; d < width; d++) g[row + d]! -= along * p[row + d]!;
  }
}

function normalise(p: Float32Array, width: number): void {
  for (let row = 0; row < p.length; row += width) {
    let squares = 0;
    for (let d = 0; d < width; d++) squares += p[row + d]! ** 2;
    const norm = Math.sqrt(squares);
    // A row of zeros has no direction to keep.
    if (norm > 0) { for (let d = 0; d < width; d++) p[row + d]! /= norm; }
  }
}
