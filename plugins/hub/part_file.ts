/**
 * A partly downloaded file.
 *
 * @module
 */

/** A file that grows at its end. */
export interface PartFile extends Disposable {
  /** Its size in bytes. */
  readonly length: number;
  /** Its largest size so far. */
  readonly most: number;
  /** Appends `bytes`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Empties it. */
  restart(): Promise<void>;
  /** Flushes it to disk. */
  flush(): Promise<void>;
}

/** Opens the file at `path`, or a new one, to append to it. */
export async function openPart(path: string): Promise<PartFile> {
  // Not in append mode: Windows could not empty the file then, and two programs
  // on a disk without locks write the same bytes to the same places.
  const file = await Deno.open(path, { create: true, write: true });
  let length = await file.seek(0, Deno.SeekMode.End), most = length;
  return {
    get length() {
      return length;
    },
    get most() {
      return most;
    },
    async write(bytes) {
      for (let at = 0; at < bytes.length;) {
        const written = await file.write(bytes.subarray(at));
        at += written;
        length += written;
      }
      most = Math.max(most, length);
    },
    async restart() {
      if (length > 0) await file.truncate(0);
      length = await file.seek(0, Deno.SeekMode.Start);
    },
    flush: () => file.syncData(),
    [Symbol.dispose]: () => file.close(),
  };
}
