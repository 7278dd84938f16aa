/**
 * The bytes of an NPY file of one map in, its numbers out.
 *
 * @module
 */
import type { StoredMap } from "./stored_map.ts";

/** A type of value: its bytes, whether it is whole, and how one is read. */
interface ValueType {
  readonly width: number;
  readonly whole: boolean;
  readonly read: (view: DataView, at: number, little: boolean) => number;
}

/** The types that are read, without their byte order. */
const types: Readonly<Record<string, ValueType>> = {
  b1: { width: 1, whole: true, read: (view, at) => view.getUint8(at) },
  u1: { width: 1, whole: true, read: (view, at) => view.getUint8(at) },
  u2: { width: 2, whole: true, read: (v, at, le) => v.getUint16(at, le) },
  f2: { width: 2, whole: false, read: (v, at, le) => v.getFloat16(at, le) },
  f4: { width: 4, whole: false, read: (v, at, le) => v.getFloat32(at, le) },
  f8: { width: 8, whole: false, read: (v, at, le) => v.getFloat64(at, le) },
};

/**
 * Reads the `[height, width]` or `[height, width, 1]` that `numpy.save` wrote,
 * of either byte order. What NumPy would unpickle is never run.
 *
 * @throws {Error} When the bytes are anything else, or more or fewer than they say: with the reason alone.
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

/** Where the values begin, and the words before them. */
function headerOf(
  bytes: Uint8Array,
): { readonly start: number; readonly text: string } {
  if (bytes.length === 0) throw new Error("it has no bytes");
  const begins = String.fromCharCode(...bytes.subarray(0, 6));
  if (begins !== "\x93NUMPY" || bytes.length < 12) {
    throw new Error("it does not begin as numpy.save begins a file");
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
    `its values are ${name || "no numbers"}, supported are ${
      Object.keys(types).join(", ")
    }: save it with .astype("float32")`,
  );
}

function shapeOf(text: string): readonly [height: number, width: number] {
  if (!/'fortran_order': *False/.test(text)) {
    throw new Error(
      "it lies column by column: save it with numpy.ascontiguousarray",
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
