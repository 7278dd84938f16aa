/**
 * A log of JSON lines that a resumed run continues as if never interrupted.
 *
 * @module
 */

/** The log of a run. */
export interface MetricsLog {
  /** Length of the file in bytes. */
  readonly bytes: number;
  /** Appends a line. */
  write(line: Readonly<Record<string, unknown>>): Promise<void>;
  /** Flushes to the disk. */
  flush(): Promise<void>;
  /** Closes the file. */
  close(): void;
}

/** Opens `path` and drops everything after its first `bytes` bytes. */
export async function openMetricsLog(
  path: string,
  bytes: number,
): Promise<MetricsLog> {
  const file = await Deno.open(path, { write: true, create: true });
  await file.truncate(bytes);
  await file.seek(bytes, Deno.SeekMode.Start);
  return {
    get bytes() {
      return bytes;
    },
    async write(line) {
      const text = new TextEncoder().encode(`${JSON.stringify(line)}\n`);
      for (let at = 0; at < text.length;) {
        at += await file.write(text.subarray(at));
      }
      bytes += text.length;
    },
    flush: () => file.syncData(),
    close: () => file.close(),
  };
}
