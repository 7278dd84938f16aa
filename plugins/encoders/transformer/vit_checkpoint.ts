/**
 * The tensors of a vision transformer, found by the names that Hugging Face
 * gives them.
 *
 * @module
 */
import { FormatError, type SafetensorsHeader } from "../../../mod.ts";
import type { BlockSizes } from "./block_hooks.ts";

/** The weight of the patch embedding, `[dModel, 3, patch, patch]`, without its prefix. */
export const projection = "embeddings.patch_embeddings.projection.weight";

/**
 * Finds which of `prefixes` the names of the tensors begin with, by that of
 * the patch embedding.
 *
 * @throws {FormatError} When it is none of them.
 */
export function findPrefix(
  { path, tensors }: SafetensorsHeader,
  prefixes: readonly string[],
  embedding: string = projection,
): string {
  const prefix = prefixes.find((prefix) => tensors.has(prefix + embedding));
  if (prefix !== undefined) return prefix;
  const tried = prefixes.map((prefix) => `"${prefix}${embedding}"`);
  const some = [...tensors.keys()].slice(0, 5).map((name) => `"${name}"`);
  throw new FormatError(
    path,
    `Cannot find the tensor ${
      tried.join(" or ")
    } in "${path}": it holds ${tensors.size}, such as ${some.join(", ")}`,
  );
}

/**
 * Counts the blocks by the names of their tensors, `{prefix}{blocks}{i}.…`.
 *
 * @throws {FormatError} When one is missing, or `config.json` says that there
 * are `said` and there are not.
 */
export function countLayers(
  { path, tensors }: SafetensorsHeader,
  prefix: string,
  said?: number,
  blocks = "encoder.layer.",
): number {
  const start = prefix + blocks;
  const numbers = new Set(
    [...tensors.keys()].filter((name) => name.startsWith(start))
      .map((name) => name.slice(start.length).split(".")[0]!),
  );
  for (let i = 0; i < numbers.size; i++) {
    if (numbers.has(`${i}`)) continue;
    throw new FormatError(
      path,
      `Cannot find the tensors "${start}${i}.…" in "${path}": it holds ${numbers.size} blocks, block ${
        [...numbers].toSorted((a, b) => Number(b) - Number(a))[0]
      } among them`,
    );
  }
  if (said !== undefined && said !== numbers.size) {
    throw new FormatError(
      path,
      `Cannot use "${path}": it holds ${numbers.size} blocks, config.json says ${said}`,
    );
  }
  return numbers.size;
}

/**
 * Checks sizes that the shapes of tensors do not tell.
 *
 * @throws {FormatError} When there are no blocks, or `heads` does not divide `dModel`.
 */
export function checkSizes(
  { layers, dModel, heads }: Pick<BlockSizes, "layers" | "dModel" | "heads">,
  { path }: SafetensorsHeader,
): void {
  const fail = (why: string): never => {
    throw new FormatError(path, `Cannot use "${path}": ${why}`);
  };
  if (layers === 0) fail("it holds no blocks (encoder.layer.0 and so on)");
  if (dModel % heads !== 0) {
    fail(`a width of ${dModel} cannot be divided among ${heads} heads`);
  }
}
