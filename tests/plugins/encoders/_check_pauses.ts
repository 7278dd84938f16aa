/**
 * What a model that makes predictions must do when it is stopped on the way.
 *
 * @module
 */
import { deepEqual, ok } from "node:assert/strict";
import type { Encoder, RgbImage } from "tessera";
import { isOfPairs } from "../../../plugins/encoders/transformer/block_hooks.ts";
import { worst } from "./_golden.ts";

/**
 * Fails unless `encoder` goes on from each hook before its predictions to the
 * predictions of the whole model, bit by bit, and to others after an edit.
 */
export async function checkPauses(
  encoder: Encoder,
  images: readonly RgbImage[],
): Promise<void> {
  const predictions = encoder.predictions!.map(({ hook }) => hook);
  for (const { name } of encoder.hooks) {
    if (predictions.includes(name)) continue;
    // One operation computes attention unless its inside is read: other last digits.
    const read = isOfPairs({ name }) ? [name, ...predictions] : predictions;
    const { [name]: _, ...whole } = await encoder.encode(images, read);
    const paused = await encoder.pause!(images, [name]);
    deepEqual(await paused.resume(), whole, name);
    const { data, shape } = paused.activations[name]!;
    // Not linear, or a normalisation would undo it.
    const edited = data.map((value) => value * value + 0.5);
    const changed = await paused.resume({ [name]: { data: edited, shape } });
    for (const hook of predictions) {
      const change = worst(changed[hook]!.data, whole[hook]!.data);
      ok(change > 1e-3, `${name} changes ${hook} by ${change}`);
    }
    deepEqual(await paused.resume(), whole, `${name} again`);
  }
}
