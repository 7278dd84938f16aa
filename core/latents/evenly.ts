/**
 * Indices evenly spaced over a dataset.
 *
 * @module
 */

/** `count` indices below `length`, evenly apart; all of them when there are no more. */
export function evenly(length: number, count: number): Uint32Array {
  const few = Math.min(length, count);
  return Uint32Array.from(
    { length: few },
    (_, i) => Math.floor(i * length / few),
  );
}
