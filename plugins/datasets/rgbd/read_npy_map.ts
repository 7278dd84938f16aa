/**
 * Reads a map from an NPY file.
 *
 * @module
 */
import type { StoredMap } from "./stored_map.ts";

/** A type of value: its width in bytes, whether it is an integer, and how to read one. */
interface ValueType {
  readonly width: number;
  readonly whole: boolean;
  readonly read: (view: DataView, at: number, little: boolean) => number;
}

/** The supported types, without byte order. */
const types: Readonly<Record<string, ValueType>> = {
  b1: { width: 1, whole: true, read: (view, at) => view.getUint8(at) },
  u1: { width: 1, whole: true, read: (view, at) => view.getUint8(at) },
  u2: { width: 2, whole: true, read: (v, at, le) => v.getUint16(at, le) },
  f2: { width: 2, whole: false, read: (v, at, le) => v.getFloat16(at, le) },
  f4: { width: 4, whole: false, read: (v, at, le) => v.getFloat32(at, le) },
  f8: { width: 8, whole: false, read: (v, at, le) => v.getFloat64(at, le) },
};

/**
 * Reads an array `[height, width]` or `[height, width, 1]` that `numpy.save`
 * wrote, in either byte order. Pickles are never run.
 *
 * @throws {Error} When the bytes are anything else, too many or too few; the message is only the reason.
 */
export function readNpyMap(bytes: Uint8Array): StoredMap {
  const { start, text } = headerOf(bytes);
  const { type, littleEndian } = typeOf(text);
  const [height, width] = shapeOf(text);
  const needed = width * height * type.width, held = bytes.length - start;
  if (held !== needed) {
    throw new Error(
      `[${height}, ${width}] takes ${needed} bytes, it holds ${held}${
        held < needed ? ": is it truncated?" : ""
      }`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, needed);
  const data = new Float64Array(width * height);
  for (let i = 0; i < data.length; i++) {
    data[i] = type.read(view, i * type.width, littleEndian);
  }
  return { data, width, height, whole: type.whole };
}

/** The header's text, and the byte at which the values begin. */
function headerOf(
  bytes: Uint8Array,
): { readonly start: number; readonly text: string } {
  if (bytes.length === 0) throw new Error("it is empty");
  const begins = String.fromCharCode(...bytes.subarray(0, 6));
  if (begins !== "\x93NUMPY" || bytes.length < 12) {
    throw new Error("it does not begin like a file that numpy.save wrote");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = bytes[6] === 1
    ? 10 + view.getUint16(8, true)
    : 12 + view.getUint32(8, true);
  if (start > bytes.length) {
    throw new Error(
      `its header ends at byte ${start}, it holds ${bytes.length}: is it truncated?`,
    );
  }
  return { start, text: new TextDecoder().decode(bytes.subarray(0, start)) };
}

function typeOf(
  text: string,
): { readonly type: ValueType; readonly littleEndian: boolean } {
  const [, order, name = ""] = /'descr': *'([<>|=]?)(\w+)'/.exec(text) ?? [];
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  if (type) return { type, littleEndian: order !== ">" };
  throw new Error(
    `its values are ${name || "not numbers"}, supported are ${
      Object.keys(types).join(", ")
    }: save it with .astype("float32")`,
  );
}

function shapeOf(text: string): readonly [height: number, width: number] {
  if (!/'fortran_order': *False/.test(text)) {
    throw new Error(
      "it is stored column by column: save it with numpy.ascontiguousarray",
    );
  }
  const said = /'shape': *\(([\d, ]*)\)/.exec(text)?.[1] ?? "";
  const [height = 0, width = 0, depth = 1, ...rest] =
    said.match(/\d+/g)?.map(Number) ?? [];
  if (height > 0 && width > 0 && depth === 1 && rest.length === 0) {
    return [height, width];
  }
  throw new Error(
    `its shape is [${said}], a map is [height, width] or [height, width, 1]`,
  );
}
