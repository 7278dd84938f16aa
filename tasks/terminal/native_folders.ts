// deno-lint-ignore-file no-console
/**
 * Prints the folders of onnxruntime's and sharp's native libraries, as a value
 * for `--allow-ffi`: a command that needs no engine can load no other library.
 * The `cpu` engine reads memory by its address, for which Deno wants all of FFI.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/**
 * The folder in which npm keeps package `name`, whose module is at `url`, or
 * `sibling` beside it; all of `node_modules` where it is kept there.
 */
export function packageFolder(
  url: string,
  name: string,
  sibling: string = name,
): string {
  const modules = url.indexOf("/node_modules/");
  const end = url.lastIndexOf(`/${name}/`);
  return fileURLToPath(
    modules >= 0
      ? `${url.slice(0, modules)}/node_modules`
      : `${url.slice(0, end)}/${sibling}`,
  );
}

if (import.meta.main) {
  const folders = [
    packageFolder(import.meta.resolve("onnxruntime-node"), "onnxruntime-node"),
    // sharp's libraries are packages of their own.
    packageFolder(import.meta.resolve("sharp"), "sharp", "@img"),
  ];
  console.log([...new Set(folders)].join());
}
