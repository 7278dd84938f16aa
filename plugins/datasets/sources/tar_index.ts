/**
 * Finds the files inside a tar, so that they can be read in place.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { FormatError } from "../../../mod.ts";
import { Header } from "tar/header";
import { Pax } from "tar/pax";
import { followLinks, plain, type TarLink } from "./tar_links.ts";

/** The files inside a tar, in the order of the tar. */
export interface TarIndex {
  /** Their names. Those inside an inner tar `a.tar` begin with `a/`, as if it were unpacked. */
  readonly names: readonly string[];
  /** The first byte of each, counted from the start of the outer tar. */
  readonly offsets: Float64Array;
  /** How many bytes each has. */
  readonly sizes: Float64Array;
  /** Entries that unpacking would give and that cannot be read in place, by name, and why. */
  readonly unread: Readonly<Record<string, string>>;
}

/**
 * Indexes the tar at `path`, and the tars directly inside it, by seeking from
 * header to header (ustar, pax and GNU long names), without reading the files.
 * A link to a file of the tar is that file. A hidden file such as `._a.tar` is
 * not taken for a tar.
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
  const links: { name: string; link: TarLink }[] = [];
  const unread: Record<string, string> = {};
  const add = (name: string, entry: TarFile) => {
    if (entry.unread !== undefined) return unread[name] = entry.unread;
    if (entry.link !== undefined) return links.push({ name, link: entry.link });
    names.push(name);
    offsets.push(entry.offset);
    sizes.push(entry.size);
  };
  for (const outer of tarFiles(tar, { offset: 0, size, name: "" })) {
    if (!/(^|\/)[^./][^/]*\.tar$/i.test(outer.name)) {
      add(outer.name, outer);
      continue;
    }
    const folder = outer.name.slice(0, -".tar".length);
    for (const inner of tarFiles(tar, outer)) {
      add(`${folder}/${inner.name}`, within(folder, inner));
    }
    // Reading a million headers takes a while: let interrupts through.
    await new Promise((resolve) => setTimeout(resolve));
  }
  followLinks(links, names, (name, at) => {
    names.push(name);
    offsets.push(offsets[at]!);
    sizes.push(sizes[at]!);
  }, unread);
  return {
    names,
    unread,
    offsets: Float64Array.from(offsets),
    sizes: Float64Array.from(sizes),
  };
}

/** The range of the outer tar that holds a file; the outer tar itself has no name. */
interface TarFile {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** What it is a link to. */
  readonly link?: TarLink;
  /** Why it cannot be read in place. */
  readonly unread?: string;
}

/** An entry of an inner tar, whose hard links are named from its own top. */
function within(folder: string, entry: TarFile): TarFile {
  if (entry.link?.kind !== "hard") return entry;
  const to = `${folder}/${entry.link.to}`;
  return { ...entry, link: { kind: "hard", to } };
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
  readonly linkpath?: string | undefined;
  /** Whether the next entry leaves out its zeros. */
  readonly sparse?: boolean | undefined;
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
  GlobalExtendedHeader: parsePax,
  ExtendedHeader: parsePax,
  OldExtendedHeader: parsePax,
  NextFileHasLongPath: (text) => ({ path: text.replace(/\0.*/s, "") }),
  OldGnuLongPath: (text) => ({ path: text.replace(/\0.*/s, "") }),
  NextFileHasLongLinkpath: (text) => ({ linkpath: text.replace(/\0.*/s, "") }),
};

function parsePax(text: string): Extension {
  const { path, linkpath } = Pax.parse(text);
  const written = /^\d+ size=(.*)$/m.exec(text)?.[1];
  const size = written === undefined
    ? undefined
    : /^\d+$/.test(written)
    ? Number(written)
    : NaN;
  const name = /^\d+ GNU\.sparse\.name=(.*)$/m.exec(text)?.[1];
  const sparse = /^\d+ GNU\.sparse\./m.test(text);
  return { path: name ?? path, size, linkpath, ...sparse && { sparse } };
}

/** The files of the tar in `region`. */
function* tarFiles(tar: OpenTar, region: TarFile): Generator<TarFile> {
  let all: Extension = {};
  let next: Extension = {};
  let last = "";
  for (let at = region.offset;;) {
    const header = readHeader(tar, region, at, last);
    if (header.nullBlock) return checkAfterEnd(tar, region, at, last);
    const parse = extensions[header.type];
    const body = at + block * (1 + mapBlocks(tar, region, at, header.type));
    const entry = entryOf(header, body, parse ? {} : merge(all, next));
    checkSize(tar, region, entry, at);
    checkEnd(tar, region, entry);
    at = entry.offset + Math.ceil(entry.size / block) * block;
    last = entry.name;
    if (!parse) {
      if (isGiven(header.type)) yield entry;
      next = {};
      continue;
    }
    const said = parse(readExtension(tar, region, entry));
    if (header.type === "GlobalExtendedHeader") all = { size: said.size };
    else next = merge(next, said);
  }
}

function merge(a: Extension, b: Extension): Extension {
  return {
    path: b.path ?? a.path,
    size: b.size ?? a.size,
    linkpath: b.linkpath ?? a.linkpath,
    sparse: b.sparse ?? a.sparse,
  };
}

/** Whether unpacking an entry of this type gives a file, or something that leads to one. */
function isGiven(type: string): boolean {
  return files.includes(type) || type === "Link" || type === "SymbolicLink" ||
    type === "SparseFile";
}

function entryOf(header: Header, offset: number, said: Extension): TarFile {
  const name = plain(said.path ?? header.path ?? "");
  const size = said.size ?? header.size ?? 0;
  const to = said.linkpath ?? header.linkpath ?? "";
  const isLink = header.type === "Link" || header.type === "SymbolicLink";
  const kind = header.type === "Link" ? "hard" : "symbolic";
  return {
    name,
    offset,
    size: bodiless.includes(header.type) ? 0 : size,
    ...isLink && { link: { kind, to } },
    ...(said.sparse || header.type === "SparseFile") && { unread: sparse },
  };
}

const sparse =
  "a sparse file, whose zeros are left out of the tar; unpack it and give the folder";

/** Blocks of a GNU sparse file's map between its header and its bytes. */
function mapBlocks(
  tar: OpenTar,
  region: TarFile,
  at: number,
  type: string,
): number {
  if (type !== "SparseFile") return 0;
  const end = region.offset + region.size;
  let blocks = 0;
  // The header says at byte 482 whether a block of the map follows, each block at byte 504.
  for (let flag = 482; tar.read(at + block * blocks, block)[flag] === 1;) {
    blocks++;
    flag = 504;
    if (at + block * (blocks + 1) > end) {
      fail(tar, region, `ends at byte ${end} inside the map of a sparse file`);
    }
  }
  return blocks;
}

/** A number that is read from the file is a whole one, of bytes that can be there. */
function checkSize(
  tar: OpenTar,
  region: TarFile,
  { name, size }: TarFile,
  at: number,
): void {
  if (Number.isSafeInteger(size) && size >= 0) return;
  fail(
    tar,
    region,
    `is damaged: the header at byte ${at}, of "${name}", claims a size that is no whole number of bytes`,
  );
}

/** Zeros are looked at this far: tars are padded to less. */
const maxPadding = 1 << 20;

/** A tar ends with blocks of zeros. Whatever follows them would be lost without a word. */
function checkAfterEnd(
  tar: OpenTar,
  region: TarFile,
  zeros: number,
  last: string,
): void {
  const end = Math.min(region.offset + region.size, zeros + maxPadding);
  for (let at = zeros; at + block <= end; at += block) {
    const header = decodeHeader(tar.read(at, block));
    if (header?.nullBlock) continue;
    // What is no header after a whole end mark is padding that is not zeros.
    if (!header && at - zeros >= 2 * block) return;
    fail(
      tar,
      region,
      at - zeros >= 2 * block
        ? `has an end mark at byte ${zeros}, after "${last}", and more files from byte ${at} on, as tars that were joined have; unpack it with tar --ignore-zeros, or pack the files anew`
        : `is damaged: a block of zeros at byte ${zeros}, after "${last}", is followed by more at byte ${at}; get the file again`,
    );
  }
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
