/**
 * How far a step goes, over the run.
 *
 * @module
 */

/** What decides the step size. */
export interface Schedule {
  /** The step size between warm-up and decay. */
  readonly lr: number;
  /** Steps over which it rises linearly. */
  readonly warmup: number;
  /** Last share of the run over which it falls linearly to 0. */
  readonly decay: number;
  /** Steps of the run. */
  readonly steps: number;
}

/** `2e-4 / √(dSae / 2¹⁴)`, the rule of Gao et al. (arXiv:2406.04093) as dictionary_learning has it. */
export function defaultLearningRate(dSae: number): number {
  return 2e-4 / Math.sqrt(dSae / 2 ** 14);
}

/** The step size after `step` steps: 0 for the first one is never given. */
export function learningRate(
  step: number,
  { lr, warmup, decay, steps }: Schedule,
): number {
  const rising = Math.min(1, (step + 1) / (warmup + 1));
  const falling = Math.min(1, (steps - step) / (decay * steps || 1));
  return lr * Math.min(rising, falling);
}
