/**
 * Patterns of file paths.
 *
 * @module
 */

/** Returns the variable parts of a path, or `undefined` when it does not match. */
export type FilePattern = (path: string) => readonly string[] | undefined;

/**
 * Compiles a pattern: `*` stands for one or more characters within a name, `#`
 * for digits, and everything else for itself, in either case. The pattern
 * matches the end of a path. The folders before it are the first variable part,
 * unless the pattern begins with two stars and a slash: then they are ignored.
 *
 * @example
 * ```ts
 * import { filePattern } from "./file_pattern.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const match = filePattern("frame-#.*.png");
 * deepEqual(match("chess/seq-01/frame-000042.depth.png"), [
 *   "chess/seq-01/",
 *   "000042",
 *   "depth",
 * ]);
 * deepEqual(match("frame-x.depth.png"), undefined);
 * ```
 */
export function filePattern(pattern: string): FilePattern {
  const anywhere = pattern.startsWith("**/");
  const end = anywhere ? pattern.slice(3) : pattern;
  const source = end.replace(/\*|#|[^\w/]/gu, (mark) => {
    if (mark === "*") return "([^/]+)";
    if (mark === "#") return "(\\d+)";
    return `\\u{${mark.codePointAt(0)!.toString(16)}}`;
  });
  const expression = new RegExp(`^${source}$`, "iu");
  const folders = end.split("/").length - 1;
  return (path) => {
    const start = startOfEnd(path, folders);
    const parts = expression.exec(path.slice(start))?.slice(1);
    return parts && !anywhere ? [path.slice(0, start), ...parts] : parts;
  };
}

/** Where the last `folders` folders and the name of a path begin. */
function startOfEnd(path: string, folders: number): number {
  let slash = path.length;
  for (let i = 0; i <= folders && slash >= 0; i++) {
    slash = slash === 0 ? -1 : path.lastIndexOf("/", slash - 1);
  }
  return slash + 1;
}
