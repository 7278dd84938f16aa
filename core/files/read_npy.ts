/**
 * Reads NumPy's file format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 *
 * @module
 */
import { FormatError } from "../errors.ts";
import { type HostTensor, type Shape, sizeOf } from "../tensor.ts";

/** The first bytes of every file: `\x93NUMPY`. */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Bytes per value of the supported types. */
const widths: Readonly<Record<string, 4 | 8>> = { "<f4": 4, "<f8": 8 };

/**
 * Reads the array that `numpy.save` wrote to `path`: 32- or 64-bit floats,
 * little-endian, row by row. Pickled objects are refused, never run.
 *
 * @throws {FormatError} When the file holds anything else, or its length is wrong.
 */
export async function readNpy(path: string): Promise<HostTensor> {
  const bytes = await Deno.readFile(path);
  const fail = (why: string): never => {
    throw new FormatError(path, `Cannot read "${path}" as .npy: ${why}`);
  };
  const start = startOfData(bytes);
  if (typeof start === "string") return fail(start);
  const header = parseHeader(new TextDecoder().decode(bytes.slice(0, start)));
  if (typeof header === "string") return fail(header);
  const { width, shape } = header, needed = sizeOf(shape) * width;
  const { length } = bytes.subarray(start);
  if (length !== needed) {
    const why = length < needed ? "is it truncated?" : "one array is supported";
    fail(
      `[${shape.join(", ")}] takes ${needed} bytes, it holds ${length}: ${why}`,
    );
  }
  // A copy, because typed arrays must be aligned.
  const { buffer } = bytes.slice(start);
  const data = width === 4
    ? new Float32Array(buffer)
    : Float32Array.from(new Float64Array(buffer));
  return { data, shape };
}

/** The first byte of the values, or what is wrong. */
function startOfData(bytes: Uint8Array): number | string {
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte)) {
    return "it does not begin as numpy.save begins a file";
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset),
    version = bytes[6]!;
  if (version < 1 || version > 3) {
    return `its version is ${version}, known are 1, 2 and 3`;
  }
  const start = version === 1
    ? 10 + view.getUint16(8, true)
    : 12 + view.getUint32(8, true);
  return start <= bytes.length
    ? start
    : `its header ends at byte ${start}, the file has ${bytes.length}`;
}

/** The type and shape that the header gives, or what is wrong with it. */
function parseHeader(
  text: string,
): { readonly width: 4 | 8; readonly shape: Shape } | string {
  const descr = /'descr': *('[^']*'|\[)/.exec(text)?.[1];
  const order = /'fortran_order': *(True|False)/.exec(text)?.[1];
  const shape = /'shape': *\(((?:\d+, *)*(?:\d+)?)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || shape === undefined) {
    return "its header does not say descr, fortran_order and shape";
  }
  const type = descr === "[" ? "a record" : descr.slice(1, -1);
  const width = Object.hasOwn(widths, type) ? widths[type] : undefined;
  if (width === undefined) {
    return `its values are ${type}, supported are <f4 and <f8: save it with .astype("float32")`;
  }
  if (order === "True") {
    return "it lies column by column: save it with numpy.ascontiguousarray";
  }
  return { width, shape: shape.match(/\d+/g)?.map(Number) ?? [] };
}
