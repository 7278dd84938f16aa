import { deepStrictEqual, ok } from "node:assert/strict";
import { randomFrom, type Sparsifier } from "tessera";
import { cpu } from "../../../plugins/engines/cpu/mod.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import { batchTopK } from "../../../plugins/sparsifiers/batch_top_k.ts";
import { reluL1 } from "../../../plugins/sparsifiers/relu_l1.ts";
import { topK } from "../../../plugins/sparsifiers/top_k.ts";
import { closeTo } from "../../conformance/close_to.ts";
import { fromRows, normals } from "./_float64.ts";
import { runLoss } from "./_on_engine.ts";

/** Large enough that both threads get a part, and not a multiple of 4. */
const rows = 131, dModel = 31, dSae = 259;
const common = { dSae, init: "random", bDec: "mean" } as const;
const sparsifiers: Record<string, Sparsifier> = {
  "batch-top-k": batchTopK({ ...common, k: 5.5, alphaAux: 1 / 32 }),
  "relu-l1": reluL1({ ...common, lambda: 0.1, lambdaWarmup: 0 }),
  "top-k": topK({ ...common, k: 5, alphaAux: 1 / 32 }),
};

for (const [name, sparsifier] of Object.entries(sparsifiers)) {
  Deno.test(`${name} has the same loss and gradients on the cpu engine's threads as on the reference`, async () => {
    const x = fromRows(normals(rows, dModel, 1));
    const random = randomFrom(1);
    const params = sparsifier.init({ dModel, sample: x, random });
    const latents = Uint32Array.from({ length: dSae }, (_, i) => i);
    const engine = await cpu({ threads: 2 });
    try {
      for (const dead of [new Uint32Array(), latents.filter((i) => i % 3)]) {
        const [found, expected] = await Promise.all(
          [engine, reference()].map((engine) =>
            runLoss(
              engine,
              params,
              x,
              (...given) => sparsifier.loss(...given),
              { dead },
            )
          ),
        );
        closeTo([found!.loss], [expected!.loss], 1e-4, "loss");
        deepStrictEqual(found!.codes.latents, expected!.codes.latents);
        const names = Object.keys(expected!.grads);
        ok(names.length === 4, `gradients of ${names}`);
        for (const name of names) {
          closeTo(
            found!.grads[name]!,
            expected!.grads[name]!,
            1e-4,
            `gradient of ${name} with ${dead.length} dead`,
          );
        }
      }
    } finally {
      await engine.close();
    }
  });
}
