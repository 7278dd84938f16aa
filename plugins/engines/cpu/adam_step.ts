/**
 * One step of the Adam optimiser.
 *
 * @module
 */
import { type AdamStep, sizeOf, type Tensor } from "../../../mod.ts";
import { type CpuContext, widest } from "./context.ts";
import type { CpuTensor } from "./store.ts";

/**
 * Updates `param` and its moments in place. A gradient that is still a sum of
 * sparse products is read row by row, and never becomes a matrix.
 *
 * @throws {RangeError} When rows are wider than a thread's scratch row.
 */
export function adamStep(
  { store, threads }: CpuContext,
  param: Tensor,
  grad: Tensor,
  step: AdamStep,
): void {
  const { block, terms } = grad as CpuTensor;
  const width = param.shape.at(-1)!, rows = sizeOf(param.shape) / width;
  if (width > widest) {
    throw new RangeError(
      `Cannot take a step on rows of ${width} values: the cpu engine takes at most ${widest}`,
    );
  }
  const list = block ? [] : terms ?? [], { at } = store;
  const shape = param.shape.length === 1 ? [width, 1] : [rows, width];
  threads.share(
    "adam",
    shape[0]!,
    Math.ceil(4096 / shape[1]!),
    at(param),
    at(step.m),
    at(step.v),
    shape[1]!,
    block?.at ?? 0,
    store.terms(list),
    list.length,
    ...rates(step),
  );
}

/** The step's settings as arguments of the kernel. */
function rates(
  { step, lr, beta1, beta2, epsilon, gradScale = 1, unitRows = false }:
    AdamStep,
): number[] {
  return [
    gradScale,
    lr / (1 - beta1 ** step),
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    1 / Math.sqrt(1 - beta2 ** step),
    epsilon,
    unitRows ? 1 : 0,
  ];
}
