/**
 * File names: which ones are pictures, their order, and lists of them in errors.
 *
 * @module
 */

/** Files with these extensions, in either case, are pictures. */
export const imageExtensions: readonly string[] = [
  ".jpg",
  ".jpeg",
  ".png",
  ".webp",
];

/** Whether a path names a picture, by its extension; hidden ones (`a/._b.jpg`, `.a/b.jpg`) do not count. */
export function isImageName(path: string): boolean {
  const name = path.toLowerCase();
  return !/(^|\/)\./.test(name) &&
    imageExtensions.some((extension) => name.endsWith(extension));
}

/** Orders names the same on every machine. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The first few of `names`, for an error: `"a", "b" and 7 more`. */
export function someNames(names: readonly string[], most = 5): string {
  if (names.length === 0) return "nothing";
  const first = names.slice(0, most).map((name) => `"${name}"`).join(", ");
  return names.length > most
    ? `${first} and ${names.length - most} more`
    : first;
}
