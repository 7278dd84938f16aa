/** Tests of {@linkcode alignText}. @module */
import { equal } from "node:assert/strict";
import { alignText } from "../../../core/run/align_text.ts";

Deno.test("alignText() wraps what is too long and aligns the rest", () => {
  const text = alignText([["a", "one two three"], ["bbbb", "four"]], {
    width: 16,
    indent: 0,
  });
  equal(
    text,
    "a     one two three\nbbbb  four",
    "the last column has at least 20",
  );
  const wrapped = alignText([["a", "one two three four five six"]], {
    width: 25,
  });
  equal(wrapped, "  a  one two three four\n     five six");
});
