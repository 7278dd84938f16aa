/**
 * Finds the files inside a tar, so that they can be read in place.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { FormatError } from "../../../mod.ts";
import { Header } from "tar/header";
import { Pax } from "tar/pax";

/** The files inside a tar, in the order of the tar. */
export interface TarIndex {
  /** Their names. Those inside an inner tar `a.tar` begin with `a/`, as if it were unpacked. */
  readonly names: readonly string[];
  /** The first byte of each, counted from the start of the outer tar. */
  readonly offsets: Float64Array;
  /** How many bytes each has. */
  readonly sizes: Float64Array;
}

/**
 * Indexes the tar at `path`, and the tars directly inside it, by seeking from
 * header to header (ustar, pax and GNU long names), without reading the files.
 * A hidden file such as `._a.tar` is not taken for a tar.
 *
 * @throws {FormatError} When the tar is truncated or damaged, with the byte.
 */
export async function indexTar(path: string): Promise<TarIndex> {
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  const tar = { path, read: windowReader(file) };
  const names: string[] = [];
  const offsets: number[] = [];
  const sizes: number[] = [];
  const add = (name: string, { offset, size }: TarFile) => {
    names.push(name);
    offsets.push(offset);
    sizes.push(size);
  };
  for (const outer of tarFiles(tar, { offset: 0, size, name: "" })) {
    if (!/(^|\/)[^./][^/]*\.tar$/i.test(outer.name)) {
      add(outer.name, outer);
      continue;
    }
    const folder = outer.name.slice(0, -".tar".length);
    for (const inner of tarFiles(tar, outer)) {
      add(`${folder}/${inner.name}`, inner);
    }
    // Reading a million headers takes a while: let interrupts through.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return {
    names,
    offsets: Float64Array.from(offsets),
    sizes: Float64Array.from(sizes),
  };
}

/** The range of the outer tar that holds a file; the outer tar itself has no name. */
interface TarFile {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** An open tar. */
interface OpenTar {
  readonly path: string;
  /** Reads bytes, which are valid until the next call. */
  readonly read: (at: number, length: number) => Buffer;
}

/** What an extension header says about the next entry. */
interface Extension {
  readonly path?: string | undefined;
  readonly size?: number | undefined;
}

/** Headers and files are padded to blocks of this many bytes. */
const block = 512;

/** An extension header that claims more bytes than this counts as damaged. */
const maxExtension = 1 << 20;

const files = ["File", "OldFile", "ContiguousFile"];

/** Types of entry that are a header only, whatever size it claims. */
const bodiless = [
  "Link",
  "SymbolicLink",
  "CharacterDevice",
  "BlockDevice",
  "Directory",
  "FIFO",
];

/** How to parse each type of extension header. */
const extensions: Partial<Record<string, (text: string) => Extension>> = {
  GlobalExtendedHeader: (text) => Pax.parse(text),
  ExtendedHeader: (text) => Pax.parse(text),
  OldExtendedHeader: (text) => Pax.parse(text),
  NextFileHasLongPath: (text) => ({ path: text.replace(/\0.*/s, "") }),
  OldGnuLongPath: (text) => ({ path: text.replace(/\0.*/s, "") }),
  NextFileHasLongLinkpath: () => ({}),
};

/** The files of the tar in `region`. */
function* tarFiles(tar: OpenTar, region: TarFile): Generator<TarFile> {
  let all: Extension = {};
  let next: Extension = {};
  let last = "";
  for (let at = region.offset;;) {
    const header = readHeader(tar, region, at, last);
    if (header.nullBlock) return;
    const parse = extensions[header.type];
    const entry = entryOf(header, at + block, parse ? {} : merge(all, next));
    checkEnd(tar, region, entry);
    at = entry.offset + Math.ceil(entry.size / block) * block;
    last = entry.name;
    if (!parse) {
      if (files.includes(header.type)) yield entry;
      next = {};
      continue;
    }
    const said = parse(readExtension(tar, region, entry));
    if (header.type === "GlobalExtendedHeader") all = { size: said.size };
    else next = merge(next, said);
  }
}

function merge(a: Extension, b: Extension): Extension {
  return { path: b.path ?? a.path, size: b.size ?? a.size };
}

function entryOf(header: Header, offset: number, said: Extension): TarFile {
  const name = said.path ?? header.path ?? "";
  const size = said.size ?? header.size ?? 0;
  return {
    name: name.replace(/^(\.?\/)+/, ""),
    offset,
    size: bodiless.includes(header.type) ? 0 : size,
  };
}

function readExtension(tar: OpenTar, region: TarFile, entry: TarFile): string {
  if (entry.size > maxExtension) {
    fail(
      tar,
      region,
      `is damaged: the header at byte ${
        entry.offset - block
      } claims a name of ${entry.size} bytes`,
    );
  }
  return tar.read(entry.offset, entry.size).toString("utf8");
}

function readHeader(
  tar: OpenTar,
  region: TarFile,
  at: number,
  last: string,
): Header {
  const end = region.offset + region.size;
  if (region.size === 0) fail(tar, region, "is empty");
  if (at >= end) fail(tar, region, noEndMark(region, last));
  if (at + block > end) {
    fail(
      tar,
      region,
      `ends at byte ${end} inside the header that begins at byte ${at}; get the file again`,
    );
  }
  const bytes = tar.read(at, block);
  const header = decodeHeader(bytes);
  if (header) return header;
  if (at > region.offset) {
    fail(
      tar,
      region,
      `is damaged: the header at byte ${at}, after "${last}", has a wrong checksum`,
    );
  }
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return fail(
    tar,
    region,
    `does not begin with a tar header at byte ${at}${
      gzip ? ": it is compressed, and must be unpacked with gunzip first" : ""
    }`,
  );
}

/** The header in a block, if it holds one. */
function decodeHeader(bytes: Buffer): Header | undefined {
  try {
    const header = new Header(bytes);
    if (header.cksumValid || header.nullBlock) return header;
  } catch {
    // A number field does not hold a number.
  }
}

function checkEnd(tar: OpenTar, region: TarFile, entry: TarFile): void {
  const end = region.offset + region.size;
  const needed = entry.offset + entry.size;
  if (needed <= end) return;
  fail(
    tar,
    region,
    `ends at byte ${end} inside "${entry.name}", which needs bytes ${entry.offset} to ${needed}; get the file again`,
  );
}

/** A tar cut off between two files lacks nothing but its end mark. */
function noEndMark(region: TarFile, last: string): string {
  const why = `ends at byte ${
    region.offset + region.size
  } after "${last}" with no end mark`;
  return region.name
    ? `${why}; get the file again`
    : `${why}; get the file again, or append 1024 zero bytes if nothing is missing`;
}

function fail(tar: OpenTar, region: TarFile, why: string): never {
  const which = region.name ? `its "${region.name}"` : "it";
  throw new FormatError(
    tar.path,
    `Cannot read "${tar.path}" as tar: ${which} ${why}`,
  );
}

/** Reads ahead, so that headers close together cost one read. */
function windowReader(file: Deno.FsFile): OpenTar["read"] {
  let window = Buffer.alloc(8 * block);
  let start = 0;
  let filled = 0;
  return (at, length) => {
    if (at < start || at + length > start + filled) {
      if (length > window.length) window = Buffer.alloc(length);
      start = file.seekSync(at, Deno.SeekMode.Start);
      filled = fill(file, window, length);
    }
    return window.subarray(at - start, at - start + length);
  };
}

/** Reads at least `least` bytes into `bytes`, and returns how many. */
function fill(file: Deno.FsFile, bytes: Buffer, least: number): number {
  let filled = 0;
  while (filled < least) {
    const read = file.readSync(bytes.subarray(filled));
    if (read === null) {
      throw new Error("The file became shorter while it was read");
    }
    filled += read;
  }
  return filled;
}
