/**
 * Textures in space: the share of a material's second colour at each point,
 * averaged over a pixel's footprint to avoid aliasing.
 *
 * @module
 */
import { randomFrom } from "../../../mod.ts";
import type { Texture } from "./scene.ts";

const lattice: Float32Array = (() => {
  const random = randomFrom(0x7e55e7a);
  return Float32Array.from({ length: 32 ** 3 }, () => random.next());
})();

/** Value noise: smooth, in `[0, 1]`, one bump a cell, repeating after 32 cells. */
function valueNoise(x: number, y: number, z: number): number {
  const fx = Math.floor(x), fy = Math.floor(y), fz = Math.floor(z);
  let u = x - fx, v = y - fy, w = z - fz;
  u = u * u * (3 - 2 * u);
  v = v * v * (3 - 2 * v);
  w = w * w * (3 - 2 * w);
  const x0 = fx & 31, x1 = (fx + 1) & 31;
  const y0 = (fy & 31) << 5, y1 = ((fy + 1) & 31) << 5;
  const z0 = (fz & 31) << 10, z1 = ((fz + 1) & 31) << 10;
  const a = lattice[x0 + y0 + z0]!, b = lattice[x1 + y0 + z0]!;
  const c = lattice[x0 + y1 + z0]!, d = lattice[x1 + y1 + z0]!;
  const e = lattice[x0 + y0 + z1]!, f = lattice[x1 + y0 + z1]!;
  const g = lattice[x0 + y1 + z1]!, h = lattice[x1 + y1 + z1]!;
  const ab = a + (b - a) * u, cd = c + (d - c) * u;
  const ef = e + (f - e) * u, gh = g + (h - g) * u;
  const near = ab + (cd - ab) * v, far = ef + (gh - ef) * v;
  return near + (far - near) * w;
}

/** Octaves of value noise, in `[0, 1]`, without those finer than `footprint` cells. */
export function fractalNoise(
  x: number,
  y: number,
  z: number,
  footprint: number,
): number {
  let sum = 0.5, weight = 0.5, size = 1;
  for (let octave = 0; octave < 4; octave++) {
    const keep = 1.5 - size * footprint;
    if (keep <= 0) break;
    const shift = 17.3 * octave;
    sum += weight * Math.min(1, keep) *
      (valueNoise(x * size + shift, y * size + shift, z * size + shift) - 0.5);
    weight *= 0.55;
    size *= 2.13;
  }
  return sum;
}

/** A square wave of period 2 between −1 and 1, averaged over `width`. */
function wave(x: number, width: number): number {
  const phase = x / 2 - Math.floor(x / 2);
  // Signed distance to the nearest edge, positive in the first half.
  const distance = 0.5 - Math.abs(2 * phase - 1);
  return Math.max(-1, Math.min(1, -2 * distance / (width + 1e-6))) *
    Math.min(1, 1 / (width * width + 1e-6));
}

/** 1 within `half` of an integer and 0 elsewhere, averaged over `width`. */
function line(x: number, half: number, width: number): number {
  const distance = Math.abs(x - Math.round(x));
  const inside = Math.max(
    0,
    Math.min(1, 0.5 + (half - distance) / (width + 1e-6)),
  );
  const fade = Math.max(0, Math.min(1, 1.5 - width));
  return 2 * half + (inside - 2 * half) * fade;
}

function cellValue(x: number, y: number, z: number): number {
  return lattice[
    ((Math.floor(x) * 7) & 31) + (((Math.floor(y) * 11) & 31) << 5) +
    (((Math.floor(z) * 13) & 31) << 10)
  ]!;
}

/**
 * Share of the second colour, in `[0, 1]`, at a point on a surface with normal
 * `n`; the pixel covers `w` along each axis. Lengths are in cells of the pattern.
 */
export function textureAt(
  texture: Texture,
  x: number,
  y: number,
  z: number,
  nx: number,
  ny: number,
  nz: number,
  wx: number,
  wy: number,
  wz: number,
): number {
  const width = Math.max(wx, wy, wz);
  switch (texture) {
    case "checker":
      return 0.5 + 0.5 * wave(x, wx) * wave(y, wy) * wave(z, wz);
    case "stripes":
      return 0.5 + 0.5 * wave(x, wx);
    case "noise":
      return sharpen(fractalNoise(x, y, z, width));
    case "marble": {
      const veins = x + z * 0.5 + 3 * fractalNoise(x, y, z, width);
      return width > 1 ? 0.5 : 0.5 + 0.5 * Math.sin(veins * 3);
    }
    case "wood": {
      const rings = Math.sqrt(x * x + z * z) * 2 +
        0.6 * fractalNoise(x, y * 0.2, z, width);
      return width > 0.5 ? 0.5 : rings - Math.floor(rings);
    }
    case "plain":
      return 0;
  }
  // The other patterns are flat: drawn along the two axes closest to the surface.
  const ax = Math.abs(nx), ay = Math.abs(ny), az = Math.abs(nz);
  return ay >= ax && ay >= az
    ? flatAt(texture, x, z, wx, wz)
    : ax > az
    ? flatAt(texture, z, y, wz, wy)
    : flatAt(texture, x, y, wx, wy);
}

function sharpen(x: number): number {
  return Math.max(0, Math.min(1, 0.5 + (x - 0.5) * 2));
}

function flatAt(
  texture: Texture,
  u: number,
  v: number,
  wu: number,
  wv: number,
): number {
  if (texture === "dots") return dots(u, v, Math.max(wu, wv));
  const row = Math.floor(v * 2);
  const across = texture === "bricks" ? u + (row & 1) * 0.5 : u;
  const up = texture === "bricks" ? v * 2 : v;
  const up2 = texture === "bricks" ? wv * 2 : wv;
  const joint = Math.max(line(across, 0.03, wu), line(up, 0.05, up2));
  const tint = cellValue(across, up, 5) *
    Math.max(0, Math.min(1, 1.5 - Math.max(wu, up2)));
  return Math.max(joint, 0.35 * tint);
}

function dots(u: number, v: number, width: number): number {
  const x = u - Math.round(u), y = v - Math.round(v);
  const edge = (0.3 - Math.sqrt(x * x + y * y)) / (width + 1e-6);
  const fade = Math.max(0, Math.min(1, 1.5 - width));
  const inside = Math.max(0, Math.min(1, 0.5 + edge));
  return 0.28 + (inside - 0.28) * fade;
}
