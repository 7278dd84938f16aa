/**
 * Checks that a model that makes predictions can be paused at any hook.
 *
 * @module
 */
import { deepEqual, ok } from "node:assert/strict";
import type { Encoder, RgbImage } from "tessera";
import { isOfPairs } from "../../../plugins/encoders/transformer/block_hooks.ts";
import { worst } from "./_golden.ts";

/**
 * Fails unless `encoder`, paused at each hook before its predictions, goes on to
 * the predictions of the whole model, bit by bit, and to others after an edit.
 */
export async function checkPauses(
  encoder: Encoder,
  images: readonly RgbImage[],
): Promise<void> {
  const predictions = encoder.predictions!.map(({ hook }) => hook);
  for (const { name } of encoder.hooks) {
    if (predictions.includes(name)) continue;
    // Attention is computed by hand where its inside is read, which changes last digits.
    const read = isOfPairs({ name }) ? [name, ...predictions] : predictions;
    const { [name]: _, ...whole } = await encoder.encode(images, read);
    const paused = await encoder.pause!(images, [name]);
    deepEqual(await paused.resume(), whole, name);
    const { data, shape } = paused.activations[name]!;
    // Not linear: a normalisation could undo a linear edit.
    const edited = data.map((value) => value * value + 0.5);
    const changed = await paused.resume({ [name]: { data: edited, shape } });
    for (const hook of predictions) {
      const change = worst(changed[hook]!.data, whole[hook]!.data);
      ok(change > 1e-3, `${name} changes ${hook} by ${change}`);
    }
    deepEqual(await paused.resume(), whole, `${name} again`);
  }
}
