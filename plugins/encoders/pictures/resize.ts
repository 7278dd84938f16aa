/**
 * Resizes pictures as Pillow does, byte for byte: https://github.com/python-
 * pillow/Pillow/blob/main/src/libImaging/Resample.c.
 *
 * @module
 */
import type { RgbImage } from "../../../mod.ts";

/** How new pixels are computed from old ones. */
export type Filter =
  | "nearest"
  | "box"
  | "bilinear"
  | "hamming"
  | "bicubic"
  | "lanczos";

/** Which old pixels each new pixel of an axis is computed from. */
interface Taps {
  /** The most old pixels that a new one takes. */
  readonly width: number;
  /** The first old pixel, `[size]`. */
  readonly first: Int32Array;
  /** How many old pixels, `[size]`. */
  readonly count: Int32Array;
  /** Their weights, `[size, width]`, in units of 2⁻²². */
  readonly weights: Int32Array;
}

/** How far a filter reaches, and its weight at a distance. */
interface Kernel {
  readonly reach: number;
  weight(distance: number): number;
}

const kernels: Readonly<Record<Exclude<Filter, "nearest">, Kernel>> = {
  box: { reach: 0.5, weight: (x) => x > -0.5 && x <= 0.5 ? 1 : 0 },
  hamming: {
    reach: 1,
    weight: (x) =>
      Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0,
  },
  lanczos: {
    reach: 3,
    weight: (x) => x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0,
  },
  bilinear: { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { reach: 2, weight: (x) => cubic(Math.abs(x)) },
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Keys's cubic convolution with a = −0.5 (doi:10.1109/TASSP.1981.1163711). */
function cubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

const precision = 22, half = 1 << (precision - 1);

/** How many axes are remembered, since datasets repeat sizes. */
const remembered = 64;
const memory = new Map<string, Taps>();

/**
 * `image` stretched to `width × height` pixels, byte for byte as by Pillow's
 * `Image.resize`: the filter widens where the picture shrinks, and there is one
 * pass along the rows and one down the columns, each rounded to 8 bits.
 *
 * @example
 * ```ts
 * import { resize } from "./resize.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const grey = { data: new Uint8Array(12).fill(7), width: 2, height: 2 };
 * const { data, ...size } = resize(grey, 3, 1, "bicubic");
 * deepEqual([...data], Array(9).fill(7));
 * deepEqual(size, { width: 3, height: 1 });
 * ```
 */
export function resize(
  image: RgbImage,
  width: number,
  height: number,
  filter: Filter,
): RgbImage {
  if (filter === "nearest") return nearestPixels(image, width, height);
  const wide = image.width === width ? image : alongRows(image, width, filter);
  return image.height === height ? wide : downColumns(wide, height, filter);
}

/** The old pixel under the middle of each new one. */
function nearestPixels(
  image: RgbImage,
  width: number,
  height: number,
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  const column = (x: number) => Math.floor((x + 0.5) * (image.width / width));
  const from = Array.from({ length: width }, (_, x) => 3 * column(x));
  for (let y = 0, out = 0; y < height; y++) {
    const row = Math.floor((y + 0.5) * (image.height / height));
    for (const at of from) {
      const pixel = 3 * row * image.width + at;
      for (let c = 0; c < 3; c++) data[out++] = image.data[pixel + c]!;
    }
  }
  return { data, width, height };
}

type Kernels = keyof typeof kernels;

function alongRows(image: RgbImage, width: number, filter: Kernels): RgbImage {
  const { first, count, weights, width: taps } = axis(
    image.width,
    width,
    filter,
  );
  const { data: from, height } = image;
  const to = new Uint8Array(width * height * 3);
  for (let y = 0, out = 0; y < height; y++) {
    const row = y * image.width * 3;
    for (let x = 0; x < width; x++, out += 3) {
      let r = half, g = half, b = half;
      let at = row + first[x]! * 3;
      for (let k = x * taps, end = k + count[x]!; k < end; k++, at += 3) {
        const weight = weights[k]!;
        r += Math.imul(from[at]!, weight);
        g += Math.imul(from[at + 1]!, weight);
        b += Math.imul(from[at + 2]!, weight);
      }
      to[out] = clip(r >> precision);
      to[out + 1] = clip(g >> precision);
      to[out + 2] = clip(b >> precision);
    }
  }
  return { data: to, width, height };
}

function downColumns(
  image: RgbImage,
  height: number,
  filter: Kernels,
): RgbImage {
  const { first, count, weights, width: taps } = axis(
    image.height,
    height,
    filter,
  );
  const { data: from, width } = image;
  const to = new Uint8Array(width * height * 3), stride = width * 3;
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let k = 0; k < count[y]!; k++) {
      const row = (first[y]! + k) * stride, weight = weights[y * taps + k]!;
      for (let i = 0; i < stride; i++) {
        sums[i]! += Math.imul(from[row + i]!, weight);
      }
    }
    for (let i = 0, out = y * stride; i < stride; i++, out++) {
      to[out] = clip(sums[i]! >> precision);
    }
  }
  return { data: to, width, height };
}

function clip(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** {@linkcode makeAxis}, remembered. */
function axis(from: number, to: number, filter: Kernels): Taps {
  const key = `${from} ${to} ${filter}`;
  const known = memory.get(key);
  if (known) return known;
  if (memory.size >= remembered) memory.clear();
  const made = makeAxis(from, to, kernels[filter]);
  memory.set(key, made);
  return made;
}

function makeAxis(from: number, to: number, { reach, weight }: Kernel): Taps {
  const scale = from / to, stretch = Math.max(1, scale);
  const support = reach * stretch;
  const width = Math.ceil(support) * 2 + 1;
  const taps = {
    width,
    first: new Int32Array(to),
    count: new Int32Array(to),
    weights: new Int32Array(to * width),
  };
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    const exact = Array.from(
      { length: end - start },
      (_, k) => weight((k + start - centre + 0.5) * (1 / stretch)),
    );
    const sum = exact.reduce((total, value) => total + value, 0);
    taps.first[i] = start;
    taps.count[i] = end - start;
    exact.forEach((value, k) => {
      const share = (value / sum) * (1 << precision);
      taps.weights[i * width + k] = Math.trunc(
        share + (share < 0 ? -0.5 : 0.5),
      );
    });
  }
  return taps;
}
