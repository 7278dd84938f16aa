/**
 * Conversion of CMYK pictures, which were made for print, to RGB.
 *
 * @module
 */

/** Whether `bytes` are a JPEG with four channels: cyan, magenta, yellow and black. */
export function isCmyk(bytes: Uint8Array): boolean {
  // A segment is FF, a marker, and its length in two bytes.
  for (let at = 2; bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!;
    if (isFrame(marker)) return bytes[at + 9] === 4;
    // FF may be repeated as padding.
    at += marker === 0xff ? 1 : 2 + 256 * bytes[at + 2]! + bytes[at + 3]!;
  }
  return false;
}

/** C4, C8 and CC lie in the range of frame markers, but are not. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf &&
    ![0xc4, 0xc8, 0xcc].includes(marker);
}

/**
 * Converts CMYK to RGB by PIL's formula: black leaves `255 − black` of every
 * colour, and each ink takes its share of that. Profiles are ignored.
 */
export function rgbOfInks(inks: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(inks.length / 4 * 3);
  for (let i = 0; i < inks.length / 4; i++) {
    const light = 255 - inks[4 * i + 3]!;
    for (let c = 0; c < 3; c++) {
      rgb[3 * i + c] = light - Math.round(inks[4 * i + c]! * light / 255);
    }
  }
  return rgb;
}
