/**
 * Settings given on the command line, laid over those of a file.
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
 * Reads `"sparsifier.k=64"`, dashes before it allowed. A slot's own name is
 * short for its `use`: `encoder=vit` is `encoder.use=vit`.
 *
 * @throws {ConfigError} When there is no key or no value.
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
 * A value as typed: JSON when it is a number, true, false, null, a list or an
 * object, else text. `1_000_000` is a number too.
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
 * Lays `overrides` over the settings in `given`, which stays as it is. A slot
 * that gets another plugin drops the options of the one it had.
 *
 * @throws {ConfigError} When a key leads through a value that holds no keys.
 */
export function applyOverrides(
  given: Readonly<Record<string, unknown>>,
  overrides: readonly Override[],
): Record<string, unknown> {
  // What fills a slot comes first, wherever it stands in the line.
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

/** `into` with the value at `path` replaced. */
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
