/**
 * Numbers one after the other.
 *
 * @module
 */

/** The parts, one after the other; a single one is not copied. */
export function joined<Numbers extends Float32Array | Float64Array>(
  type: new (length: number) => Numbers,
  parts: readonly Numbers[],
): Numbers {
  if (parts.length === 1) return parts[0]!;
  const out = new type(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
