/**
 * Evenly spaced indices.
 *
 * @module
 */

/** `count` evenly spaced indices below `length`; all of them when there are fewer. */
export function evenly(length: number, count: number): Uint32Array {
  const few = Math.min(length, count);
  return Uint32Array.from(
    { length: few },
    (_, i) => Math.floor(i * length / few),
  );
}
