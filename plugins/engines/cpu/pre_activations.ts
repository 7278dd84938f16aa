/**
 * Pre-activations, computed for one block of latents at a time.
 *
 * @module
 */
import type { CpuContext } from "./context.ts";
import type { CpuCodes } from "./store.ts";

/** The input of an encoding, as addresses and sizes. */
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
export interface Pre {
  readonly y: number;
  readonly first: number;
  readonly length: number;
  /** The biases of the block, or 0 for none. */
  readonly bias: number;
}

/** Bytes of one block of pre-activations: half of a typical L3 cache. With smaller blocks, threads wait for each other more often. */
const blockBytes = 2 ** 24;

/** Latents in one block. */
export function blockLength(rows: number, dSae: number): number {
  const fits = Math.floor(blockBytes / 4 / rows / 16) * 16;
  return Math.min(dSae, Math.max(64, fits));
}

/** Computes the pre-activations of all latents, or of those in `among`, and calls `visit` with each block. */
export async function forEachBlock(
  { memory, product, store, threads }: CpuContext,
  { x, W, bias, rows, dModel, dSae }: EncodeInput,
  among: Uint32Array | undefined,
  visit: (pre: Pre, names: number) => void,
): Promise<void> {
  const total = among?.length ?? dSae;
  const most = blockLength(rows, total);
  const y = store.allocate(4 * rows * most);
  // Weights of a subset of latents are gathered first.
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

/** Codes with room for `counts[row]` entries in each row. */
export function emptyCodes(
  { memory, store }: CpuContext,
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
