/**
 * The random streams of a run.
 *
 * @module
 */

/** The key of each stream beside the run's seed, so that no two uses share random numbers. */
export const randomStreams = {
  /** Which pictures are held out. */
  split: 1,
  /** The order of each epoch. */
  epoch: 2,
  /** Draws from the token buffer. */
  buffer: 3,
  /** The sample that training starts from. */
  sample: 4,
  /** Fresh parameters. */
  init: 5,
} as const;
