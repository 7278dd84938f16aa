/**
 * Names of columns whose meaning is a click away.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Word } from "../glossary.ts";
import type { LatentColumn } from "../runs/latent_columns.ts";
import { Term } from "./term.tsx";

/** The words that a page with {@linkcode ColumnTerm}s gives to its layout. */
export function columnTerms(
  columns: readonly LatentColumn[],
): Record<string, Word> {
  return Object.fromEntries(
    columns.map((column) => [`column-${column.name}`, column]),
  );
}

/** The name of a column, whose meaning opens when it is pressed. */
export function ColumnTerm(
  { column }: { column: LatentColumn },
): JSX.Element {
  return <Term name={`column-${column.name}`} word={column} />;
}
