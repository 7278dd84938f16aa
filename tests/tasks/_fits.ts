/** Checks that text fits a terminal. @module */
import { equal, ok } from "node:assert/strict";

/** Fails when a line has more than 100 columns, or ends with a space. */
export function fits(text: string): void {
  for (const line of text.split("\n")) {
    ok(line.length <= 100, `${line.length} columns: ${line}`);
    equal(line, line.trimEnd());
  }
}
