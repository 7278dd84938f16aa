/**
 * A dictionary in, edits of every patch that say what it leaves of the model's
 * own depth out.
 *
 * @module
 */
import {
  type Dictionary,
  editTokens,
  type Hook,
  type HostTensor,
  meanTokens,
  patchesOf,
  randomFrom,
  splice,
  zeroTokens,
} from "../../../../mod.ts";
import type { Condition } from "./condition.ts";
import { type LiveRef, once } from "./paused_group.ts";

/** The model goes on with what it has computed: whatever then changes is an error of the machinery. */
export function nothing(): Condition {
  return { edit: (x) => x };
}

/** Every patch becomes zeros. */
export function zeros(hook: Hook): Condition {
  return { edit: (x) => zeroTokens(x, { where: patchesOf(hook) }) };
}

/** Every patch becomes the mean one. */
export function means(hook: Hook, mean: ArrayLike<number>): Condition {
  return { edit: (x) => meanTokens(x, mean, { where: patchesOf(hook) }) };
}

/** Every patch becomes what the dictionary makes of it; with `keepError` what it misses is put back. */
export function spliced(
  hook: Hook,
  dictionary: Dictionary,
  live: LiveRef,
  keepError: boolean,
): Condition {
  const where = patchesOf(hook);
  return {
    edit: (x, picture) =>
      keepError
        ? splice(x, dictionary, { keepError, where })
        : rebuilt(x, picture, { hook, dictionary, live }),
  };
}

function rebuilt(
  x: HostTensor,
  picture: number,
  { hook, dictionary, live }: {
    hook: Hook;
    dictionary: Dictionary;
    live: LiveRef;
  },
): Promise<HostTensor> {
  const where = patchesOf(hook);
  return once(
    live,
    `splice ${picture}`,
    () => splice(x, dictionary, { where }),
  );
}

/** Every patch is moved as far as the dictionary's error moves it, in a direction by chance. */
export function gaussianError(
  hook: Hook,
  dictionary: Dictionary,
  live: LiveRef,
  ...keys: readonly number[]
): Condition {
  const where = patchesOf(hook);
  return {
    async edit(x, picture) {
      const without = await rebuilt(x, picture, { hook, dictionary, live });
      const random = randomFrom(...keys, picture);
      return editTokens(x, { where }, (token, at) => {
        const noise = Float64Array.from(token, () => random.normal());
        const far = distance(
          token,
          without.data.subarray(at, at + token.length),
        );
        const times = far / Math.hypot(...noise);
        for (let d = 0; d < token.length; d++) token[d]! += times * noise[d]!;
      });
    },
  };
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += (a[d]! - b[d]!) ** 2;
  return Math.sqrt(sum);
}
