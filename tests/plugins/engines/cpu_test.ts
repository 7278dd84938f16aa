import { deepEqual } from "node:assert/strict";
import { buildKernels } from "../../../plugins/engines/cpu/build.ts";
import { cpu } from "../../../plugins/engines/cpu/mod.ts";
import { testEngine } from "../../conformance/engine.ts";

testEngine("cpu on one thread", () => cpu({ threads: 1 }));
testEngine("cpu on two threads", () => cpu({ threads: 2 }));
testEngine("cpu on five threads", () => cpu({ threads: 5 }));

Deno.test("kernels.wasm equals its rebuild from source", async () => {
  const committed = await Deno.readFile(
    new URL("../../../plugins/engines/cpu/kernels.wasm", import.meta.url),
  );
  deepEqual(committed, await buildKernels());
});
