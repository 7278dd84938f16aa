/**
 * Timing, memory and medians for benchmarks.
 *
 * @module
 */

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b), middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Runs `body` and returns the milliseconds it takes. */
export async function milliseconds(
  body: () => Promise<unknown>,
): Promise<number> {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

/** Peak memory of this process in MiB; NaN if the system does not report it. */
export function peakMemory(): number {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  } catch {
    return NaN;
  }
}
