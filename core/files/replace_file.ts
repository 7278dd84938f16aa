/**
 * Writes files whole or not at all.
 *
 * @module
 */

/** Appends bytes to the file being written. */
export type Write = (bytes: Uint8Array) => Promise<void>;

/**
 * Writes `path` under a temporary name, flushes it to disk and renames it, so
 * that readers see the old file or the new one. After an error the old file
 * remains and the temporary one is removed.
 */
export async function replaceFile(
  path: string,
  body: (write: Write) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    {
      using file = await Deno.open(temporary, {
        write: true,
        createNew: true,
      });
      await body(async (bytes) => {
        for (let at = 0; at < bytes.length;) {
          at += await file.write(bytes.subarray(at));
        }
      });
      await file.syncData();
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** {@linkcode replaceFile} for text. */
export async function replaceTextFile(
  path: string,
  text: string,
): Promise<void> {
  await replaceFile(path, (write) => write(new TextEncoder().encode(text)));
}
