/**
 * Says why a picture cannot be decoded.
 *
 * @module
 */

/**
 * Why the decoder refused a picture file, from the file's own bytes: libvips
 * keeps one message for all threads, so its words are now and then another
 * picture's, or none.
 */
export function whyDamaged(bytes: Uint8Array): string {
  return hasEnd(bytes)
    ? "it is damaged, or of a kind that libvips cannot decode"
    : "it is damaged or cut short: the file does not end as its format does";
}

/** Whether a JPEG, PNG, WebP or GIF has the end that its format asks for. */
function hasEnd(bytes: Uint8Array): boolean {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (bytes[0]) {
    case 0xff:
      return holdsLast(bytes, [0xff, 0xd9]);
    case 0x89:
      return holdsLast(bytes, [0x49, 0x45, 0x4e, 0x44]);
    case 0x52:
      return bytes.length >= 8 + file.getUint32(4, true);
    default:
      return holdsLast(bytes, [0x3b]);
  }
}

/** Stray bytes may follow the end of a file; this many are looked at. */
const maxStray = 1024;

function holdsLast(bytes: Uint8Array, mark: readonly number[]): boolean {
  const least = Math.max(0, bytes.length - maxStray);
  for (let at = bytes.length - mark.length; at >= least; at--) {
    if (mark.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}
