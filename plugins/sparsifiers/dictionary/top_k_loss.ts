/**
 * The training loss of sparsifiers that keep the largest activations.
 *
 * @module
 */
import { z } from "zod";
import type {
  Batch,
  Engine,
  Loss,
  Selection,
  Tensor,
  Tensors,
} from "../../../mod.ts";

/** Options of the auxiliary loss. */
export const auxKOptions = {
  kAux: z.int().min(0).optional().describe(
    "Dead latents kept for a token to explain its error; by default half of d_model, 0 for none",
  ),
  alphaAux: z.number().min(0).default(1 / 32).describe(
    "Weight of the auxiliary loss",
  ),
};

/** Refuses to keep more latents than there are: other programs cannot open such a checkpoint. */
export function keptAreLatents(
  { value: { k, dSae }, issues }: z.core.ParsePayload<
    { readonly k: number; readonly dSae: number }
  >,
): void {
  if (k <= dSae) return;
  issues.push({
    code: "custom",
    path: ["k"],
    input: k,
    message: `is ${k}, more than the ${dSae} latents that dSae makes`,
  });
}

/** Options of {@linkcode topKLoss}. */
export interface TopKLossOptions {
  /** Dead latents kept for a token to explain its error. */
  readonly kAux?: number | undefined;
  /** Weight of the auxiliary loss. */
  readonly alphaAux: number;
}

/**
 * `mean ‖x − x̂‖² + alphaAux · AuxK`. In AuxK (arXiv:2406.04093, A.2) the dead
 * latents alone explain the detached error `e = x − x̂`:
 * `Σ‖e − ê‖² / Σ‖e − mean e‖²`, where `ê` has no `b_dec`, since `e` has none.
 * AuxK is 0 where all errors are equal.
 */
export async function topKLoss(
  engine: Engine,
  params: Tensors,
  { x, dead }: Batch,
  selection: Selection,
  { kAux, alphaAux }: TopKLossOptions,
): Promise<Omit<Loss, "running">> {
  const { W_enc, W_dec, b_enc, b_dec } = params as Dictionary;
  const [rows, dModel] = x.shape as [number, number];
  const codes = await engine.encode(x, { W_enc, b_enc, b_dec }, selection);
  const reconstruction = engine.decode(codes, W_dec, b_dec);
  const error = engine.sub(x, reconstruction);
  const main = engine.mul(squares(engine, error), engine.fill(1 / rows, []));
  const k = Math.min(kAux ?? Math.floor(dModel / 2), dead.length);
  if (k === 0 || alphaAux === 0) {
    return { loss: main, codes, reconstruction, metrics: {} };
  }
  const e = engine.detach(error);
  const revived = await engine.encode(x, { W_enc, b_enc, b_dec }, {
    keep: "top-k",
    k,
    among: dead,
  });
  const rest = engine.sub(e, engine.decode(revived, W_dec));
  const mean = engine.mul(engine.sum(e, 0), engine.fill(1 / rows, []));
  const total = squares(engine, engine.sub(e, mean));
  // Where the error does not vary (one token, equal tokens) AuxK is 0: dividing
  // by almost 0 would drown everything else.
  const varies = engine.greater(
    total,
    engine.mul(squares(engine, e), engine.fill(1e-6, [])),
  );
  const divisor = engine.add(total, engine.sub(engine.fill(1, []), varies));
  const auxK = engine.mul(
    engine.div(squares(engine, rest), divisor),
    varies,
  );
  return {
    loss: engine.add(main, engine.mul(auxK, engine.fill(alphaAux, []))),
    codes,
    reconstruction,
    metrics: { auxK },
  };
}

/** Parameters that the loss uses. */
type Dictionary = Record<"W_enc" | "W_dec" | "b_enc" | "b_dec", Tensor>;

function squares(engine: Engine, x: Tensor): Tensor {
  return engine.sum(engine.mul(x, x));
}
