/**
 * Edits of a picture's tokens, and what the model says with each.
 *
 * @module
 */
import type { HostTensor } from "../../../../mod.ts";
import { imageOf } from "./paused_group.ts";

/** One edit of pictures' tokens. */
export interface Condition {
  /**
   * The edited tokens of picture `picture`, `[1, tokens, width]`, without changing
   * those given; undefined where the edit changes nothing.
   */
  edit(
    x: HostTensor,
    picture: number,
  ): HostTensor | undefined | Promise<HostTensor | undefined>;
  /** The cells that are edited in a picture; absent where all are. */
  readonly own?: ((picture: number) => ArrayLike<number>) | undefined;
  /** The change of each cell's mean prediction that the edit is meant to make, `[cells]`. */
  readonly hoped?: ((picture: number) => Float64Array) | undefined;
}

/** Pictures that the model is paused on. */
export interface PausedPictures {
  /** Their tokens at the hook, `[images, tokens, width]`. */
  readonly x: HostTensor;
  /** The number of the first picture. */
  readonly first: number;
  /** What the model says with other tokens in their place, `[images · places]`. */
  resume(x: HostTensor): Promise<Float32Array>;
}

/** Receives what the model says of one picture with one edit. */
export type Record = (
  condition: Condition,
  picture: number,
  says: Float32Array,
) => void;

/**
 * Runs every edit on every picture that it changes. Pictures do not wait for
 * each other: each resume takes the next edit of each picture, so that no slot of
 * a batch is wasted while there is work.
 */
export async function runConditions(
  conditions: readonly Condition[],
  { x, first, resume }: PausedPictures,
  record: Record,
  tick?: (least: number) => void,
): Promise<void> {
  const images = x.shape[0]!, each = x.data.length / images;
  const next = new Array<number>(images).fill(0);
  // One buffer for all resumes: a new one each time would burden the garbage collector.
  const data = x.data.slice();
  for (;;) {
    const under: (Condition | undefined)[] = next.map(() => undefined);
    for (let slot = 0; slot < images; slot++) {
      while (!under[slot] && next[slot]! < conditions.length) {
        const condition = conditions[next[slot]!++]!;
        const edited = await condition.edit(imageOf(x, slot), first + slot);
        if (!edited) continue;
        data.set(edited.data, slot * each);
        under[slot] = condition;
      }
    }
    tick?.(Math.min(...next));
    if (under.every((condition) => !condition)) return;
    const says = await resume({ data, shape: x.shape }),
      places = says.length / images;
    under.forEach((condition, slot) => {
      const own = says.subarray(slot * places, (slot + 1) * places);
      if (condition) record(condition, first + slot, own);
    });
  }
}
