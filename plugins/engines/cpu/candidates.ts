/**
 * Candidates for the kept entries, and the exact selection among them.
 *
 * @module
 */
import type { CpuContext } from "./context.ts";
import type { Block } from "./memory.ts";
import {
  blockLength,
  emptyCodes,
  type EncodeInput,
  forEachBlock,
  type Pre,
} from "./pre_activations.ts";
import type { CpuCodes } from "./store.ts";

/** Lists of candidates, one for each thread's range of rows. */
export interface Candidates {
  /** Computes pre-activations and collects those above `bar`, which rises once more than `wanted` are held. */
  collect(bar: number, wanted: number, threshold?: number): Promise<void>;
  /** Number of candidates held. */
  count(): number;
  /** Drops all candidates. */
  clear(): void;
  /** The `n`-th largest value, or the smallest if there are fewer; 0 when there are none. */
  largest(n: number): number;
  /** The candidates that are at least `least`, at most `wanted` of them. */
  codes(least: number, wanted: number): CpuCodes;
  /** Frees the memory. */
  release(): void;
}

/** The fields of a list in the kernels' memory, by index. */
const word = {
  rows: 0,
  latents: 1,
  values: 2,
  capacity: 3,
  count: 4,
  next: 5,
  first: 6,
  end: 7,
};

/** Empty lists, with initial room for `expected` candidates. */
export function candidates(
  context: CpuContext,
  input: EncodeInput,
  expected: number,
): Candidates {
  const { memory, store, threads } = context, { rows, dSae } = input;
  const parts = Math.min(threads.count, rows), length = blockLength(rows, dSae);
  const table = store.allocate(32 * parts), bins = store.allocate(4 * 65536);
  const words = memory.integers(table.at, 8 * parts);
  const columns = Array.from({ length: parts }, () => new Map<number, Block>());
  const at = (part: number, which: number): number => words[8 * part + which]!;
  const put = (part: number, which: number, value: number): void => {
    words[8 * part + which] = value;
  };

  const resize = (part: number, capacity: number): void => {
    for (const which of [word.rows, word.latents, word.values]) {
      const was = columns[part]!.get(which), now = store.allocate(4 * capacity);
      if (was) {
        const held = at(part, word.count);
        memory.integers(now.at, held).set(memory.integers(was.at, held));
        store.release(was);
      }
      columns[part]!.set(which, now);
      put(part, which, now.at);
    }
    put(part, word.capacity, capacity);
  };
  for (let part = 0; part < parts; part++) {
    put(part, word.count, 0);
    put(part, word.first, Math.floor(rows * part / parts));
    put(part, word.end, Math.floor(rows * (part + 1) / parts));
    resize(part, Math.ceil(1.5 * expected / parts) + 8 * length);
  }
  const everyPart = Array.from({ length: parts }, (_, part) => part);
  const count = (): number =>
    everyPart.reduce((sum, part) => sum + at(part, word.count), 0);

  /** Counts values by their upper 16 bits, or by the lower ones where the upper are `prefix`. */
  const histogram = (prefix: number): Uint32Array => {
    const counts = memory.integers(bins.at, 65536).fill(0);
    for (const part of everyPart) {
      threads.call(
        "histogram",
        at(part, word.values),
        at(part, word.count),
        prefix,
        bins.at,
      );
    }
    return counts;
  };
  const largest = (n: number): number => {
    const wanted = Math.min(n, count());
    if (wanted === 0) return 0;
    const upper = binOf(histogram(-1), wanted);
    const lower = binOf(histogram(upper.bin), wanted - upper.above);
    const bits = Uint32Array.of(upper.bin * 65536 + lower.bin);
    return new Float32Array(bits.buffer)[0]!;
  };

  /** The capacity that a list will need, extrapolated from what was scanned so far. */
  const roomFor = (part: number, pre: Pre): number => {
    const [first, next, end] = [word.first, word.next, word.end]
      .map((which) => at(part, which)) as [number, number, number];
    const scanned = pre.first + pre.length * (next - first) / (end - first);
    const held = at(part, word.count);
    const extrapolated = 1.05 * held * dSae / Math.max(scanned, 1);
    return Math.ceil(Math.max(extrapolated, 1.25 * held)) + 8 * length;
  };
  const makeRoom = (
    part: number,
    wanted: number,
    bar: number,
    pre: Pre,
  ): number => {
    let least = bar;
    if (count() > wanted) {
      const value = largest(wanted);
      threads.share("compact", parts, 1, table.at, value);
      // The next scan keeps values strictly above, and ties must pass.
      least = below(value);
    }
    if (at(part, word.count) + length > at(part, word.capacity)) {
      resize(part, roomFor(part, pre));
    }
    return least;
  };

  return {
    count,
    largest,
    clear: () => everyPart.forEach((part) => put(part, word.count, 0)),
    async collect(bar, wanted, threshold = 0) {
      await forEachBlock(context, input, undefined, (pre) => {
        const above = threshold && threshold + 4 * pre.first;
        everyPart.forEach((part) => put(part, word.next, at(part, word.first)));
        const scan = (): void =>
          threads.share(
            "scan",
            parts,
            1,
            table.at,
            pre.y,
            pre.length,
            pre.first,
            pre.bias,
            above,
            bar,
          );
        const unfinished = (): number | undefined =>
          everyPart.find((part) => at(part, word.next) < at(part, word.end));
        scan();
        for (let part = unfinished(); part !== undefined; part = unfinished()) {
          bar = makeRoom(part, wanted, bar, pre);
          scan();
        }
      });
    },
    codes(least, wanted) {
      const counts = store.allocate(4 * rows),
        view = memory.integers(counts.at, rows);
      view.fill(0);
      threads.share("countRows", parts, 1, table.at, least, counts.at);
      const codes = emptyCodes(context, input, view);
      const { pattern } = codes;
      view.set(memory.integers(pattern.offsets.at, rows));
      threads.share(
        "scatterRows",
        parts,
        1,
        table.at,
        least,
        counts.at,
        pattern.latents.at,
        store.at(codes.values),
      );
      store.release(counts);
      return pattern.count > wanted
        ? withoutTies(context, codes, least, wanted)
        : codes;
    },
    release() {
      columns.forEach((blocks) => blocks.values().forEach(store.release));
      store.release(table);
      store.release(bins);
    },
  };
}

/** The bin that holds the `n`-th largest value, and how many values lie in higher bins. */
function binOf(counts: Uint32Array, n: number): { bin: number; above: number } {
  let above = 0, bin = 65535;
  while (above + counts[bin]! < n) above += counts[bin--]!;
  return { bin, above };
}

/** The next smaller float32 of a positive number. */
function below(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0]! -= 1;
  return new Float32Array(bits.buffer)[0]!;
}

/** Drops entries equal to `least`, from the last, until `wanted` are left. */
function withoutTies(
  context: CpuContext,
  codes: CpuCodes,
  least: number,
  wanted: number,
): CpuCodes {
  const { memory, store } = context,
    { pattern } = codes,
    [rows, dSae] = codes.shape;
  const values = store.floats(codes.values);
  const latents = memory.integers(pattern.latents.at, pattern.count);
  const offsets = memory.integers(pattern.offsets.at, rows + 1).slice();
  let ties = wanted -
    values.reduce((sum, value) => sum + (value > least ? 1 : 0), 0);
  let kept = 0;
  const counts = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
      if (values[entry] === least && ties-- <= 0) continue;
      values[kept] = values[entry]!;
      latents[kept++] = latents[entry]!;
      counts[row]!++;
    }
  }
  const fewer = emptyCodes(context, { rows, dSae } as EncodeInput, counts);
  store.floats(fewer.values).set(values.subarray(0, kept));
  memory.integers(fewer.pattern.latents.at, kept).set(
    latents.subarray(0, kept),
  );
  return fewer;
}
