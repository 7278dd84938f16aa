/**
 * A helper thread, which runs its part of each shared kernel call.
 *
 * @module
 */
import {
  control,
  instantiate,
  partOf,
  type WorkerStart,
} from "./control_block.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<WorkerStart>) => void;
  postMessage(message: string): void;
  close(): void;
};

scope.onmessage = ({ data: { module, memory, kernels, part, scratch } }) => {
  const exports = instantiate(module, memory, scratch);
  const flags = new Int32Array(memory.buffer, 0, 16);
  const slots = new Float64Array(memory.buffer, control.argumentsAt, 32);
  let round = Atomics.load(flags, control.round);
  scope.postMessage("listening");
  for (;;) {
    Atomics.wait(flags, control.round, round);
    const now = Atomics.load(flags, control.round);
    if (now === round) continue;
    round = now;
    // A waiting thread can only be ended by itself.
    if (flags[control.kernel] === control.end) return scope.close();
    const parts = flags[control.parts]!;
    if (part < parts) {
      const args = slots.slice(0, flags[control.count]);
      const range = partOf(flags[control.length]!, part, parts);
      try {
        exports[kernels[flags[control.kernel]!]!]!(...args, ...range);
      } catch {
        // The calling thread is waiting and must learn of this.
        Atomics.store(flags, control.failed, 1);
      }
    }
    Atomics.add(flags, control.done, 1);
    Atomics.notify(flags, control.done);
  }
};
