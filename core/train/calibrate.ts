/**
 * Calibrates a dictionary's threshold to a target L0.
 *
 * @module
 */
import type { TokenGroup } from "./collect.ts";
import type { EvaluateInput } from "./evaluate.ts";

/**
 * The threshold above which exactly `targetL0` latents per token fire, averaged
 * over the given tokens: halfway between the `targetL0 · tokens`-th largest
 * activation and the next. To bound memory, each group keeps at most
 * `2 · targetL0` activations per token. NaN when there are no tokens.
 */
export async function calibrate(
  groups: AsyncIterable<TokenGroup>,
  { engine, params, scale }: EvaluateInput,
  targetL0: number,
): Promise<number> {
  const { W_enc, b_enc, b_dec } = params;
  const held: Float32Array[] = [];
  let tokens = 0;
  for await (const { x, examples } of groups) {
    if (examples.length === 0) continue;
    await engine.tidy(async () => {
      const scaled = x.data.map((value) => value * scale);
      const weights = {
        W_enc: W_enc!,
        ...b_enc && { b_enc },
        ...b_dec && { b_dec },
      };
      const codes = await engine.encode(
        engine.tensor(scaled, x.shape),
        weights,
        { keep: "batch-top-k", k: 2 * targetL0 },
      );
      held.push(await engine.read(codes.values));
    });
    tokens += x.shape[0]!;
  }
  if (tokens === 0) return NaN;
  const values = joined(held).sort();
  const at = values.length - Math.round(targetL0 * tokens);
  // Too few are positive to reach the target, so all may fire.
  return at <= 0 ? 0 : (values[at]! + values[at - 1]!) / 2;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
