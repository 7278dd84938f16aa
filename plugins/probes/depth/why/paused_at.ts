/**
 * The model, paused on a group of pictures.
 *
 * @module
 */
import type { HostTensor, HostTensors } from "../../../../mod.ts";
import type { StudyPicture } from "../../study/pictures.ts";
import type { Measured, MeasureInput } from "./measured.ts";

/** A paused model. */
export interface PausedModel {
  /** The pictures' tokens at each hook. */
  readonly activations: HostTensors;
  /** What it then computes at `wanted`, with edited tokens where given. */
  resume(edited: HostTensors | undefined, wanted: string): Promise<HostTensor>;
}

/** Pauses the model on pictures; how often it resumes is counted. */
export async function pausedAt(
  hooks: readonly string[],
  { study: { signal }, model: { encoder } }: MeasureInput,
  to: Measured,
  seen: readonly StudyPicture[],
): Promise<PausedModel> {
  const paused = await encoder.pause(seen.map(({ image }) => image), hooks);
  return {
    activations: paused.activations,
    async resume(edited, wanted) {
      signal?.throwIfAborted();
      to.resumes++;
      return (await paused.resume(edited, [wanted]))[wanted]!;
    },
  };
}
