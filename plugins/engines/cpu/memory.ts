/**
 * The WebAssembly memory that kernels, threads and onnxruntime share.
 *
 * @module
 */

/** A piece of the memory. */
export interface Block {
  /** Address of its first byte. */
  readonly at: number;
  /** Its size in bytes. */
  readonly bytes: number;
}

/** The memory and its allocator. */
export interface CpuMemory {
  /** What the kernels import. */
  readonly memory: WebAssembly.Memory;
  /** Allocates bytes, aligned to 64, with arbitrary contents. */
  allocate(bytes: number): Block;
  /** Frees a block. */
  free(block: Block): void;
  /** A view of floats, which stays valid. */
  floats(at: number, length: number): Float32Array;
  /** A view of integers, which stays valid. */
  integers(at: number, length: number): Uint32Array;
  /**
   * The same floats in a buffer that is not marked as shared, since onnxruntime
   * refuses shared buffers. The addresses are equal: nothing is copied.
   */
  unshared(at: number, length: number): Float32Array<ArrayBuffer>;
}

const page = 65536;
/** WebAssembly addresses are 32 bits. */
const limit = 2 ** 32;

/**
 * Makes an empty memory; its first page is for the threads' control block.
 *
 * All addresses are reserved at the start: a page costs nothing until it is
 * touched, and a memory that never grows cannot be stale in another thread.
 */
export function cpuMemory(): CpuMemory {
  const memory = reserve(limit / page);
  const size = memory.buffer.byteLength;
  const bytes = new Uint8Array(memory.buffer as unknown as ArrayBuffer);
  const raw = Deno.UnsafePointerView.getArrayBuffer(
    Deno.UnsafePointer.of(bytes)!,
    size,
  );
  const free = new Map<number, Block[]>();
  let top = page;

  const extend = (bytes: number): number => {
    const at = top;
    if (at + bytes > size) {
      throw new RangeError(
        `Cannot hold ${bytes} more bytes: the cpu engine has ${size} and holds ${top}; use fewer latents or a smaller batch`,
      );
    }
    top += bytes;
    return at;
  };
  return {
    memory,
    allocate(bytes) {
      const size = sizeClass(bytes);
      const same = free.get(size);
      const held = same?.length ? same : bestFit(free, size);
      return held?.pop() ?? { at: extend(size), bytes: size };
    },
    free(block) {
      const same = free.get(block.bytes);
      if (same) same.push(block);
      else free.set(block.bytes, [block]);
    },
    floats: (at, length) => new Float32Array(memory.buffer, at, length),
    integers: (at, length) => new Uint32Array(memory.buffer, at, length),
    unshared: (at, length) => new Float32Array(raw, at, length),
  };
}

/**
 * The free blocks of the smallest size that holds `size` bytes and wastes less
 * than half. The number of kept entries differs from step to step: without
 * this, each size would occupy memory of its own.
 */
function bestFit(
  free: ReadonlyMap<number, Block[]>,
  size: number,
): Block[] | undefined {
  let best = 2 * size, found: Block[] | undefined;
  for (const [bytes, blocks] of free) {
    if (bytes < size || bytes >= best || blocks.length === 0) continue;
    best = bytes;
    found = blocks;
  }
  return found;
}

/** Rounds small sizes up to an eighth of their power of two, so that blocks are reused. */
function sizeClass(bytes: number): number {
  const granule = bytes > 2 ** 24
    ? 64
    : Math.max(64, 2 ** (Math.floor(Math.log2(Math.max(bytes, 1))) - 3));
  return Math.max(64, Math.ceil(bytes / granule) * granule);
}

/** As many pages as the system lets a process reserve, at most `most`. */
function reserve(most: number): WebAssembly.Memory {
  for (let pages = most;; pages /= 2) {
    try {
      return new WebAssembly.Memory({
        initial: pages,
        maximum: pages,
        shared: true,
      });
    } catch (error) {
      if (pages <= 1024) throw error;
    }
  }
}
