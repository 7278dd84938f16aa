/**
 * Edits of a picture's tokens, and what the model says with each.
 *
 * @module
 */
import type { HostTensor } from "../../../../mod.ts";

/** One edit, of which a model's own depth is asked. */
export interface Condition {
  /**
   * The tokens of picture `picture`, `[1, tokens, width]`, as they become; what is given stays;
   * undefined where nothing changes.
   */
  edit(
    x: HostTensor,
    picture: number,
  ): HostTensor | undefined | Promise<HostTensor | undefined>;
  /** The cells that are edited in a picture, where an edit is of some alone. */
  readonly own?: ((picture: number) => ArrayLike<number>) | undefined;
  /** By how much each cell's mean prediction changes where the edit does all that is hoped, `[cells]`. */
  readonly hoped?: ((picture: number) => Float64Array) | undefined;
}

/** Some pictures at the hook, and how the model goes on with them. */
export interface PausedPictures {
  /** What it has computed, `[images, tokens, width]`. */
  readonly x: HostTensor;
  /** The number of the first picture. */
  readonly first: number;
  /** What it says with something else in its place, `[images · places]`. */
  resume(x: HostTensor): Promise<Float32Array>;
}

/** Is told what the model says of one picture under one condition. */
export type Record = (
  condition: Condition,
  picture: number,
  says: Float32Array,
) => void;

/**
 * Asks the model for every condition on every picture that it changes. A
 * picture does not wait for the others: each resume takes the next condition of
 * each picture, so that none is computed for nothing while there is work.
 */
export async function runConditions(
  conditions: readonly Condition[],
  { x, first, resume }: PausedPictures,
  record: Record,
  tick?: (least: number) => void,
): Promise<void> {
  const images = x.shape[0]!, each = x.data.length / images;
  const next = new Array<number>(images).fill(0);
  const clean = (slot: number): HostTensor => ({
    data: x.data.subarray(slot * each, (slot + 1) * each),
    shape: [1, ...x.shape.slice(1)],
  });
  // One buffer for all: dozens of megabytes a second would wait for the garbage collector.
  const data = x.data.slice();
  for (;;) {
    const under: (Condition | undefined)[] = next.map(() => undefined);
    for (let slot = 0; slot < images; slot++) {
      while (!under[slot] && next[slot]! < conditions.length) {
        const condition = conditions[next[slot]!++]!;
        const edited = await condition.edit(clean(slot), first + slot);
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
