/**
 * Estimates how many numbers the values of a graph take at once.
 *
 * @module
 */
import { sizeOf } from "../../../mod.ts";
import type { Value } from "../network/onnx_thread.ts";

/** An operation: the values it takes and makes. */
interface Step {
  readonly input: readonly string[];
  readonly output: readonly string[];
}

/**
 * The most numbers that exist at once for one of `images` pictures while the
 * operations run one after the other and each value is kept until its last use.
 */
export function liveNumbers(
  steps: readonly Step[],
  values: ReadonlyMap<string, Value>,
  images: number,
): number {
  const last = new Map<string, number>();
  for (const [i, { input, output }] of steps.entries()) {
    for (const name of [...input, ...output]) last.set(name, i);
  }
  const numbers = (name: string): number => {
    const { shape = [0] } = values.get(name) ?? {};
    const known = shape.map((length) =>
      typeof length === "number" ? length : 1
    );
    return shape[0] === images ? sizeOf(known) / images : 0;
  };
  let live = 0, most = 0;
  for (const [i, { input, output }] of steps.entries()) {
    for (const name of output) live += numbers(name);
    most = Math.max(most, live);
    for (const name of new Set([...input, ...output])) {
      if (last.get(name) === i) live -= numbers(name);
    }
  }
  return most;
}
