/**
 * What every operation of the cpu engine works with.
 *
 * @module
 */
import type { Tensor } from "../../../mod.ts";
import type { CpuMemory } from "./memory.ts";
import type { Product } from "./product.ts";
import type { Store } from "./store.ts";
import type { Threads } from "./threads.ts";

/** The parts of an engine. */
export interface CpuContext {
  /** Its memory. */
  readonly memory: CpuMemory;
  /** Its threads. */
  readonly threads: Threads;
  /** Its tensors. */
  readonly store: Store;
  /** Its dense product. */
  readonly product: Product;
  /**
   * The last threshold of each dictionary, by the address of its weights, from
   * which the next selection starts. It affects the time, never the result.
   */
  readonly bars: Map<number, number>;
}

/** Floats in a thread's scratch row: the widest activation. */
export const widest = 65536;

/**
 * The rows and columns of a matrix; `name` is for the error.
 *
 * @throws {RangeError} When `x` is not a matrix.
 */
export function matrix(x: Tensor, name: string): [number, number] {
  if (x.shape.length === 2) return [x.shape[0]!, x.shape[1]!];
  throw new RangeError(
    `Cannot use ${name} of shape [${x.shape}]: it must be a matrix`,
  );
}
