/**
 * Estimates the memory of training on the cpu engine.
 *
 * @module
 */
import type { MemorySize } from "../../../mod.ts";
import { widest } from "./context.ts";
import { blockLength } from "./pre_activations.ts";

/** WebAssembly addresses are 32 bits. */
const addressable = 2 ** 32;

/**
 * The most bytes that training takes on `threads` threads: parameters and
 * moments, a batch's matrices, one block of pre-activations, the entries.
 *
 * @throws {RangeError} When that is more than WebAssembly can address.
 */
export function trainingMemory(
  { dModel, dSae, rows, entries }: MemorySize,
  threads: number,
): number {
  const parameters = 3 * (2 * dSae * dModel + 2 * dSae + dModel);
  const batch = 10 * rows * dModel;
  const block = 2 * rows * blockLength(rows, dSae);
  const bytes = 4 *
    (parameters + batch + block + 16 * entries + widest * threads);
  if (bytes > addressable) {
    const gib = (bytes / 2 ** 30).toFixed(1);
    throw new RangeError(
      `Cannot train ${dSae} latents of width ${dModel} on the cpu engine: it addresses 4 GiB, and this takes ${gib}; write a smaller sparsifier.dSae or buffer.batch`,
    );
  }
  return bytes;
}
