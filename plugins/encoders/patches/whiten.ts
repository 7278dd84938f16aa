/**
 * Cosine coefficients of a picture's patches, scaled to about equal variance.
 *
 * @module
 */
import type { RgbImage } from "../../../mod.ts";

/** One coefficient of a patch. */
export interface Coefficient {
  /** Half-waves down the patch. */
  readonly u: number;
  /** Half-waves across the patch. */
  readonly v: number;
  /** Brightness (0), red against blue (1), both against green (2). */
  readonly colour: 0 | 1 | 2;
}

/** Orthonormal, and nearly uncorrelated in photographs (doi:10.1364/JOSAA.15.002036). */
const opponents = [
  [1 / Math.sqrt(3), 1 / Math.sqrt(3), 1 / Math.sqrt(3)],
  [1 / Math.sqrt(2), 0, -1 / Math.sqrt(2)],
  [1 / Math.sqrt(6), -2 / Math.sqrt(6), 1 / Math.sqrt(6)],
] as const;

/** Rounded so that photographs of ImageNet have standard deviations of about 1. */
const gains = [12, 48, 96] as const;

/** The frequency that counts for a patch's mean, which varies about as much as a wave of that frequency. */
const meanFrequency = 0.2;

/** The coefficients of a patch of `size × size` pixels, lowest frequency first: `3 · size²`. */
export function coefficients(size: number): Coefficient[] {
  const all = Array.from({ length: size * size * 3 }, (_, i) => ({
    u: Math.floor(i / (3 * size)),
    v: Math.floor(i / 3) % size,
    colour: i % 3 as 0 | 1 | 2,
  }));
  // A stable sort: equal frequencies stay in the order of u, then colour.
  return all.sort((a, b) => radius(a) - radius(b));
}

function radius({ u, v }: Pick<Coefficient, "u" | "v">): number {
  return Math.hypot(u, v);
}

/** Writes a picture's tokens to `tokens`, `[rows · columns, kept]`. */
export type Whiten = (image: RgbImage, tokens: Float32Array) => void;

/**
 * A function that writes the coefficients `kept` of each patch of
 * `size × size` pixels.
 *
 * With `p` the patch, each pixel from −½ to ½, in opponent colours, and `D` its orthonormal
 * discrete cosine transform (DCT-II), a coefficient is
 * `gain(colour) · max(√(u² + v²), 0.2) · D[u, v] / size`. Amplitudes in photographs fall
 * as 1 / frequency (doi:10.1364/JOSAA.4.002379), which the second factor undoes.
 */
export function whitener(
  size: number,
  kept: readonly Coefficient[],
): Whiten {
  const basis = cosines(size);
  const scale = kept.map((one) =>
    gains[one.colour] * Math.max(radius(one), meanFrequency) / size
  );
  const across = 1 + Math.max(...kept.map(({ v }) => v));
  const planes = opponents.map(() => new Float64Array(size * size));
  const waves = opponents.map(() => new Float64Array(across * size));
  return (image, tokens) => {
    const rows = image.height / size, columns = image.width / size;
    for (let patch = 0, out = 0; patch < rows * columns; patch++) {
      const column = patch % columns, row = (patch - column) / columns;
      split(image, row * size, column * size, size, planes);
      planes.forEach((plane, colour) =>
        transformRows(plane, basis, size, waves[colour]!)
      );
      for (let k = 0; k < kept.length; k++, out++) {
        const { u, v, colour } = kept[k]!;
        tokens[out] = scale[k]! *
          dot(basis, u * size, waves[colour]!, v * size, size);
      }
    }
  };
}

/** The orthonormal DCT-II: `[frequency, position]`. */
function cosines(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, i) => {
    const at = i % size, frequency = (i - at) / size;
    const norm = Math.sqrt((frequency === 0 ? 1 : 2) / size);
    return norm * Math.cos(Math.PI * (at + 0.5) * frequency / size);
  });
}

/** Cuts out a patch, in opponent colours: `[size, size]` in each of `planes`. */
function split(
  { data, width }: RgbImage,
  top: number,
  left: number,
  size: number,
  planes: readonly Float64Array[],
): void {
  for (let y = 0, i = 0; y < size; y++) {
    let at = ((top + y) * width + left) * 3;
    for (let x = 0; x < size; x++, i++, at += 3) {
      const red = data[at]! / 255 - 0.5;
      const green = data[at + 1]! / 255 - 0.5;
      const blue = data[at + 2]! / 255 - 0.5;
      for (let c = 0; c < 3; c++) {
        const [r, g, b] = opponents[c]!;
        planes[c]![i] = r * red + g * green + b * blue;
      }
    }
  }
}

/** The cosine transform of each row: `[frequency, row]`, as many frequencies as `waves` holds. */
function transformRows(
  plane: Float64Array,
  basis: Float64Array,
  size: number,
  waves: Float64Array,
): void {
  for (let i = 0; i < waves.length; i++) {
    const y = i % size;
    waves[i] = dot(basis, i - y, plane, y * size, size);
  }
}

function dot(
  a: Float64Array,
  aStart: number,
  b: Float64Array,
  bStart: number,
  length: number,
): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aStart + i]! * b[bStart + i]!;
  return sum;
}
