/**
 * Tone mapping of radiance to sRGB bytes.
 *
 * @module
 */

const steps = 4096;

/** sRGB bytes for `[0, 1]` in `steps` steps (IEC 61966-2-1). */
const srgb: Uint8Array = Uint8Array.from({ length: steps }, (_, i) => {
  const x = i / (steps - 1);
  const y = x < 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055;
  return Math.round(y * 255);
});

/**
 * Scales `light`, `[height, width, 3]`, to a geometric mean of `key` (0.18 is a
 * photographer's middle grey), rolls off the highlights and returns sRGB bytes of
 * the same shape. Key and curve are those of Reinhard et al. 2002, equation 4.
 */
export function toneMap(light: Float32Array, key: number): Uint8Array {
  const gain = key / geometricMean(light), white = 4;
  const bytes = new Uint8Array(light.length);
  for (let i = 0; i < light.length; i++) {
    const x = light[i]! * gain;
    const y = x * (1 + x / (white * white)) / (1 + 0.6 * x);
    bytes[i] = srgb[Math.min(steps - 1, Math.max(0, (y * steps) | 0))]!;
  }
  return bytes;
}

/** The mean over every 16th pixel's green, which dominates perceived brightness. */
function geometricMean(light: Float32Array): number {
  let sum = 0, count = 0;
  for (let i = 1; i < light.length; i += 48) {
    sum += Math.log(light[i]! + 1e-3);
    count++;
  }
  return Math.exp(sum / count);
}
