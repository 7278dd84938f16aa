/**
 * Applies settings from the command line to those of a file.
 *
 * @module
 */
import { ConfigError } from "../errors.ts";
import { slots } from "./run_schema.ts";

/** One setting given on the command line. */
export interface Override {
  /** Its dotted key: `"sparsifier.k"`. */
  readonly key: string;
  /** What was typed after the equals sign. */
  readonly text: string;
}

/**
 * Parses `"sparsifier.k=64"`, with or without leading dashes. A slot's name is
 * short for its `use`: `encoder=vit` means `encoder.use=vit`.
 *
 * @throws {ConfigError} When the key or the value is missing.
 */
export function parseOverride(argument: string): Override {
  const [, name, text] = /^-*([^=\s]+)=(.*)$/s.exec(argument) ?? [];
  if (name === undefined || text === undefined || /^\.|\.\.|\.$/.test(name)) {
    throw new ConfigError(
      argument,
      `Cannot read setting "${argument}": write a key and a value, such as "--sparsifier.k=64"`,
    );
  }
  const short = slots.some((slot) => slot === name) && !text.startsWith("{");
  return { key: short ? `${name}.use` : name, text };
}

/**
 * Parses a value as typed: JSON if it is a number, true, false, null, a list or
 * an object, otherwise text. `1_000_000` is a number too.
 *
 * @example
 * ```ts
 * import { parseValue } from "./run_overrides.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(["64", "1e-3", "[64, 64]", "true", "vit"].map(parseValue), [64, 1e-3, [64, 64], true, "vit"]);
 * ```
 */
export function parseValue(text: string): unknown {
  if (/^-?\d+(_\d+)+$/.test(text)) return Number(text.replaceAll("_", ""));
  try {
    return JSON.parse(text);
  } catch {
    return /^-?\d*\.?\d+(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
  }
}

/**
 * The settings in `given` with `overrides` applied. A slot that gets another
 * plugin loses the options of the old one.
 *
 * @throws {ConfigError} When a key leads into a value that cannot have keys.
 */
export function applyOverrides(
  given: Readonly<Record<string, unknown>>,
  overrides: readonly Override[],
): Record<string, unknown> {
  // A slot's plugin must be set before its options, wherever it stands in the line.
  const isUse = ({ key }: Override) => /^\w+(\.use)?$/.test(key);
  const ordered = [
    ...overrides.filter(isUse),
    ...overrides.filter((override) => !isUse(override)),
  ];
  return ordered.reduce<Record<string, unknown>>(
    (run, { key, text }) => {
      const path = key.split(".");
      const slot = run[path[0]!];
      const other = slots.some((slot) => key === `${slot}.use`) &&
        (slot as { use?: unknown } | undefined)?.use !== text;
      return set(other ? { ...run, [path[0]!]: {} } : run, path, {
        key,
        value: parseValue(text),
      }) as Record<string, unknown>;
    },
    { ...given },
  );
}

/** A copy of `into` with the value at `path` replaced. */
function set(
  into: unknown,
  [head, ...rest]: readonly string[],
  leaf: { readonly key: string; readonly value: unknown },
): unknown {
  if (head === undefined) return leaf.value;
  if (Array.isArray(into) && /^\d+$/.test(head)) {
    const copy = [...into];
    copy[Number(head)] = set(into[Number(head)], rest, leaf);
    return copy;
  }
  if (typeof (into ?? {}) !== "object" || Array.isArray(into)) {
    throw new ConfigError(
      leaf.key,
      `Cannot set ${leaf.key}: "${head}" cannot be inside ${
        JSON.stringify(into)
      }`,
    );
  }
  const object = { ...(into as Record<string, unknown> | undefined) };
  const inner = Object.hasOwn(object, head) ? object[head] : undefined;
  return { ...object, [head]: set(inner, rest, leaf) };
}
