/**
 * Reads a map from a PFM file.
 *
 * @module
 */
import type { StoredMap } from "./stored_map.ts";

/**
 * Reads a grey portable float map, `Pf`, as Netpbm describes it
 * (https://netpbm.sourceforge.net/doc/pfm.html): rows from the bottom up,
 * little-endian if the scale in the header is negative. The magnitude of the
 * scale is ignored, since programs disagree about it.
 *
 * @throws {Error} When it is not a PFM, is in colour, or has too many or too few bytes; the message is only the reason.
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

/** The header's content. */
interface Header {
  readonly width: number;
  readonly height: number;
  /** The byte at which the values begin. */
  readonly start: number;
  readonly littleEndian: boolean;
}

function parseHeader(bytes: Uint8Array): Header {
  if (bytes.length === 0) throw new Error("it is empty");
  const text = String.fromCharCode(...bytes.subarray(0, 128));
  if (/^PF\s/.test(text)) {
    throw new Error("it is a colour PFM (PF), and depth is grey (Pf)");
  }
  const found = /^Pf\s+(\d+)\s+(\d+)\s+(\S+)\s/.exec(text);
  const [, width, height, scale] = (found ?? []).map(Number);
  if (!found || !(width! > 0) || !(height! > 0) || !Number(scale)) {
    throw new Error(
      "it does not begin like a grey PFM, with Pf, width, height and a scale other than 0",
    );
  }
  return {
    width: width!,
    height: height!,
    start: found[0].length,
    littleEndian: scale! < 0,
  };
}
