/**
 * What every task takes.
 *
 * @module
 */

/** Bytes that the runtime takes before anything is loaded, with its native libraries. */
export const runtimeBytes: number = 200 * 2 ** 20;
