/**
 * Finds readings among all that were measured.
 *
 * @module
 */
import type { Column } from "./columns.ts";
import type { Measured } from "./measure.ts";
import { gridOf, type Source } from "./sources.ts";
import type { Reading } from "./held_out_sums.ts";

/** What is sought. */
export interface Sought {
  /** What is read. */
  readonly kind: Source["kind"];
  /** The hook; of pixels and places, one on the same grid. */
  readonly hook: string;
  /** Whether the probe knows the place. */
  readonly hasPlace: boolean;
  /** What it is asked for. */
  readonly target: Column["target"];
  /** Whose it is; the cell's own when absent. */
  readonly labels?: Column["labels"];
}

/** The readings of what is sought, one for each seed. */
export function findReadings(
  { readings, columns }: Pick<Measured, "readings" | "columns">,
  { kind, hook, hasPlace, target, labels = "real" }: Sought,
): Reading[] {
  const at = readings.find(({ source }) =>
    source.kind === "tokens" && source.hook === hook
  );
  const grid = at && gridOf(at.source.layout);
  return readings.filter(({ source, fit }) => {
    const column = columns[fit.column]!;
    return source.kind === kind &&
      (kind === "tokens"
        ? source.hook === hook
        : gridOf(source.layout) === grid) &&
      fit.hasPlace === hasPlace && column.target === target &&
      column.labels === labels;
  });
}

/** The place alone for the same column on the same grid. */
export function placeOf(
  { readings }: Pick<Measured, "readings">,
  { source, fit }: Reading,
): Reading | undefined {
  return readings.find((other) =>
    other.source.kind === "position" &&
    gridOf(other.source.layout) === gridOf(source.layout) &&
    other.fit.column === fit.column
  );
}

/** The hooks that were read, in order. */
export function hooksOf({ readings }: Pick<Measured, "readings">): string[] {
  const tokens = readings.filter(({ source }) => source.kind === "tokens");
  return [...new Set(tokens.map(({ source }) => source.hook))];
}
