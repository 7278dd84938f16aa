/**
 * The block of shared memory through which threads share a kernel call.
 *
 * @module
 */

/** An exported kernel. */
export type Kernel = (...args: number[]) => number;

/** What a helper is sent when it starts. */
export interface WorkerStart {
  /** The compiled kernels. */
  readonly module: WebAssembly.Module;
  /** The memory all threads share. */
  readonly memory: WebAssembly.Memory;
  /** Names of the kernels; a kernel's number is its index here. */
  readonly kernels: readonly string[];
  /** The helper's part: 1 and up. */
  readonly part: number;
  /** Address of its scratch row. */
  readonly scratch: number;
}

/**
 * The layout of the control block, in the memory's first page: integers from
 * byte 0, by index, and the kernel's arguments as float64 from `argumentsAt`.
 */
export const control = {
  round: 0,
  done: 1,
  kernel: 2,
  count: 3,
  parts: 4,
  length: 5,
  failed: 6,
  argumentsAt: 64,
  /** The kernel number that tells helpers to end. */
  end: -1,
} as const;

/** Part number `part` of the range `0 … length` cut into `parts`. */
export function partOf(
  length: number,
  part: number,
  parts: number,
): [from: number, to: number] {
  return [
    Math.floor(length * part / parts),
    Math.floor(length * (part + 1) / parts),
  ];
}

/** An instance of the kernels with a scratch row of its own. */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  scratch: number,
): Record<string, Kernel> {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  (exports.scratch as WebAssembly.Global).value = scratch;
  return exports as unknown as Record<string, Kernel>;
}
