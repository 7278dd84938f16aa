/**
 * Kernels, run by this thread and its helpers over parts of a range.
 *
 * @module
 */

/** An exported kernel. */
export type Kernel = (...args: number[]) => number;

/** The kernels, alone or shared out. */
export interface Threads {
  /** How many parts a range is cut into at most, this thread's included. */
  readonly count: number;
  /** Runs a kernel here. */
  call(kernel: string, ...args: number[]): number;
  /** Runs a kernel over `0 … length`, cut into parts of at least `grain`; returns when all are done. */
  share(kernel: string, length: number, grain: number, ...args: number[]): void;
  /** Ends the helpers. */
  close(): void;
}

/** What a helper is sent when it starts. */
export interface HelperStart {
  /** The compiled kernels. */
  readonly module: WebAssembly.Module;
  /** The memory all threads share. */
  readonly memory: WebAssembly.Memory;
  /** Names of the kernels, in the order of their numbers. */
  readonly kernels: readonly string[];
  /** Which part is this helper's: 1 and up. */
  readonly part: number;
  /** Where it may keep a row of floats. */
  readonly scratch: number;
}

/**
 * Where the threads talk, in the first page of the memory: integers at byte 0
 * (as numbered below) and the
 * arguments as float64 at byte 64.
 */
export const control = {
  round: 0,
  done: 1,
  kernel: 2,
  count: 3,
  parts: 4,
  length: 5,
  failed: 6,
  argumentsAt: 64,
  /** Instead of a kernel's number: the helpers end. */
  end: -1,
} as const;

/** The part of `0 … length` that is number `part` of `parts`. */
export function partOf(
  length: number,
  part: number,
  parts: number,
): [from: number, to: number] {
  return [
    Math.floor(length * part / parts),
    Math.floor(length * (part + 1) / parts),
  ];
}

/** Starts `count − 1` helpers and waits until they listen. */
export async function startThreads(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  count: number,
  scratch: (part: number) => number,
): Promise<Threads> {
  const kernels = WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === "function").map(({ name }) => name);
  const exports = instantiate(module, memory, scratch(0));
  await Promise.all(
    Array.from({ length: count - 1 }, (_, i) =>
      startHelper({
        module,
        memory,
        kernels,
        part: i + 1,
        scratch: scratch(i + 1),
      })),
  );
  const flags = new Int32Array(memory.buffer, 0, 16);
  const slots = new Float64Array(memory.buffer, control.argumentsAt, 32);
  const call = (kernel: string, ...args: number[]): number =>
    exports[kernel]!(...args);
  return {
    count,
    call,
    share(kernel, length, grain, ...args) {
      const parts = Math.max(1, Math.min(count, Math.floor(length / grain)));
      if (parts === 1) return void call(kernel, ...args, 0, length);
      slots.set(args);
      flags[control.kernel] = kernels.indexOf(kernel);
      flags[control.count] = args.length;
      flags[control.parts] = parts;
      flags[control.length] = length;
      Atomics.store(flags, control.done, 0);
      Atomics.add(flags, control.round, 1);
      Atomics.notify(flags, control.round);
      call(kernel, ...args, ...partOf(length, 0, parts));
      for (;;) {
        const done = Atomics.load(flags, control.done);
        // Every helper answers, those without a part at once.
        if (done === count - 1) break;
        Atomics.wait(flags, control.done, done);
      }
      if (Atomics.exchange(flags, control.failed, 0)) {
        throw new Error(`Kernel "${kernel}" failed in a helper thread`);
      }
    },
    close() {
      flags[control.kernel] = control.end;
      Atomics.add(flags, control.round, 1);
      Atomics.notify(flags, control.round);
    },
  };
}

/** An instance of the kernels with a scratch row of its own. */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  scratch: number,
): Record<string, Kernel> {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  (exports.scratch as WebAssembly.Global).value = scratch;
  return exports as unknown as Record<string, Kernel>;
}

function startHelper(start: HelperStart): Promise<void> {
  const helper = new Worker(new URL("./helper.ts", import.meta.url), {
    type: "module",
  });
  return new Promise((resolve, reject) => {
    helper.onmessage = () => resolve();
    helper.onerror = (event) => reject(new Error(event.message));
    helper.postMessage(start);
  });
}
