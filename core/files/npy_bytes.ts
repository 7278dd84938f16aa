/**
 * Writes NumPy's file format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 *
 * @module
 */
import type { HostTensor } from "../tensor.ts";

/** A tensor as the bytes of an NPY file: version 1.0, little-endian float32. */
export function npyBytes({ data, shape }: HostTensor): Uint8Array {
  // Python writes a tuple of one with a comma.
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const words = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  // The values start at a multiple of 64, after a line break.
  const start = Math.ceil((10 + words.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + data.byteLength).fill(32, 0, start);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(words), 10);
  bytes[start - 1] = 10;
  bytes.set(
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    start,
  );
  return bytes;
}
