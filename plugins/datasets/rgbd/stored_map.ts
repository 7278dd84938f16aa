/**
 * A map of numbers as a file stores them, before they mean metres.
 *
 * @module
 */

/** Numbers of a file. */
export interface StoredMap {
  /** `[height, width]`, row by row from the top. */
  readonly data: Uint8Array | Uint16Array | Float64Array;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Whether they are whole by their type, so that they count some unit. */
  readonly whole: boolean;
}
