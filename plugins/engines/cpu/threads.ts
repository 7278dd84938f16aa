/**
 * Threads that run kernels over parts of a range.
 *
 * @module
 */
import {
  control,
  instantiate,
  partOf,
  type WorkerStart,
} from "./control_block.ts";

/** Runs kernels on this thread and its helpers. */
export interface Threads {
  /** The number of threads, this one included. */
  readonly count: number;
  /** Runs a kernel on this thread. */
  call(kernel: string, ...args: number[]): number;
  /** Runs a kernel over `0 … length`, cut into parts of at least `grain`, and returns when all are done. */
  share(kernel: string, length: number, grain: number, ...args: number[]): void;
  /** Ends the helpers. */
  close(): void;
}

/** Starts `count − 1` helpers and waits until they are ready. */
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
      startWorker({
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
        // Every helper reports; those without a part do so at once.
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

function startWorker(start: WorkerStart): Promise<void> {
  const worker = new Worker(new URL("./_kernel_worker.ts", import.meta.url), {
    type: "module",
  });
  return new Promise((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(start);
  });
}
