/**
 * Tars built by hand, so that they can be damaged in a known place.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Header, type HeaderData } from "tar/header";

/** The two zero blocks at the end of a tar. */
export const endMark: Uint8Array = new Uint8Array(1024);

/** One entry: its header, `body`, and zeros to the end of the block. */
export function entry(
  path: string,
  body: Uint8Array | string = "",
  header: Partial<HeaderData> = {},
): Uint8Array {
  const bytes = Buffer.from(body as string);
  const made = new Header({
    path,
    size: bytes.length,
    type: "File",
    mode: 0o644,
    ...header,
  });
  made.encode();
  const padding = Buffer.alloc(-bytes.length & 511);
  return Buffer.concat([made.block!, bytes, padding]);
}

/** A complete tar of the entries. */
export function tarOf(...entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([...entries, endMark]);
}
