/**
 * One WebAssembly memory that the kernels, all threads and onnxruntime see.
 *
 * @module
 */

/** A piece of the memory. */
export interface Block {
  /** First byte. */
  readonly at: number;
  /** How many bytes were set aside. */
  readonly bytes: number;
}

/** The memory and what is free in it. */
export interface CpuMemory {
  /** What the kernels import. */
  readonly memory: WebAssembly.Memory;
  /** Sets bytes aside, aligned to 64; their contents are anything. */
  allocate(bytes: number): Block;
  /** Gives a block back. */
  free(block: Block): void;
  /** A view of floats; it stays valid. */
  floats(at: number, length: number): Float32Array;
  /** A view of integers; it stays valid. */
  integers(at: number, length: number): Uint32Array;
  /**
   * The same floats in a buffer that does not say it is shared: onnxruntime
   * refuses those that do. The addresses are equal, so nothing is copied.
   */
  unshared(at: number, length: number): Float32Array<ArrayBuffer>;
}

const page = 65536;
/** WebAssembly addresses are 32 bits. */
const limit = 2 ** 32;

/** Makes an empty memory; its first page is for the threads' control block. */
export function cpuMemory(): CpuMemory {
  const memory = new WebAssembly.Memory({
    initial: 2,
    maximum: limit / page,
    shared: true,
  });
  const free = new Map<number, Block[]>();
  let top = page;
  let raw: ArrayBuffer | undefined;

  const extend = (bytes: number): number => {
    const at = top, end = top + bytes;
    if (end > limit) {
      throw new RangeError(
        `Cannot hold ${bytes} more bytes: the cpu engine addresses 4 GiB and holds ${top}; use fewer latents or a smaller batch`,
      );
    }
    const missing = Math.ceil((end - memory.buffer.byteLength) / page);
    if (missing > 0) memory.grow(missing);
    top = end;
    return at;
  };
  const whole = (): ArrayBuffer => {
    if (raw?.byteLength === memory.buffer.byteLength) return raw;
    // A shared memory grows in place, so earlier views stay right.
    const bytes = new Uint8Array(memory.buffer as unknown as ArrayBuffer);
    const address = Deno.UnsafePointer.of(bytes);
    raw = Deno.UnsafePointerView.getArrayBuffer(address!, bytes.byteLength);
    return raw;
  };
  return {
    memory,
    allocate(bytes) {
      const size = sizeClass(bytes);
      const block = free.get(size)?.pop();
      return block ?? { at: extend(size), bytes: size };
    },
    free(block) {
      const same = free.get(block.bytes);
      if (same) same.push(block);
      else free.set(block.bytes, [block]);
    },
    floats: (at, length) => new Float32Array(memory.buffer, at, length),
    integers: (at, length) => new Uint32Array(memory.buffer, at, length),
    unshared: (at, length) => new Float32Array(whole(), at, length),
  };
}

/** Rounds small sizes up to an eighth of their power of two, so that pieces are used again. */
function sizeClass(bytes: number): number {
  const granule = bytes > 2 ** 24
    ? 64
    : Math.max(64, 2 ** (Math.floor(Math.log2(Math.max(bytes, 1))) - 3));
  return Math.max(64, Math.ceil(bytes / granule) * granule);
}
