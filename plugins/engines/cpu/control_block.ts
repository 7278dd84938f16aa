/**
 * How the threads of the cpu engine share a kernel call.
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
  /** Names of the kernels, in the order of their numbers. */
  readonly kernels: readonly string[];
  /** Which part is this helper's: 1 and up. */
  readonly part: number;
  /** Where it may keep a row of floats. */
  readonly scratch: number;
}

/**
 * Where the threads talk, in the first page of the memory: integers at byte 0
 * (as numbered below) and the
 * arguments as float64 at byte 64.
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
  /** Instead of a kernel's number: the helpers end. */
  end: -1,
} as const;

/** The part of `0 … length` that is number `part` of `parts`. */
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
