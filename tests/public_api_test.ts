/** A test of what `mod.ts` exports: a change here is a change for users. @module */
import { deepEqual } from "node:assert/strict";

Deno.test("mod.ts exports what its users count on", async () => {
  deepEqual(Object.keys(await import("../mod.ts")).sort(), [
    "ConfigError",
    "ExampleError",
    "FormatError",
    "TrainingError",
    "definePlugin",
    "isUserError",
    "permutation",
    "randomFrom",
    "readFloats",
    "readSafetensorsHeader",
    "readTensorBytes",
    "replaceFile",
    "replaceTextFile",
    "sizeOf",
    "tensorOf",
    "valueAndGrad",
    "writeSafetensors",
  ]);
});
