import { deepEqual } from "node:assert/strict";
import { passing } from "../../../../plugins/probes/who/passing_rule.ts";

Deno.test("passing() asks for both: a small q, and halves that agree", () => {
  const q = Float64Array.of(0.01, 0.01, 0.2, NaN, 0.01);
  const agreement = Float32Array.of(0.9, 0.4, 0.9, 0.9, NaN);
  deepEqual([...passing(q, { agreement }, 0.05)], [1, 0, 0, 0, 0]);
});
