/** Tests of {@linkcode topClasses}. @module */
import { deepEqual } from "node:assert/strict";
import { topClasses } from "../../../tasks/predict/report.ts";

Deno.test("topClasses() gives the likeliest first, large logits too", () => {
  const said = (data: number[], labels?: string[]) => ({
    prediction: {
      hook: "logits",
      kind: "logits" as const,
      meaning: "",
      ...labels && { labels },
    },
    values: { data: Float32Array.from(data), shape: [data.length] },
  });
  deepEqual(topClasses(said([1000, 1000], ["a", "b"])), [
    { label: "a", probability: 0.5 },
    { label: "b", probability: 0.5 },
  ]);
  deepEqual(
    topClasses(said([-1000, 1000, -1000]), 1),
    [{ label: "class 1", probability: 1 }],
  );
});
