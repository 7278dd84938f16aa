/**
 * Work on many pictures, a few at a time.
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
 * Calls `work` on `[0, count)`, `together` pictures at a time, and joins the
 * tensors that it returns along their first axis, the pictures. The next batch
 * starts while one is under way.
 */
export async function inBatches(
  count: number,
  together: number,
  work: (start: number, end: number) => Promise<HostTensors>,
): Promise<HostTensors> {
  if (count <= together) return await work(0, count);
  const starts = Array.from(
    { length: Math.ceil(count / together) },
    (_, batch) => batch * together,
  );
  const batches = mapAhead(starts, 1, async (start) => ({
    start,
    few: await work(start, Math.min(count, start + together)),
  }));
  const all: Record<string, HostTensor> = {};
  for await (const { start, few } of batches) {
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
