/**
 * The schedule of the learning rate.
 *
 * @module
 */

/** Settings of the schedule. */
export interface Schedule {
  /** The learning rate between warm-up and decay. */
  readonly lr: number;
  /** Steps over which it rises linearly. */
  readonly warmup: number;
  /** Last share of the run over which it falls linearly to 0. */
  readonly decay: number;
  /** Steps of the run. */
  readonly steps: number;
}

/** `2e-4 / √(dSae / 2¹⁴)`: the rule of Gao et al. (arXiv:2406.04093), with dictionary_learning's constants. */
export function defaultLearningRate(dSae: number): number {
  return 2e-4 / Math.sqrt(dSae / 2 ** 14);
}

/** The learning rate of the step after `step` others; it is never 0. */
export function learningRate(
  step: number,
  { lr, warmup, decay, steps }: Schedule,
): number {
  const rising = Math.min(1, (step + 1) / (warmup + 1));
  const falling = Math.min(1, (steps - step) / (decay * steps || 1));
  return lr * Math.min(rising, falling);
}
