/**
 * Tensors and codes in the engine's memory, freed by scope.
 *
 * @module
 */
import { type Codes, type Shape, sizeOf, type Tensor } from "../../../mod.ts";
import type { Block, CpuMemory } from "./memory.ts";
import type { Threads } from "./threads.ts";

/** A product `codesᵀ · x` that is not computed yet. */
export interface Term {
  /** The codes. */
  readonly codes: CpuCodes;
  /** The matrix, `[rows, dModel]`. */
  readonly x: CpuTensor;
}

/**
 * A tensor of the cpu engine. A dictionary's gradient stays a sum of sparse
 * products, `terms`, unless its values are read; Adam needs one row at a time.
 */
export interface CpuTensor extends Tensor {
  /** Its values; absent while it is a sum of terms. */
  block?: Block;
  /** The terms it is the sum of, while it has no values. */
  readonly terms?: readonly Term[];
}

/** Entries ordered by latent. */
export interface ByLatent {
  /** Where each latent's entries start, `[dSae + 1]` integers. */
  readonly starts: Block;
  /** The row of each entry, `[entries]` integers. */
  readonly rows: Block;
  /** The index of each entry in row order, `[entries]` integers. */
  readonly entries: Block;
}

/** Which entries are kept, without their values. */
export interface Pattern {
  /** `[rows, dSae]` */
  readonly shape: readonly [number, number];
  /** Number of entries. */
  readonly count: number;
  /** Where each row's entries start, `[rows + 1]` integers. */
  readonly offsets: Block;
  /** The latent of each entry, `[entries]` integers. */
  readonly latents: Block;
  /** The same entries by latent, once needed. */
  byLatent?: ByLatent;
}

/** Codes of the cpu engine. */
export interface CpuCodes extends Codes {
  readonly pattern: Pattern;
  readonly values: CpuTensor;
}

/** Makes and frees tensors. */
export interface Store {
  /** Allocates memory that lives as long as the current scope. */
  allocate(bytes: number): Block;
  /** Frees at once what {@linkcode Store.allocate} returned. */
  release(block: Block): void;
  /** A new tensor with arbitrary values. */
  empty(shape: Shape): CpuTensor;
  /** The address of a tensor's values; computes a sum of terms. */
  at(x: Tensor): number;
  /** A view of a tensor's values. */
  floats(x: Tensor): Float32Array;
  /** A pattern's entries ordered by latent. */
  byLatent(pattern: Pattern): ByLatent;
  /** Writes terms as five pointers each and returns their address. */
  terms(terms: readonly Term[]): number;
  /** Runs `body` and frees what it made and did not return. */
  tidy<T>(body: () => T | Promise<T>): Promise<T>;
}

/** An empty store. */
export function makeStore(memory: CpuMemory, threads: Threads): Store {
  const scopes: Set<Block>[] = [new Set()];
  const store: Store = {
    allocate(bytes) {
      const block = memory.allocate(bytes);
      scopes.at(-1)!.add(block);
      return block;
    },
    release(block) {
      const scope = scopes.findLast((blocks) => blocks.delete(block));
      if (scope) memory.free(block);
    },
    empty: (shape) => ({ shape, block: store.allocate(4 * sizeOf(shape)) }),
    at(x) {
      const tensor = x as CpuTensor;
      tensor.block ??= carryOut(store, threads, tensor);
      return tensor.block.at;
    },
    floats: (x) => memory.floats(store.at(x), sizeOf(x.shape)),
    byLatent(pattern) {
      pattern.byLatent ??= orderByLatent(store, threads, pattern);
      return pattern.byLatent;
    },
    terms(terms) {
      const block = store.allocate(20 * Math.max(1, terms.length));
      const words = memory.integers(block.at, 5 * terms.length);
      terms.forEach(({ codes, x }, i) => {
        const { starts, rows, entries } = store.byLatent(codes.pattern);
        words.set([
          starts.at,
          rows.at,
          entries.at,
          store.at(codes.values),
          store.at(x),
        ], 5 * i);
      });
      return block.at;
    },
    async tidy(body) {
      const scope = new Set<Block>();
      scopes.push(scope);
      try {
        const result = await body();
        // Terms must be computed before their factors are freed.
        const kept = blocksOf(store, result);
        for (const block of kept) {
          if (scope.delete(block)) scopes.at(-2)!.add(block);
        }
        return result;
      } finally {
        scopes.splice(scopes.indexOf(scope), 1);
        for (const block of scope) memory.free(block);
      }
    },
  };
  return store;
}

/** The blocks of a tensor, of codes, or of those among an object's values. */
function blocksOf(store: Store, result: unknown, deep = true): Block[] {
  if (typeof result !== "object" || result === null) return [];
  if (ArrayBuffer.isView(result)) return [];
  if ("pattern" in result) {
    const { pattern, values } = result as CpuCodes;
    const { starts, rows, entries } = pattern.byLatent ??
      { starts: [], rows: [], entries: [] };
    return [pattern.offsets, pattern.latents, starts, rows, entries].flat()
      .concat(blocksOf(store, values));
  }
  // Host tensors have a shape, too, but neither block nor terms.
  if ("block" in result || "terms" in result) {
    store.at(result as CpuTensor);
    return [(result as CpuTensor).block!];
  }
  if (!deep) return [];
  return Object.values(result).flatMap((value) =>
    blocksOf(store, value, false)
  );
}

function carryOut(store: Store, threads: Threads, x: CpuTensor): Block {
  const [dSae, width] = x.shape as [number, number];
  const out = store.allocate(4 * dSae * width);
  const terms = x.terms!;
  const at = store.terms(terms);
  threads.share("outer", dSae, 16, at, terms.length, width, out.at);
  return out;
}

function orderByLatent(
  store: Store,
  threads: Threads,
  { shape: [rows, dSae], count, offsets, latents }: Pattern,
): ByLatent {
  const order = {
    starts: store.allocate(4 * (dSae + 2)),
    rows: store.allocate(4 * count),
    entries: store.allocate(4 * count),
  };
  threads.call(
    "byLatent",
    offsets.at,
    latents.at,
    rows,
    dSae,
    order.starts.at,
    order.rows.at,
    order.entries.at,
  );
  return order;
}
