/**
 * The folder `static/` in, files with addresses that change when they do out.
 *
 * @module
 */
// @ts-types="npm:@types/d3-scale-chromatic@^3.1.0"
import * as chromatic from "d3-scale-chromatic";
// @ts-types="npm:@types/d3-color@^3.1.3"
import { rgb } from "d3-color";

/** Style sheet and modules. */
export interface StaticFiles {
  /** Changes when one of them does; modules import each other below it. */
  readonly version: string;
  /** The address of a file. */
  url(name: string): string;
  /** A file by its name; undefined where there is none. */
  get(name: string): StaticFile | undefined;
}

/** A file to send. */
export interface StaticFile {
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
  folder: URL = new URL("./static/", import.meta.url),
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
  const colours = new TextEncoder().encode(colourModule());
  files.set("color_tables.js", { bytes: colours, type: types.js! });
  const version = await hashOf(files);
  return {
    version,
    url: (name) => `/static/${version}/${name}`,
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

/** The colours of 256 steps of each scale, red, green and blue of each, as a module. */
function colourModule(): string {
  const scales = {
    viridis: chromatic.interpolateViridis,
    inferno: chromatic.interpolateInferno,
    cividis: chromatic.interpolateCividis,
    blueOrange: chromatic.interpolatePuOr,
  };
  const lines = Object.entries(scales).map(([name, colourOf]) => {
    const bytes = Uint8Array.from(
      Array.from({ length: 256 }, (_, step) => {
        const { r, g, b } = rgb(colourOf(step / 255));
        return [r, g, b];
      }).flat(),
    );
    return `export const ${name} = bytesOf("${bytes.toBase64()}");`;
  });
  return `/** Colours of 256 steps: red, green, blue of each. @module */
const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
${lines.join("\n")}
`;
}
