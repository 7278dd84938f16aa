/**
 * Encodes activations, `select(ReLU(x · Wᵀ + b))`, without ever holding
 * `[rows, dSae]`.
 *
 * The product is computed for one block of latents at a time, small enough to
 * stay in the cache, and scanned at once: only candidates above a bar are kept.
 * The bar rises with what has been seen, so that there are few more candidates
 * than kept entries. The selection among them is exact.
 *
 * @module
 */
import type { Selection } from "../../../mod.ts";
import { candidates } from "./candidates.ts";
import type { CpuContext } from "./context.ts";
import type { Block } from "./memory.ts";
import {
  emptyCodes,
  type EncodeInput,
  forEachBlock,
} from "./pre_activations.ts";
import type { CpuCodes } from "./store.ts";

/** The codes of `x`. */
export function encode(
  context: CpuContext,
  input: EncodeInput,
  selection: Selection,
): Promise<CpuCodes> {
  switch (selection.keep) {
    case "top-k":
      return topK(context, input, selection.k, selection.among);
    case "batch-top-k":
      return batchTopK(
        context,
        input,
        Math.floor(selection.k * input.rows),
      );
    case "above":
      return all(context, input, context.store.at(selection.threshold));
    case "positive":
      return all(context, input, 0);
  }
}

/** The `k` largest of each row, with a short list for each. */
async function topK(
  context: CpuContext,
  input: EncodeInput,
  k: number,
  among?: Uint32Array,
): Promise<CpuCodes> {
  const { memory, store, threads } = context, { rows, dSae } = input;
  const total = among?.length ?? dSae;
  const keep = Math.min(k, total), capacity = 2 * keep + 64;
  const counts = store.allocate(4 * rows), bars = store.allocate(4 * rows);
  const [latents, values, spare] = [0, 0, 0].map(() =>
    store.allocate(4 * rows * capacity)
  ) as [Block, Block, Block];
  memory.integers(counts.at, rows).fill(0);
  memory.floats(bars.at, rows).fill(0);
  await forEachBlock(context, input, among, (pre, names) => {
    threads.share(
      "scanRows",
      rows,
      8,
      pre.y,
      pre.length,
      pre.first,
      pre.bias,
      names,
      keep,
      counts.at,
      bars.at,
      latents.at,
      values.at,
      capacity,
      spare.at,
    );
  });
  threads.share(
    "finishRows",
    rows,
    8,
    keep,
    counts.at,
    latents.at,
    values.at,
    capacity,
    spare.at,
  );
  const codes = emptyCodes(context, input, memory.integers(counts.at, rows));
  const { offsets, latents: to } = codes.pattern;
  threads.share(
    "gatherRows",
    rows,
    64,
    offsets.at,
    latents.at,
    values.at,
    capacity,
    to.at,
    store.at(codes.values),
  );
  [counts, bars, latents, values, spare].forEach(store.release);
  return codes;
}

/** The `wanted` largest of the batch. */
async function batchTopK(
  context: CpuContext,
  input: EncodeInput,
  wanted: number,
): Promise<CpuCodes> {
  const { bars } = context, key = input.W;
  // A little below the last threshold, since it moves between steps.
  const start = (bars.get(key) ?? 0) * 0.9;
  const lists = candidates(context, input, wanted);
  await lists.collect(start, wanted);
  if (lists.count() < wanted && start > 0) {
    lists.clear();
    await lists.collect(0, wanted);
  }
  const least = lists.largest(wanted);
  bars.set(key, least);
  const codes = lists.codes(least, wanted);
  lists.release();
  return codes;
}

/** Everything that is positive and above the thresholds at address `threshold`, if any. */
async function all(
  context: CpuContext,
  input: EncodeInput,
  threshold: number,
): Promise<CpuCodes> {
  const lists = candidates(context, input, 0);
  await lists.collect(0, Infinity, threshold);
  const codes = lists.codes(0, Infinity);
  lists.release();
  return codes;
}
