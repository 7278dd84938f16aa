/**
 * The default engine: onnxruntime for the dense product, and WebAssembly kernels
 * on all cores for everything else.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { z } from "zod";
import { definePlugin, type Engine, type Plugin } from "../../../mod.ts";
import { adamStep } from "./adam_step.ts";
import { codesOperations } from "./codes_operations.ts";
import { widest } from "./context.ts";
import { denseOperations } from "./dense_operations.ts";
import { cpuMemory } from "./memory.ts";
import { products } from "./product.ts";
import { makeStore } from "./store.ts";
import { startThreads } from "./threads.ts";
import { trainingMemory } from "./training_memory.ts";

const options = z.strictObject({
  threads: z.int().min(1).max(64).optional()
    .describe("Threads to compute on; by default one per core"),
});

/** Options of the cpu engine. */
export type CpuOptions = z.infer<typeof options>;

/** An engine that computes on the processor's cores. */
export async function cpu(
  { threads: wanted }: CpuOptions = {},
): Promise<Engine> {
  const count = wanted ?? availableParallelism();
  const module = await WebAssembly.compile(
    await Deno.readFile(new URL("./kernels.wasm", import.meta.url)),
  );
  const memory = cpuMemory();
  const scratch = memory.allocate(4 * widest * count);
  const threads = await startThreads(
    module,
    memory.memory,
    count,
    (part) => scratch.at + 4 * widest * part,
  );
  const store = makeStore(memory, threads);
  const { product, release } = await products(count);
  const context = { memory, threads, store, product, bars: new Map() };
  return {
    name: "cpu",
    ...denseOperations(context),
    ...codesOperations(context),
    adam: (param, grad, step) => adamStep(context, param, grad, step),
    tidy: (body) => store.tidy(body),
    memory: (size) => trainingMemory(size, count),
    async close() {
      threads.close();
      await release();
    },
  };
}

const plugin: Plugin<"engine", CpuOptions> = definePlugin({
  apiVersion: 1,
  kind: "engine",
  name: "cpu",
  description:
    "Sparse training steps on the processor's cores, near the cost of one matrix product",
  options,
  create: cpu,
});
export default plugin;
