/**
 * A map as a file stores it, before its numbers become metres.
 *
 * @module
 */

/** The numbers in a file. */
export interface StoredMap {
  /** `[height, width]`, row by row from the top. */
  readonly data: Uint8Array | Uint16Array | Float64Array;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Whether their type is integer, so that they count some unit. */
  readonly whole: boolean;
}
