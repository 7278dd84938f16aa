/**
 * `select(ReLU(x · Wᵀ + b))` without ever holding `[rows, dSae]`.
 *
 * The product is made for one block of latents at a time, small enough to
 * stay in the cache, and scanned at once: only candidates are kept. A bar that
 * rises with what was seen so far keeps their number near that of the kept
 * entries, and the selection among them is exact.
 *
 * @module
 */
import type { Selection } from "tessera";
import type { Block, CpuMemory } from "./memory.ts";
import type { Product } from "./product.ts";
import type { CpuCodes, Store } from "./store.ts";
import type { Threads } from "./threads.ts";

/** What encoding needs of the engine. */
export interface EncodeContext {
  /** Its memory. */
  readonly memory: CpuMemory;
  /** Its threads. */
  readonly threads: Threads;
  /** Its tensors. */
  readonly store: Store;
  /** Its dense product. */
  readonly product: Product;
  /** A bar to start from for each dictionary, by the address of its weights: the last one seen. Changes the time, never the result. */
  readonly bars: Map<number, number>;
}

/** Addresses and sizes of one call. */
export interface EncodeInput {
  /** `[rows, dModel]`, `b_dec` already subtracted. */
  readonly x: number;
  /** `[dSae, dModel]` */
  readonly W: number;
  /** `[dSae]`, or 0 for none. */
  readonly bias: number;
  readonly rows: number;
  readonly dModel: number;
  readonly dSae: number;
}

/** A block of the pre-activations: `[rows, length]` at `y`, without the bias. */
interface Pre {
  readonly y: number;
  readonly first: number;
  readonly length: number;
  /** The biases of the block, or 0 for none. */
  readonly bias: number;
}

/** Bytes of one block of pre-activations: half of a usual L3 cache. Smaller ones make the threads wait for each other more often. */
const blockBytes = 2 ** 24;

/** Latents whose pre-activations are made at once. */
export function blockLength(rows: number, dSae: number): number {
  const fits = Math.floor(blockBytes / 4 / rows / 16) * 16;
  return Math.min(dSae, Math.max(64, fits));
}

/** The codes of `x`. */
export function encode(
  context: EncodeContext,
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

/** Makes the pre-activations block by block and hands each over. */
async function forEachBlock(
  { memory, product, store, threads }: EncodeContext,
  { x, W, bias, rows, dModel, dSae }: EncodeInput,
  among: Uint32Array | undefined,
  visit: (pre: Pre, names: number) => void,
): Promise<void> {
  const total = among?.length ?? dSae;
  const most = blockLength(rows, total);
  const y = store.allocate(4 * rows * most);
  // Latents that are named one by one are first gathered.
  const gathered = among && {
    names: store.allocate(4 * total),
    W: store.allocate(4 * most * dModel),
    bias: store.allocate(4 * most),
  };
  if (gathered) memory.integers(gathered.names.at, total).set(among);
  for (let first = 0; first < total; first += most) {
    const length = Math.min(most, total - first);
    let weights = W + 4 * first * dModel, biases = bias && bias + 4 * first;
    if (gathered) {
      const names = gathered.names.at + 4 * first;
      threads.share("gather", length, 64, W, names, dModel, gathered.W.at);
      if (bias) {
        threads.call("gather", bias, names, 1, gathered.bias.at, 0, length);
      }
      weights = gathered.W.at;
      biases = bias && gathered.bias.at;
    }
    await product(
      { data: memory.unshared(x, rows * dModel), shape: [rows, dModel] },
      {
        data: memory.unshared(weights, length * dModel),
        shape: [length, dModel],
      },
      { data: memory.unshared(y.at, rows * length), shape: [rows, length] },
      false,
      true,
    );
    visit({ y: y.at, first, length, bias: biases }, gathered?.names.at ?? 0);
  }
  store.release(y);
  if (gathered) Object.values(gathered).forEach(store.release);
}

/** The `k` largest of each row: one short list a row. */
async function topK(
  context: EncodeContext,
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

/** Codes with room for `counts[row]` entries a row. */
function emptyCodes(
  { memory, store }: EncodeContext,
  { rows, dSae }: EncodeInput,
  counts: Uint32Array,
): CpuCodes {
  const offsets = store.allocate(4 * (rows + 1));
  const view = memory.integers(offsets.at, rows + 1);
  view[0] = 0;
  for (let row = 0; row < rows; row++) {
    view[row + 1] = view[row]! + counts[row]!;
  }
  const count = view[rows]!;
  const shape = [rows, dSae] as const;
  return {
    shape,
    values: store.empty([count]),
    pattern: { shape, count, offsets, latents: store.allocate(4 * count) },
  };
}

/** The `wanted` largest of the batch. */
async function batchTopK(
  context: EncodeContext,
  input: EncodeInput,
  wanted: number,
): Promise<CpuCodes> {
  const { bars } = context, key = input.W;
  // A little below the last threshold: what it moved by between two steps.
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

/** Everything positive, or above a threshold. */
async function all(
  context: EncodeContext,
  input: EncodeInput,
  threshold: number,
): Promise<CpuCodes> {
  const lists = candidates(context, input, 0);
  await lists.collect(0, Infinity, threshold);
  const codes = lists.codes(0, Infinity);
  lists.release();
  return codes;
}

/** Lists of candidates, one for each thread's range of rows. */
interface Candidates {
  /** Makes the product and lists what lies above a bar, which rises once more than `wanted` are held. */
  collect(bar: number, wanted: number, threshold?: number): Promise<void>;
  /** How many are held. */
  count(): number;
  /** Forgets them. */
  clear(): void;
  /** The `n`-th largest value held, or the smallest; 0 when there is none. */
  largest(n: number): number;
  /** Those not below `least`, at most `wanted` of them. */
  codes(least: number, wanted: number): CpuCodes;
  /** Gives the memory back. */
  release(): void;
}

/** Words of a list in the kernels' memory. */
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

function candidates(
  context: EncodeContext,
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

  /** Counts all values by half of their bits, the upper or the lower. */
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

  const makeRoom = (part: number, wanted: number, bar: number): number => {
    let least = bar;
    if (count() > wanted) {
      const value = largest(wanted);
      threads.share("compact", parts, 1, table.at, value);
      // The next scan keeps what is strictly above, and ties must pass.
      least = below(value);
    }
    if (at(part, word.count) + length > at(part, word.capacity)) {
      resize(part, 2 * at(part, word.capacity));
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
          bar = makeRoom(part, wanted, bar);
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

/** The bin that holds the `n`-th largest, and how many lie above that bin. */
function binOf(counts: Uint32Array, n: number): { bin: number; above: number } {
  let above = 0, bin = 65535;
  while (above + counts[bin]! < n) above += counts[bin--]!;
  return { bin, above };
}

/** The next smaller float32 of a positive one. */
function below(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0]! -= 1;
  return new Float32Array(bits.buffer)[0]!;
}

/** Drops entries equal to `least`, the last first, until `wanted` are left. */
function withoutTies(
  context: EncodeContext,
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
