/**
 * Measures how well a dictionary reconstructs tokens.
 *
 * @module
 */
import type { TokenGroup } from "./collect.ts";
import type { Engine } from "../engine.ts";
import { fvuSums } from "./fvu.ts";
import type { Sparsifier } from "../sparsifier.ts";
import type { Tensors } from "../tensor.ts";

/** What to evaluate. */
export interface EvaluateInput {
  /** Where the maths is done. */
  readonly engine: Engine;
  /** The dictionary. */
  readonly sparsifier: Sparsifier;
  /** Its parameters, in `engine`. */
  readonly params: Tensors;
  /** What tokens are multiplied by first: 1 for a checkpoint. */
  readonly scale: number;
}

/** What {@linkcode evaluate} measures, with the dictionary as at inference. */
export interface Evaluation {
  /** The fraction of variance unexplained. */
  readonly fvu: number;
  /** Latents per token. */
  readonly l0: number;
  /** Share of the latents that fire on none of the tokens. */
  readonly silent: number;
  /** How many tokens there were. */
  readonly tokens: number;
  /** How many pictures they came from. */
  readonly images: number;
  /** How many pictures could not be decoded. */
  readonly skipped: number;
}

/** Measures a dictionary on tokens. */
export async function evaluate(
  groups: AsyncIterable<TokenGroup>,
  { engine, sparsifier, params, scale }: EvaluateInput,
): Promise<Evaluation> {
  const fired = new Float64Array(sparsifier.dSae);
  let sums, kept = 0, tokens = 0, images = 0, skipped = 0;
  for await (const { x, examples, skipped: bad } of groups) {
    skipped += bad.length;
    if (examples.length === 0) continue;
    sums ??= fvuSums(x.shape[1]!);
    const scaled = x.data.map((value) => value * scale);
    await engine.tidy(async () => {
      const input = engine.tensor(scaled, x.shape);
      const codes = await sparsifier.encode(engine, params, input);
      const error = engine.sub(input, sparsifier.decode(engine, params, codes));
      const squares = engine.sum(engine.mul(error, error));
      sums!.add(scaled, (await engine.read(squares))[0]!);
      const counts = await engine.read(engine.count(codes));
      counts.forEach((count, latent) => fired[latent]! += count);
      kept += codes.values.shape[0]!;
    });
    tokens += x.shape[0]!;
    images += examples.length;
  }
  return {
    fvu: sums?.value() ?? NaN,
    l0: kept / tokens,
    silent: fired.filter((count) => count === 0).length / fired.length,
    tokens,
    images,
    skipped,
  };
}
