/**
 * Numbers of repeated measurements.
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

/** Milliseconds that `body` takes. */
export async function milliseconds(
  body: () => Promise<unknown>,
): Promise<number> {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

/** The most memory this process has held, in MiB; NaN where the system does not say. */
export function peakMemory(): number {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  } catch {
    return NaN;
  }
}
