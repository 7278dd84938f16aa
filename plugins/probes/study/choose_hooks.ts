/**
 * Chooses hooks by names and patterns.
 *
 * @module
 */
import {
  ConfigError,
  type Encoder,
  findHook,
  type Hook,
  sizeOf,
} from "../../../mod.ts";

/** Finer maps are left out of the stream: most of the time would go into their cells. */
const mostCells = 40 ** 2;

/** The residual stream, and what Depth Anything's neck and head make of it. */
const stream =
  /^embed$|\.resid_post$|^final_norm$|^(feat|reassemble|neck|fusion)\.|^head\.act$/;

/**
 * The hooks that `words` mean, in network order: names with commas between
 * them, in which `*` stands for anything (`"blocks.*.mlp_out"`); `stream` for
 * the residual stream after each block and what comes of it on grids of up to
 * 1600 cells; `all`. Those without a grid, attention patterns and predictions
 * are never among them; the first hook, which a picture's patches are put into,
 * and `own` always are.
 *
 * @throws {ConfigError} When a name means no hook with a grid.
 */
export function hooksNamed(
  words: string,
  encoder: Pick<Encoder, "hooks" | "predictions" | "defaultHook">,
  own: string,
): Hook[] {
  const readable = encoder.hooks.filter((hook) => hasTokens(hook, encoder));
  const wanted = words.split(",").flatMap((word) =>
    named(word.trim(), readable, encoder)
  );
  const chosen = new Set([
    ...wanted.length > 0 ? wanted : readable,
    ...readable.slice(0, 1),
    ...readable.filter(({ name }) => name === own),
  ]);
  return readable.filter((hook) => chosen.has(hook));
}

function isInStream({ name, layout }: Hook): boolean {
  return stream.test(name) && cellsOf({ layout }) <= mostCells;
}

function cellsOf({ layout }: Pick<Hook, "layout">): number {
  return sizeOf(layout.grid);
}

function hasTokens(
  { name, layout }: Hook,
  { predictions = [] }: Pick<Encoder, "predictions">,
): boolean {
  const predicted = predictions.some(({ hook }) => hook === name);
  return cellsOf({ layout }) > 0 && !predicted &&
    !/\.(scores|probs)$/.test(name);
}

function named(
  word: string,
  readable: readonly Hook[],
  encoder: Pick<Encoder, "hooks" | "predictions" | "defaultHook">,
): Hook[] {
  if (word === "all") return [...readable];
  if (word === "stream") return readable.filter(isInStream);
  const parts = word.split("*").map((part) => RegExp.escape(part));
  const pattern = new RegExp(`^${parts.join(".*")}$`);
  const found = readable.filter(({ name }) => pattern.test(name));
  if (found.length > 0) return found;
  // Its error lists the nearest names.
  const { name } = findHook(encoder as Encoder, word);
  throw new ConfigError(
    "hooks",
    `Cannot probe "${name}": it has no patches, or is a prediction; write stream, all, or names such as ${
      readable.slice(-2).map((hook) => `"${hook.name}"`).join(", ")
    }`,
  );
}
