/**
 * The bytes of a PFM file in, its numbers out.
 *
 * @module
 */
import type { StoredMap } from "./stored_map.ts";

/**
 * Reads a portable float map of grey, `Pf`, as Netpbm describes it
 * (https://netpbm.sourceforge.net/doc/pfm.html): rows from the bottom up,
 * little-endian where the scale in the header is negative. The size of that
 * scale is not used: programs write different things there.
 *
 * @throws {Error} When it is none, is in colour, or has more or fewer bytes than it says: with the reason alone.
 */
export function readPfm(bytes: Uint8Array): StoredMap {
  const { width, height, start, littleEndian } = parseHeader(bytes);
  const needed = width * height * 4, held = bytes.length - start;
  if (held !== needed) {
    throw new Error(
      `${width}×${height} pixels take ${needed} bytes, it holds ${held}${
        held < needed ? ": is it truncated?" : ""
      }`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, needed);
  const data = new Float64Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const row = (height - 1 - y) * width;
    for (let x = 0; x < width; x++, at += 4) {
      data[row + x] = view.getFloat32(at, littleEndian);
    }
  }
  return { data, width, height, whole: false };
}

/** What the first lines say. */
interface Header {
  readonly width: number;
  readonly height: number;
  /** The byte at which the values begin. */
  readonly start: number;
  readonly littleEndian: boolean;
}

function parseHeader(bytes: Uint8Array): Header {
  if (bytes.length === 0) throw new Error("it has no bytes");
  const text = String.fromCharCode(...bytes.subarray(0, 128));
  if (/^PF\s/.test(text)) {
    throw new Error("it is a PFM of colour (PF), depth is grey (Pf)");
  }
  const found = /^Pf\s+(\d+)\s+(\d+)\s+(\S+)\s/.exec(text);
  const [, width, height, scale] = (found ?? []).map(Number);
  if (!found || !(width! > 0) || !(height! > 0) || !Number(scale)) {
    throw new Error(
      "it does not begin as a PFM of grey does, with Pf, width, height and a scale that is not 0",
    );
  }
  return {
    width: width!,
    height: height!,
    start: found[0].length,
    littleEndian: scale! < 0,
  };
}
