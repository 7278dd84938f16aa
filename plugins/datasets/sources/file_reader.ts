/**
 * Concurrent reads of ranges of one file.
 *
 * @module
 */
import { FormatError } from "../../../mod.ts";

/** Reads ranges of a file. */
export interface FileReader {
  /**
   * Reads `size` bytes from byte `offset`. Calls may overlap.
   *
   * @throws {FormatError} When the file ends before that.
   */
  read(offset: number, size: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Closes the file. */
  close(): Promise<void>;
}

/**
 * Opens the file at `path` for reading. A handle has one position, so each
 * concurrent read has its own handle, which later reads reuse.
 */
export function fileReader(path: string): FileReader {
  const idle: Deno.FsFile[] = [];
  let closed = false;
  return {
    read: async (offset, size) => {
      if (closed) throw new Error(`Cannot read "${path}": it was closed`);
      const file = idle.pop() ?? await Deno.open(path);
      try {
        await file.seek(offset, Deno.SeekMode.Start);
        return await readExactly(file, path, offset, size);
      } finally {
        if (closed) file.close();
        else idle.push(file);
      }
    },
    close: () => {
      closed = true;
      for (const file of idle.splice(0)) file.close();
      return Promise.resolve();
    },
  };
}

async function readExactly(
  file: Deno.FsFile,
  path: string,
  offset: number,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  for (let filled = 0; filled < size;) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) {
      const { size: end } = await file.stat();
      throw new FormatError(
        path,
        `Cannot read bytes ${offset} to ${
          offset + size
        } of "${path}": it now ends at byte ${end}`,
      );
    }
    filled += read;
  }
  return bytes;
}
