/**
 * Tables from columns that each own a name, a meaning and a cell.
 *
 * @module
 */
import type { Table } from "../probe.ts";
import type { Estimate, Interval } from "../estimate.ts";

/**
 * What a column means, without a full stop, and its cell in the row of a value:
 * NaN where there is no number.
 */
export type Column<Row> = readonly [
  meaning: string,
  cell: (of: Row) => string | number,
];

/**
 * Columns by name, in their order. One with nothing but a meaning shows what the
 * values themselves hold by its name.
 */
export type Columns<Row> = Readonly<Record<string, Column<Row> | string>>;

/**
 * A table with a row for each of `values`.
 *
 * @throws {RangeError} When a column has no cell and the values hold nothing by its name.
 *
 * @example
 * ```ts
 * import { tableOf } from "./table_of.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const table = tableOf("Squares", [{ x: 1 }, { x: 2 }], {
 *   x: "a number",
 *   square: ["its square", ({ x }) => x * x],
 * });
 * deepEqual(table.rows, [{ x: 1, square: 1 }, { x: 2, square: 4 }]);
 * ```
 */
export function tableOf<Row extends object>(
  caption: string,
  values: readonly Row[],
  columns: Columns<Row>,
): Table {
  const all = Object.entries(columns).map(([name, column]) =>
    typeof column === "string"
      ? [name, column, (of: Row) => held(of, name)] as const
      : [name, ...column] as const
  );
  return {
    caption,
    columns: Object.fromEntries(all.map(([name, meaning]) => [name, meaning])),
    rows: values.map((value) =>
      Object.fromEntries(all.map(([name, , cell]) => [name, cell(value)]))
    ),
  };
}

function held(value: object, name: string): string | number {
  const cell = (value as Readonly<Record<string, unknown>>)[name];
  if (typeof cell === "string" || typeof cell === "number") return cell;
  throw new RangeError(
    `Cannot fill column "${name}": it has no cell, and its row holds no number or words by that name`,
  );
}

/** The columns `low` and `high` of an interval, their names after `prefix`. */
export function intervalColumns<Row>(
  of: (row: Row) => Interval,
  prefix = "",
  lowMeaning = "lower end of its 95 % interval",
): Record<string, Column<Row>> {
  return {
    [`${prefix}low`]: [lowMeaning, (row) => of(row).low ?? NaN],
    [`${prefix}high`]: ["upper end", (row) => of(row).high ?? NaN],
  };
}

/** The column `name` of an estimate, then those of its interval as in {@linkcode intervalColumns}. */
export function estimateColumns<Row>(
  name: string,
  meaning: string,
  of: (row: Row) => Estimate,
  prefix = "",
  lowMeaning?: string,
): Record<string, Column<Row>> {
  return {
    [name]: [meaning, (row) => of(row).value],
    ...intervalColumns(of, prefix, lowMeaning),
  };
}
