/**
 * Edits of tokens, for a paused model to resume with.
 *
 * Activations are `[images, tokens, width]`, as a hook gives them. Edits return
 * copies. Every token is edited, including specials, unless `where` says which:
 * `patchesOf` and `cellsOf` make such filters from a hook's layout.
 *
 * @module
 */
import type { HostTensor } from "../tensor.ts";
import { checkWidth, tokenShape } from "./token_shape.ts";
import type { EditOptions } from "./token_filter.ts";

/**
 * Zero ablation: every edited token becomes zeros. Models seldom see zeros;
 * {@linkcode meanTokens} stays closer to what they know.
 *
 * @throws {RangeError} When `x` is not `[images, tokens, width]`.
 *
 * @example Nothing is left of the patches
 * ```ts
 * import { zeroTokens } from "tessera";
 * import { patchesOf } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const x = { data: Float32Array.of(1, 2, 3), shape: [1, 3, 1] };
 * const where = patchesOf({ layout: { specials: 1, grid: [1, 2] } });
 * deepEqual(zeroTokens(x, { where }).data, Float32Array.of(1, 0, 0));
 * ```
 */
export function zeroTokens(x: HostTensor, options?: EditOptions): HostTensor {
  return editTokens(x, options, (token) => token.fill(0));
}

/**
 * The mean, `[width]`, of the tokens that `where` chooses in all pictures, or of
 * every token; summed in float64.
 *
 * @throws {RangeError} When `x` is not `[images, tokens, width]`, or `where` chooses none.
 *
 * @example The mean patch, without the special token
 * ```ts
 * import { meanOf } from "tessera";
 * import { patchesOf } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const x = { data: Float32Array.of(90, 2, 3), shape: [1, 3, 1] };
 * const where = patchesOf({ layout: { specials: 1, grid: [1, 2] } });
 * deepEqual(meanOf(x, { where }), Float32Array.of(2.5));
 * ```
 */
export function meanOf(x: HostTensor, options?: EditOptions): Float32Array {
  const sums = new Float64Array(tokenShape(x)[2]);
  let tokens = 0;
  forEachToken(x, options, (at) => {
    for (let d = 0; d < sums.length; d++) sums[d]! += x.data[at + d]!;
    tokens++;
  });
  if (tokens === 0) {
    throw new RangeError(
      `Cannot take the mean of no tokens: none of the activations [${
        x.shape.join(", ")
      }] is chosen`,
    );
  }
  return Float32Array.from(sums, (sum) => sum / tokens);
}

/**
 * Mean ablation: every edited token becomes `mean`, `[width]`, and loses what is
 * particular to it (Wang et al., 2022, arXiv:2211.00593). Use the mean of a
 * dataset, or {@linkcode meanOf} the patches at hand.
 *
 * @throws {RangeError} When `x` is not `[images, tokens, width]`, or `mean` not `[width]`.
 *
 * @example One cell becomes the mean of all patches
 * ```ts
 * import { meanOf, meanTokens } from "tessera";
 * import { cellsOf, patchesOf } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const hook = { name: "embed", layout: { specials: 1, grid: [1, 2] } } as const;
 * const x = { data: Float32Array.of(90, 2, 3), shape: [1, 3, 1] };
 * const mean = meanOf(x, { where: patchesOf(hook) });
 * const edited = meanTokens(x, mean, { where: cellsOf(hook, [0]) });
 * deepEqual(edited.data, Float32Array.of(90, 2.5, 3));
 * ```
 */
export function meanTokens(
  x: HostTensor,
  mean: ArrayLike<number>,
  options?: EditOptions,
): HostTensor {
  checkWidth("a mean", mean, x);
  return editTokens(x, options, (token) => token.set(mean));
}

/**
 * Patching: every edited token is replaced by the one at its place in `from`,
 * the activations of as many other pictures at the same hook (Heimersheim and
 * Nanda, 2024, arXiv:2404.15255).
 *
 * @throws {RangeError} When `x` is not `[images, tokens, width]`, or `from` has another shape.
 *
 * @example The first cell of another picture
 * ```ts
 * import { replaceTokens } from "tessera";
 * import { cellsOf } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const hook = { name: "embed", layout: { specials: 0, grid: [1, 2] } } as const;
 * const near = { data: Float32Array.of(1, 2), shape: [1, 2, 1] };
 * const far = { data: Float32Array.of(7, 8), shape: [1, 2, 1] };
 * const edited = replaceTokens(near, far, { where: cellsOf(hook, [0]) });
 * deepEqual(edited.data, Float32Array.of(7, 2));
 * ```
 */
export function replaceTokens(
  x: HostTensor,
  from: HostTensor,
  options?: EditOptions,
): HostTensor {
  const [wanted, given] = [tokenShape(x), tokenShape(from)];
  if (given.join() !== wanted.join()) {
    throw new RangeError(
      `Cannot replace tokens of [${wanted.join(", ")}] by those of [${
        given.join(", ")
      }]: the shapes must be equal`,
    );
  }
  return editTokens(x, options, (token, at) => {
    token.set(from.data.subarray(at, at + token.length));
  });
}

/**
 * Steering: adds `strength · direction` to every edited token (Turner et al.,
 * 2023, arXiv:2308.10248). Strength is in the encoder's own units: with a
 * direction of norm 1, such as a row of `W_dec`, it is the distance that a token
 * moves. Strength 0 changes not a bit.
 *
 * @throws {RangeError} When `x` is not `[images, tokens, width]`, or `direction` not `[width]`.
 *
 * @example Half a unit along the second axis
 * ```ts
 * import { addDirection } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const x = { data: Float32Array.of(1, 2), shape: [1, 1, 2] };
 * deepEqual(addDirection(x, [0, 1], 0.5).data, Float32Array.of(1, 2.5));
 * ```
 */
export function addDirection(
  x: HostTensor,
  direction: ArrayLike<number>,
  strength: number,
  options?: EditOptions,
): HostTensor {
  checkWidth("a direction", direction, x);
  const steps = Float64Array.from(direction, (value) => strength * value);
  return editTokens(x, options, (token) => {
    for (let d = 0; d < steps.length; d++) {
      // Adding 0 would turn -0 into 0.
      if (steps[d] !== 0) token[d]! += steps[d]!;
    }
  });
}

/**
 * Any edit: returns a copy of `x` in which `change` has overwritten the chosen
 * tokens, `[width]` each. `at` is the offset of a token in the data.
 *
 * @throws {RangeError} When `x` is not `[images, tokens, width]`.
 *
 * @example No number is below 0
 * ```ts
 * import { editTokens } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const x = { data: Float32Array.of(-1, 2), shape: [1, 1, 2] };
 * const edited = editTokens(x, {}, (token) => {
 *   token.forEach((value, d) => token[d] = Math.max(0, value));
 * });
 * deepEqual(edited.data, Float32Array.of(0, 2));
 * ```
 */
export function editTokens(
  x: HostTensor,
  options: EditOptions | undefined,
  change: (token: Float32Array, at: number) => void,
): HostTensor {
  const [, , width] = tokenShape(x), data = x.data.slice();
  forEachToken(x, options, (at) => change(data.subarray(at, at + width), at));
  return { data, shape: x.shape };
}

/** Calls `visit` with the offset of each chosen token. */
function forEachToken(
  x: HostTensor,
  { where }: EditOptions = {},
  visit: (at: number) => void,
): void {
  const [images, tokens, width] = tokenShape(x);
  for (let image = 0; image < images; image++) {
    for (let token = 0; token < tokens; token++) {
      if (where && !where(image, token)) continue;
      visit((image * tokens + token) * width);
    }
  }
}
