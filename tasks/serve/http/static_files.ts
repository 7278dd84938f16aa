/**
 * The files of `static/`, whose addresses change when one of them does.
 *
 * @module
 */

import { staticUrl } from "../urls.ts";

/** Style sheet and modules. */
export interface StaticFiles {
  /** Changes when a file does; part of every address, since modules import each other. */
  readonly version: string;
  /** The address of a file. */
  url(name: string): string;
  /** A file by its name; undefined where there is none. */
  get(name: string): StaticFile | undefined;
}

/** A file to send. */
interface StaticFile {
  /** Its content. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its media type. */
  readonly type: string;
}

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** Reads all files of `static/` once; nothing else is ever sent. */
export async function readStaticFiles(
  folder: URL = new URL("../static/", import.meta.url),
): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>();
  for await (const { name, isFile } of Deno.readDir(folder)) {
    const type = types[name.split(".").at(-1)!];
    if (!isFile || !type) continue;
    files.set(name, {
      bytes: await Deno.readFile(new URL(name, folder)),
      type,
    });
  }
  const version = await hashOf(files);
  return {
    version,
    url: (name) => staticUrl(version, name),
    get: (name) => files.get(name),
  };
}

async function hashOf(files: ReadonlyMap<string, StaticFile>): Promise<string> {
  const names = [...files.keys()].sort();
  const all = await new Blob(
    names.flatMap((name) => [name, files.get(name)!.bytes]),
  ).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return hash.toHex().slice(0, 12);
}
