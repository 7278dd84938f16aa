/**
 * Compares runs by their settings.
 *
 * @module
 */
import type { RunConfig } from "./run_schema.ts";

/**
 * The SHA-256, in hexadecimal, of the settings that decide what a run trains:
 * all except its name and its index. The order of keys does not matter.
 */
export async function hashRun(config: RunConfig): Promise<string> {
  const { name: _, index: __, ...rest } = config;
  const bytes = new TextEncoder().encode(JSON.stringify(sorted(rest)));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/**
 * The settings that differ, as `"sparsifier.k: 32 → 64"`, ignoring the name and
 * the index.
 *
 * @example
 * ```ts
 * import { diffRuns, readRun } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const { config: a } = await readRun(undefined, [], "/tmp");
 * const { config: b } = await readRun(undefined, ["seed=2"], "/tmp");
 * deepEqual(diffRuns(a, b), ["seed: 1 → 2"]);
 * ```
 */
export function diffRuns(a: RunConfig, b: RunConfig): string[] {
  const [before, after] = [leaves(a), leaves(b)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => !/^(name$|index\.)/.test(key))
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) =>
      `${key}: ${before.get(key) ?? "absent"} → ${after.get(key) ?? "absent"}`
    );
}

function leaves(value: unknown, at = ""): Map<string, string> {
  const inner = typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value ?? {})
    : [];
  if (inner.length === 0) return new Map([[at, JSON.stringify(value)]]);
  return new Map(
    inner.flatMap(([key, each]) => [
      ...leaves(each, at === "" ? key : `${at}.${key}`),
    ]),
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(
    keys.map((key) => [key, sorted((value as Record<string, unknown>)[key])]),
  );
}
