/**
 * What an edit does by each path alone, where the hook is read by the next block
 * and by a tap of the depth head.
 *
 * @module
 */
import type { HostTensor, HostTensors } from "../../../../mod.ts";
import type { StudyPicture } from "../../study/pictures.ts";
import { cleanPictures } from "./clean_picture.ts";
import type { Condition } from "./condition.ts";
import { addEffect } from "./effects.ts";
import type {
  Measured,
  MeasureInput,
  PathEffects,
  Pausable,
} from "./measured.ts";
import { pausedAt } from "./paused_at.ts";
import { imageOf, type Live } from "./paused_group.ts";

/**
 * The tap of a hook: the `feat.*` whose tokens are each computed from one token
 * of the hook, so that no block lies between. It is found by editing one patch
 * and looking at what changes. Undefined where there is none.
 */
export async function tapOf(
  { encoder }: Pick<Pausable, "encoder">,
  hook: { readonly name: string },
  image: StudyPicture["image"],
): Promise<string | undefined> {
  const later = encoder.hooks.slice(
    encoder.hooks.findIndex(({ name }) => name === hook.name) + 1,
  ).map(({ name }) => name).filter((name) => name.startsWith("feat."));
  if (later.length === 0) return undefined;
  const paused = await encoder.pause([image], [hook.name]);
  const x = paused.activations[hook.name]!;
  const moved = { [hook.name]: lastTokenMoved(x) };
  for (const name of later) {
    try {
      const { [name]: clean } = await paused.resume(undefined, [name]);
      const { [name]: edited } = await paused.resume(moved, [name]);
      if (onlyLastDiffers(clean!, edited!, x.shape[1]!)) return name;
    } catch (error) {
      // The tap of an earlier block, which this edit does not reach.
      if ((error as Error)?.name !== "ConfigError") throw error;
    }
  }
  return undefined;
}

function lastTokenMoved({ data, shape }: HostTensor): HostTensor {
  const width = shape.at(-1)!, out = data.slice();
  for (let d = data.length - width; d < data.length; d++) {
    out[d]! += 1 + d % 3;
  }
  return { data: out, shape };
}

function onlyLastDiffers(
  a: HostTensor,
  b: HostTensor,
  tokens: number,
): boolean {
  if (a.shape[1] !== tokens) return false;
  const last = a.data.length - a.shape.at(-1)!;
  const differs = (value: number, i: number) => value !== b.data[i];
  return !a.data.subarray(0, last).some(differs) &&
    a.data.subarray(last).some((value, i) => value !== b.data[last + i]);
}

/**
 * Measures edits of the paused pictures by the residual stream alone, with the
 * tap unedited, by the tap alone, and by both.
 */
export async function runPaths(
  input: MeasureInput,
  to: Measured,
  tap: string,
  seen: readonly StudyPicture[],
): Promise<void> {
  const { study, model: { prediction } } = input;
  const hook = study.hook.name, live = input.live.now!;
  const { activations, resume } = await pausedAt([hook, tap], input, to, seen);
  const unedited = await resume(activations, prediction.hook);
  const clean = cleanPictures(unedited.data, seen, to.places, study);
  const followed = Map.groupBy(to.paths, ({ condition }) => condition);
  for (const [condition, byPath] of followed) {
    const residual = await editAll(condition, live);
    const tapped = await resume({ [hook]: residual }, tap);
    // Both hooks are always given, so that all three resume alike.
    const edits: Record<PathEffects["path"], HostTensors> = {
      both: { [hook]: residual, [tap]: tapped },
      residual: { [hook]: residual, [tap]: activations[tap]! },
      tap: { [hook]: activations[hook]!, [tap]: tapped },
    };
    for (const { path, effects } of byPath) {
      const { data } = await resume(edits[path], prediction.hook);
      const each = data.length / seen.length;
      seen.forEach((_, i) => {
        const says = data.subarray(i * each, (i + 1) * each);
        const picture = live.first + i;
        addEffect(effects, condition, picture, says, clean[i]!, to.places);
      });
    }
  }
}

/** The paused pictures, edited where the condition changes them. */
async function editAll(
  condition: Condition,
  { x, first }: Live,
): Promise<HostTensor> {
  const data = x.data.slice(), images = x.shape[0]!;
  for (let i = 0; i < images; i++) {
    const edited = await condition.edit(imageOf(x, i), first + i);
    if (edited) data.set(edited.data, i * edited.data.length);
  }
  return { data, shape: x.shape };
}
