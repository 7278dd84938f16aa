/**
 * Work on many pictures in, the same done on a few at a time out.
 *
 * @module
 */
import {
  type HostTensor,
  type HostTensors,
  mapAhead,
  sizeOf,
} from "../../../mod.ts";

/**
 * What `work` gives for `[0, count)`, `together` of them at a time: tensors
 * whose first axis is the pictures, joined. The next turn is asked for while
 * one is under way.
 */
export async function inBatches(
  count: number,
  together: number,
  work: (start: number, end: number) => Promise<HostTensors>,
): Promise<HostTensors> {
  if (count <= together) return await work(0, count);
  const starts = Array.from(
    { length: Math.ceil(count / together) },
    (_, turn) => turn * together,
  );
  const turns = mapAhead(starts, 1, async (start) => ({
    start,
    few: await work(start, Math.min(count, start + together)),
  }));
  const all: Record<string, HostTensor> = {};
  for await (const { start, few } of turns) {
    for (const [name, { data, shape }] of Object.entries(few)) {
      const one = sizeOf(shape.slice(1));
      all[name] ??= {
        data: new Float32Array(count * one),
        shape: [count, ...shape.slice(1)],
      };
      all[name].data.set(data, start * one);
    }
  }
  return all;
}
