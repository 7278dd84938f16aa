/**
 * Reads and replaces the components of activations along a direction.
 *
 * @module
 */
import { editTokens } from "./edit_tokens.ts";
import type { HostTensor } from "../tensor.ts";
import { checkWidth } from "./token_shape.ts";
import type { EditOptions } from "./token_filter.ts";

/**
 * The component of every token along `direction`, whose length does not matter:
 * `x · direction / ‖direction‖`, in float64, `[images · tokens]`.
 *
 * @throws {RangeError} When `x` is not `[images, tokens, width]`, or
 * `direction` not `[width]`, all zeros or not finite.
 *
 * @example
 * ```ts
 * import { componentsAlong } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const x = { data: Float32Array.of(1, 2, 3, 4), shape: [1, 2, 2] };
 * deepEqual(componentsAlong(x, [0, 9]), Float64Array.of(2, 4));
 * ```
 */
export function componentsAlong(
  x: HostTensor,
  direction: ArrayLike<number>,
): Float64Array {
  const unit = unitOf(direction, x), { length } = unit;
  return Float64Array.from(
    { length: x.data.length / length },
    (_, row) => dot(x.data.subarray(row * length, (row + 1) * length), unit),
  );
}

/**
 * Directional patching: sets the component of every edited token along
 * `direction` to its number in `values`, `[images · tokens]`, or to one number
 * for all. Everything orthogonal to the direction stays. With the components of
 * other tokens this swaps one dimension of the activations and nothing else;
 * with their mean it projects that dimension out.
 *
 * @throws {RangeError} When `x` is not `[images, tokens, width]`, `direction`
 * not `[width]`, all zeros or not finite, or there are not as many values as tokens.
 *
 * @example Two tokens swap their second number
 * ```ts
 * import { componentsAlong, replaceAlong } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const x = { data: Float32Array.of(1, 2, 3, 4), shape: [1, 2, 2] };
 * const swapped = componentsAlong(x, [0, 1]).reverse();
 * const edited = replaceAlong(x, [0, 1], swapped);
 * deepEqual(edited.data, Float32Array.of(1, 4, 3, 2));
 * ```
 */
export function replaceAlong(
  x: HostTensor,
  direction: ArrayLike<number>,
  values: number | ArrayLike<number>,
  options?: EditOptions,
): HostTensor {
  const unit = unitOf(direction, x), rows = x.data.length / unit.length;
  if (typeof values !== "number" && values.length !== rows) {
    throw new RangeError(
      `Cannot give ${rows} tokens ${values.length} values along a direction: give one for each, or one for all`,
    );
  }
  return editTokens(x, options, (token, at) => {
    const value = typeof values === "number"
      ? values
      : values[at / unit.length]!;
    const step = value - dot(token, unit);
    for (let d = 0; d < unit.length; d++) {
      // Adding 0 would turn -0 into 0.
      if (step * unit[d]! !== 0) token[d]! += step * unit[d]!;
    }
  });
}

/** The direction with length 1. */
function unitOf(direction: ArrayLike<number>, x: HostTensor): Float64Array {
  checkWidth("a direction", direction, x);
  const norm = Math.hypot(...Array.from(direction));
  if (norm > 0 && norm < Infinity) {
    return Float64Array.from(direction, (value) => value / norm);
  }
  throw new RangeError(
    `Cannot measure along a direction of length ${norm}: give finite numbers, not all 0`,
  );
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}
