/**
 * Remembers what was made of a file until the file changes.
 *
 * @module
 */

/** Makes something of a file. */
export type FileReader<T> = (path: string) => Promise<T>;

interface Kept<T> {
  readonly stamp: string;
  readonly value: Promise<T>;
}

/** A stamp that changes when a file does; undefined where there is no file. */
export async function stampOf(path: string): Promise<string | undefined> {
  const stat = await Deno.stat(path).catch(() => undefined);
  return stat?.isFile
    ? `${stat.mtime?.getTime()} ${stat.size} ${stat.ino}`
    : undefined;
}

/** `read`, remembered for each path until the file changes; undefined where there is no file. */
export function fileCache<T>(
  read: FileReader<T>,
): (path: string) => Promise<T | undefined> {
  const kept = new Map<string, Kept<T>>();
  return async (path) => {
    const stamp = await stampOf(path);
    if (stamp === undefined) {
      kept.delete(path);
      return undefined;
    }
    const before = kept.get(path);
    if (before?.stamp === stamp) return await before.value;
    const value = read(path);
    kept.set(path, { stamp, value });
    // The file may have been half written: the next call tries again.
    value.catch(() => kept.delete(path));
    return await value;
  };
}
