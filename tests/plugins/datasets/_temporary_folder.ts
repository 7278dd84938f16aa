/**
 * Temporary folders for tests.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Dataset } from "tessera";

/** Writes files, by path, into a folder that is removed when it is disposed of. */
export async function temporaryFolder(
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<{ path: string; base: URL } & AsyncDisposable> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  for (const [name, bytes] of Object.entries(files)) {
    const file = join(path, name);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeFile(file, Buffer.from(bytes as string));
  }
  return {
    path,
    base: pathToFileURL(`${path}/`),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** `dataset`, which removes `folder` when it is closed. */
export function closingWith(
  dataset: Dataset,
  folder: AsyncDisposable,
): Dataset {
  return {
    ...dataset,
    async close() {
      await dataset.close?.();
      await folder[Symbol.asyncDispose]();
    },
  };
}
