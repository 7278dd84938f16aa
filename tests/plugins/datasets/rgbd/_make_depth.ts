/**
 * Depth files built by hand, so that every number in them is known.
 *
 * @module
 */
import sharp from "sharp";

/** A width and a height in pixels. */
export type Size = readonly [width: number, height: number];

/** A grey PNG of `values`, as many bits as they have. */
export async function greyPng(
  values: Uint16Array | Uint8Array,
  [width, height]: Size,
): Promise<Uint8Array> {
  const image = sharp(values, { raw: { width, height, channels: 1 } });
  const grey = image.toColourspace(
    values instanceof Uint16Array ? "grey16" : "b-w",
  );
  return new Uint8Array(await grey.png().toBuffer());
}

/** A 16-bit PNG in which every pixel is `value`. */
export function flatPng(value: number, size: Size = [24, 16]) {
  return greyPng(new Uint16Array(size[0] * size[1]).fill(value), size);
}

/** A PFM of `values`, from the top row down. */
export function pfm(
  values: readonly number[],
  [width, height]: Size,
  scale: number,
): Uint8Array {
  const header = new TextEncoder().encode(`Pf\n${width} ${height}\n${scale}\n`);
  const bytes = new Uint8Array(header.length + values.length * 4);
  bytes.set(header);
  const view = new DataView(bytes.buffer, header.length);
  values.forEach((value, i) => {
    const x = i % width, y = height - 1 - Math.floor(i / width);
    view.setFloat32((y * width + x) * 4, value, scale < 0);
  });
  return bytes;
}

/** Writers of values by NumPy type. */
const writers: Readonly<
  Record<string, (view: DataView, i: number, v: number, le: boolean) => void>
> = {
  b1: (view, i, value) => view.setUint8(i, value),
  u1: (view, i, value) => view.setUint8(i, value),
  u2: (view, i, value, le) => view.setUint16(i * 2, value, le),
  f2: (view, i, value, le) => view.setFloat16(i * 2, value, le),
  f4: (view, i, value, le) => view.setFloat32(i * 4, value, le),
  f8: (view, i, value, le) => view.setFloat64(i * 8, value, le),
};

/** An NPY of `values`, such as `npy("<f4", [2, 3], …)`. */
export function npy(
  descr: string,
  shape: readonly number[],
  values: readonly number[],
  fortran = "False",
): Uint8Array {
  const words = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${
    shape.join(", ")
  },), }\n`;
  const width = Number(descr.slice(2)), start = 10 + words.length;
  const bytes = new Uint8Array(start + values.length * width);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, words.length, true);
  bytes.set(new TextEncoder().encode(words), 10);
  const write = writers[descr.slice(1)];
  const values8 = new DataView(bytes.buffer, start);
  values.forEach((value, i) => write?.(values8, i, value, descr[0] !== ">"));
  return bytes;
}
