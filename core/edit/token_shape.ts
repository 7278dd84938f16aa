/**
 * Checks the shapes of activations and of vectors used on them.
 *
 * @module
 */
import { type HostTensor, sizeOf } from "../tensor.ts";

/**
 * Lengths of the axes of activations `[images, tokens, width]`.
 *
 * @throws {RangeError} When they have other axes, or their data does not fill them.
 */
export function tokenShape(
  { data, shape }: HostTensor,
): readonly [images: number, tokens: number, width: number] {
  if (shape.length === 3 && data.length === sizeOf(shape)) {
    return shape as readonly number[] as [number, number, number];
  }
  throw new RangeError(
    `Cannot edit ${data.length} numbers of shape [${
      shape.join(", ")
    }]: activations are [images, tokens, width], as an encoder gives them`,
  );
}

/**
 * Checks that a vector, called `what` in the message, is as wide as the tokens of `x`.
 *
 * @throws {RangeError} When it is not, or `x` is not `[images, tokens, width]`.
 */
export function checkWidth(
  what: string,
  { length }: ArrayLike<number>,
  x: HostTensor,
): void {
  const [, , width] = tokenShape(x);
  if (length === width) return;
  throw new RangeError(
    `Cannot use ${what} of ${length} numbers: the tokens have ${width}`,
  );
}
