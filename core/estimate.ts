/**
 * Numbers with their 95 % intervals.
 *
 * @module
 */

/** The ends of a 95 % interval; absent where it cannot be estimated. */
export interface Interval {
  /** The lower end. */
  readonly low?: number;
  /** The upper end. */
  readonly high?: number;
}

/** A number and its 95 % interval. */
export interface Estimate extends Interval {
  /** The number; NaN where it cannot be measured. */
  readonly value: number;
}
