/**
 * The sky: a gradient, and clouds on a high plane.
 *
 * @module
 */
import type { Scene } from "./scene.ts";
import { fractalNoise } from "./textures.ts";

/** Writes into `out` the sky's radiance along the unit vector `v`. */
export function skyColour(
  { sky }: Scene,
  vx: number,
  vy: number,
  vz: number,
  out: Float64Array,
): void {
  const up = Math.max(0, vy), { zenith, horizon } = sky;
  const high = Math.sqrt(up);
  let cloud = 0;
  if (sky.clouds > 0 && up > 0.02) {
    const across = 2 / (up + 0.1);
    const noise = fractalNoise(vx * across, 3, vz * across, 0.06 * across);
    const edge = 0.75 - 0.5 * sky.clouds;
    cloud = Math.max(0, Math.min(1, (noise - edge) * 5)) *
      Math.min(1, up * 5) * 0.85;
  }
  const white = Math.max(horizon[0], horizon[1], horizon[2]) * 1.15;
  for (let c = 0; c < 3; c++) {
    const clear = horizon[c]! + (zenith[c]! - horizon[c]!) * high;
    out[c] = clear + (white - clear) * cloud;
  }
}
