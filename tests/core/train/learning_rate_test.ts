/** Tests of the learning rate over a run. @module */
import { equal, ok } from "node:assert/strict";
import {
  defaultLearningRate,
  learningRate,
} from "../../../core/train/learning_rate.ts";

const schedule = { lr: 2, warmup: 10, decay: 0.25, steps: 100 };

Deno.test("learningRate() rises, stays and falls, and never gives 0", () => {
  const rates = Array.from(
    { length: 100 },
    (_, step) => learningRate(step, schedule),
  );
  equal(rates[0], 2 / 11);
  equal(rates[4], 2 * 5 / 11);
  equal(rates[10], 2);
  equal(rates[75], 2);
  equal(rates[76], 2 * 24 / 25);
  equal(rates[99], 2 / 25);
  ok(rates.every((rate) => rate > 0 && rate <= 2));
  for (let step = 1; step < 100; step++) {
    const change = rates[step]! - rates[step - 1]!;
    ok(step <= 10 ? change > 0 : step <= 75 ? change === 0 : change < 0);
  }
});

Deno.test("learningRate() without warm-up or decay is lr throughout", () => {
  for (const step of [0, 1, 50, 99]) {
    equal(learningRate(step, { ...schedule, warmup: 0, decay: 0 }), 2);
  }
  const onlyStep = { lr: 2, warmup: 0, decay: 1, steps: 1 };
  equal(learningRate(0, onlyStep), 2);
});

Deno.test("defaultLearningRate() follows the rule of dictionary size", () => {
  equal(defaultLearningRate(2 ** 14), 2e-4);
  equal(defaultLearningRate(2 ** 12), 4e-4);
  equal(defaultLearningRate(2 ** 16), 1e-4);
});
