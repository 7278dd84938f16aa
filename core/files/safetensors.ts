/**
 * Reads and writes the safetensors file format: https://github.com/huggingface/safetensors#format.
 *
 * @module
 */
import { FormatError } from "../errors.ts";
import { replaceFile } from "./replace_file.ts";
import { sizeOf } from "../tensor.ts";

/** A type of value that a safetensors file can hold. */
export type Dtype =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "I64"
  | "I32"
  | "U32"
  | "I16"
  | "U16"
  | "I8"
  | "U8"
  | "BOOL";

/** Bytes per value of each type. */
const widths: Readonly<Record<Dtype, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Where a tensor lies in its file. */
export interface TensorInfo {
  /** Type of the values. */
  readonly dtype: Dtype;
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** First byte, counted from the start of the file. */
  readonly offset: number;
  /** How many bytes. */
  readonly length: number;
  /** The file that it lies in, where that is not the header's own. */
  readonly path?: string;
}

/** The header of a safetensors file. */
export interface SafetensorsHeader {
  /** The file. */
  readonly path: string;
  /** Its tensors by name. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A tensor to write. */
export interface TensorToWrite {
  /** Type of the values. */
  readonly dtype: Dtype;
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** The values, little-endian, row by row; a function is called when they are written, so that not all need to be in memory. */
  readonly data:
    | ArrayBufferView
    | (() => ArrayBufferView | Promise<ArrayBufferView>);
}

/** The largest believable length of a header; a damaged file can claim any 64-bit number. */
const maxHeader = 100_000_000;

/**
 * Reads and checks the header of the safetensors file at `path`.
 *
 * @throws {FormatError} When the file is not a safetensors file, or its header
 * does not match its length.
 */
export async function readSafetensorsHeader(
  path: string,
): Promise<SafetensorsHeader> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const fail = (why: string, cause?: unknown): never => {
    throw new FormatError(
      path,
      `Cannot read "${path}" as safetensors: ${why}`,
      {
        cause,
      },
    );
  };
  if (size < 8) fail(`it has ${size} bytes, a header needs at least 8`);
  const length = Number(
    new DataView((await readExactly(file, 8)).buffer).getBigUint64(0, true),
  );
  if (length > maxHeader || 8 + length > size) {
    fail(`its header claims ${length} bytes, the file has ${size}`);
  }
  let header: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true });
    header = JSON.parse(text.decode(await readExactly(file, length)));
  } catch (cause) {
    fail("its header is not JSON", cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    fail("its header is not an object");
  }
  const { __metadata__, ...entries } = header as Record<string, unknown>;
  const tensors = new Map<string, TensorInfo>();
  for (const [name, entry] of Object.entries(entries)) {
    const info = tensorInfo(entry, 8 + length);
    if (typeof info === "string") return fail(`tensor "${name}" ${info}`);
    if (info.offset + info.length > size) {
      fail(
        `tensor "${name}" ends at byte ${
          info.offset + info.length
        }, the file has ${size}: is it truncated?`,
      );
    }
    tensors.set(name, info);
  }
  const gap = gapIn(tensors, 8 + length, size);
  if (gap !== undefined) fail(gap);
  return { path, tensors, metadata: words(__metadata__) };
}

/** What is wrong if the tensors do not follow each other to the end of the file, as the format requires. */
function gapIn(
  tensors: ReadonlyMap<string, TensorInfo>,
  start: number,
  size: number,
): string | undefined {
  let end = start;
  const inOrder = [...tensors].sort(([, a], [, b]) =>
    a.offset - b.offset || a.length - b.length
  );
  for (const [name, { offset, length }] of inOrder) {
    if (offset !== end) {
      return `tensor "${name}" begins at byte ${offset}, but the one before it ends at ${end}`;
    }
    end += length;
  }
  return end === size
    ? undefined
    : `its tensors end at byte ${end}, the file has ${size}`;
}

function words(metadata: unknown): Record<string, string> {
  if (typeof metadata !== "object" || metadata === null) return {};
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, String(value)]),
  );
}

/** A tensor's place in the file, or what is wrong with its entry. */
function tensorInfo(entry: unknown, start: number): TensorInfo | string {
  if (typeof entry !== "object" || entry === null) return "is not an object";
  const { dtype, shape, data_offsets } = entry as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(widths, dtype)) {
    return `has dtype ${JSON.stringify(dtype)}: known are ${
      Object.keys(widths).join(", ")
    }`;
  }
  if (!counts(shape)) return `has shape ${JSON.stringify(shape)}`;
  if (!counts(data_offsets) || data_offsets.length !== 2) {
    return `has data_offsets ${JSON.stringify(data_offsets)}`;
  }
  const [from, to] = data_offsets as [number, number];
  const bytes = sizeOf(shape) * widths[dtype as Dtype];
  if (to - from !== bytes) {
    return `holds ${to - from} bytes, ${dtype} [${shape}] needs ${bytes}`;
  }
  return { dtype: dtype as Dtype, shape, offset: start + from, length: bytes };
}

function counts(value: unknown): value is number[] {
  return Array.isArray(value) &&
    value.every((x) => Number.isSafeInteger(x) && x >= 0);
}

async function readExactly(
  file: Deno.FsFile,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) throw new Error("the file ended early");
    at += read;
  }
  return bytes;
}

/** Reads the bytes of one tensor. */
export async function readTensorBytes(
  header: SafetensorsHeader,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { offset, length, path = header.path } = tensorOf(header, name);
  using file = await Deno.open(path);
  await file.seek(offset, Deno.SeekMode.Start);
  return await readExactly(file, length);
}

/**
 * Reads one tensor as float32, widening float16 and bfloat16.
 *
 * @throws {FormatError} When there is no such tensor, or it does not hold floats.
 */
export async function readFloats(
  header: SafetensorsHeader,
  name: string,
): Promise<Float32Array<ArrayBuffer>> {
  const { dtype } = tensorOf(header, name);
  const { buffer } = await readTensorBytes(header, name);
  if (dtype === "F32") return new Float32Array(buffer);
  if (dtype === "F64") return Float32Array.from(new Float64Array(buffer));
  if (dtype === "F16") return Float32Array.from(new Float16Array(buffer));
  if (dtype !== "BF16") {
    throw new FormatError(
      header.path,
      `Cannot read tensor "${name}" of "${header.path}" as floats: its dtype is ${dtype}`,
    );
  }
  return new Float32Array(
    Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer,
  );
}

/**
 * The place of one tensor in the file.
 *
 * @throws {FormatError} When there is no such tensor.
 */
export function tensorOf(
  { path, tensors }: SafetensorsHeader,
  name: string,
): TensorInfo {
  const info = tensors.get(name);
  if (info) return info;
  const some = [...tensors.keys()].slice(0, 5).map((key) => `"${key}"`);
  throw new FormatError(
    path,
    `Cannot find tensor "${name}" in "${path}": it holds ${tensors.size}, such as ${
      some.join(", ")
    }`,
  );
}

/**
 * Writes a safetensors file, whole or not at all. Types of more bytes come
 * first, otherwise in the order given, so that every tensor is aligned.
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, TensorToWrite>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let end = 0;
  // Wide types first: this aligns every tensor without gaps, which the format forbids.
  const ordered = Object.entries(tensors)
    .sort(([, a], [, b]) => widths[b.dtype] - widths[a.dtype]);
  for (const [name, { dtype, shape }] of ordered) {
    const from = end;
    end += sizeOf(shape) * widths[dtype];
    header[name] = { dtype, shape, data_offsets: [from, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(32);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(json, 8);
  await replaceFile(path, async (write) => {
    await write(padded);
    for (const [name, { data, dtype, shape }] of ordered) {
      const view = typeof data === "function" ? await data() : data;
      const bytes = sizeOf(shape) * widths[dtype];
      if (view.byteLength !== bytes) {
        throw new RangeError(
          `Cannot write tensor "${name}": ${dtype} [${shape}] needs ${bytes} bytes, received ${view.byteLength}`,
        );
      }
      await write(
        new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
      );
    }
  });
}
