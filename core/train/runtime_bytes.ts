/**
 * The memory that every task takes.
 *
 * @module
 */

/** Bytes that the runtime and its native libraries take before anything is loaded. */
export const runtimeBytes: number = 200 * 2 ** 20;
