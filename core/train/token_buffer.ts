/**
 * A buffer of fixed size in which tokens are shuffled.
 *
 * @module
 */
import type { TokenGroup } from "./collect.ts";
import type { Random } from "../random.ts";
import type { HostTensor } from "../tensor.ts";

/** How the tokens are held. */
export type BufferDtype = "float32" | "bfloat16";

/** Tokens on their way into training. */
export interface TokenBuffer {
  /** How many tokens it can hold. */
  readonly capacity: number;
  /** How many tokens are held. */
  readonly size: number;
  /**
   * Adds the tokens of a group.
   *
   * @throws {RangeError} When there is no room.
   */
  add(group: TokenGroup): void;
  /** Removes `rows` random tokens and returns them. */
  draw(rows: number): DrawnTokens;
  /** Copies `rows` tokens, drawn by `random` with replacement, without removing them. */
  peek(rows: number, random: Random): HostTensor;
  /** The tokens held, in order: `[size, width]` as float32, or bfloat16 as integers, and the example of each. */
  contents(): { values: Float32Array | Uint16Array; examples: Uint32Array };
  /** Restores what {@linkcode TokenBuffer.contents} returned. */
  restore(values: Float32Array | Uint16Array, examples: Uint32Array): void;
}

/** A batch of tokens. */
export interface DrawnTokens {
  /** `[rows, width]` */
  readonly x: HostTensor;
  /** The example of each row. */
  readonly examples: Uint32Array;
}

/** How many bytes a buffer takes. */
export function bufferBytes(
  capacity: number,
  width: number,
  dtype: BufferDtype,
): number {
  return capacity * (width * (dtype === "float32" ? 4 : 2) + 4);
}

/** An empty buffer for `capacity` tokens of `width` values. */
export function tokenBuffer(
  { capacity, width, dtype, random }: {
    capacity: number;
    width: number;
    dtype: BufferDtype;
    random: Random;
  },
): TokenBuffer {
  const values = dtype === "float32"
    ? new Float32Array(capacity * width)
    : new Uint16Array(capacity * width);
  const examples = new Uint32Array(capacity);
  const row = (at: number): Float32Array | Uint16Array =>
    values.subarray(at * width, (at + 1) * width);
  let size = 0;
  return {
    capacity,
    get size() {
      return size;
    },
    add({ x, examples: from, perExample }) {
      const tokens = x.shape[0]!;
      if (size + tokens > capacity) {
        throw new RangeError(
          `Cannot hold ${tokens} more tokens: ${size} of ${capacity} are held`,
        );
      }
      write(x.data, values, size * width);
      for (let token = 0; token < tokens; token++) {
        examples[size + token] = from[Math.floor(token / perExample)]!;
      }
      size += tokens;
    },
    draw(rows) {
      const x = new Float32Array(rows * width), whose = new Uint32Array(rows);
      for (let i = 0; i < rows; i++) {
        const at = random.integer(size--);
        read(row(at), x, i * width);
        whose[i] = examples[at]!;
        // The last token fills the gap.
        row(at).set(row(size));
        examples[at] = examples[size]!;
      }
      return { x: { data: x, shape: [rows, width] }, examples: whose };
    },
    peek(rows, random) {
      const x = new Float32Array(rows * width);
      for (let i = 0; i < rows; i++) {
        read(row(random.integer(size)), x, i * width);
      }
      return { data: x, shape: [rows, width] };
    },
    contents: () => ({
      values: values.subarray(0, size * width),
      examples: examples.subarray(0, size),
    }),
    restore(held, whose) {
      values.set(held);
      examples.set(whose);
      size = whose.length;
    },
  };
}

/** Copies floats, rounded to the nearest bfloat16 (ties to even) if `to` holds those. */
function write(
  from: Float32Array,
  to: Float32Array | Uint16Array,
  at: number,
): void {
  if (to instanceof Float32Array) return to.set(from, at);
  const bits = new Uint32Array(from.buffer, from.byteOffset, from.length);
  for (let i = 0; i < bits.length; i++) {
    const bit = bits[i]!;
    // Rounding could carry a NaN into infinity or zero.
    to[at + i] = (bit & 0x7fffffff) > 0x7f800000
      ? bit >>> 16 | 0x40
      : (bit + 0x7fff + ((bit >>> 16) & 1)) >>> 16;
  }
}

function read(
  from: Float32Array | Uint16Array,
  to: Float32Array,
  at: number,
): void {
  if (from instanceof Float32Array) return to.set(from, at);
  const bits = new Uint32Array(to.buffer, to.byteOffset, to.length);
  for (let i = 0; i < from.length; i++) bits[at + i] = from[i]! << 16;
}
