/**
 * Finds the column that an address names.
 *
 * @module
 */
import { Problem } from "../http/problem.ts";
import type { LatentColumn } from "./latent_columns.ts";

/**
 * The column with that name.
 *
 * @throws {Problem} When there is none.
 */
export function findColumn(
  columns: readonly LatentColumn[],
  name: string,
): LatentColumn {
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  throw new Problem(
    400,
    `Cannot find column "${
      name.length > 40 ? `${name.slice(0, 40)}…` : name
    }": this run has ${columns.map(({ name }) => name).join(", ")}`,
  );
}
