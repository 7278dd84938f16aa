/**
 * Aligns text in columns for a terminal.
 *
 * @module
 */

/** Options for {@linkcode alignText}. */
interface AlignTextOptions {
  /** Most characters in a line. */
  readonly width?: number;
  /** Spaces before each line. */
  readonly indent?: number;
  /** Most characters in a column other than the last. */
  readonly most?: number;
}

/**
 * Lays rows of cells out in aligned columns; a cell too long for its column
 * continues on the next line.
 *
 * @example
 * ```ts
 * import { alignText } from "./align_text.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(alignText([["k", "latents kept"], ["dSae", "latents"]]), "  k     latents kept\n  dSae  latents");
 * ```
 */
export function alignText(
  rows: readonly (readonly string[])[],
  { width = 100, indent = 2, most = 24 }: AlignTextOptions = {},
): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths: number[] = [];
  for (let column = 0; column < count; column++) {
    const longest = Math.max(...rows.map((row) => (row[column] ?? "").length));
    const used = widths.reduce((sum, each) => sum + each + 2, indent);
    const room = column === count - 1 ? Math.max(20, width - used) : most;
    widths.push(Math.min(longest, room));
  }
  return rows.flatMap((row) => {
    const cells = widths.map((room, column) => wrap(row[column] ?? "", room));
    const lines = Math.max(...cells.map((cell) => cell.length));
    return Array.from({ length: lines }, (_, line) => {
      const parts = cells.map((cell, column) =>
        (cell[line] ?? "").padEnd(widths[column]!)
      );
      return (" ".repeat(indent) + parts.join("  ")).trimEnd();
    });
  }).join("\n");
}

/** Breaks `text` into lines of at most `width` characters; a longer word gets its own line. */
export function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
