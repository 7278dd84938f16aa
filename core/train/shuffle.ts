/**
 * Shuffles token activations into batches.
 *
 * @module
 */
import type { TokenGroup } from "./collect.ts";
import type { DrawnTokens, TokenBuffer } from "./token_buffer.ts";

/** Options for {@linkcode shuffle}. */
export interface ShuffleOptions {
  /** Tokens in a batch. */
  readonly batch: number;
  /** The buffer is filled until it holds more than this many tokens, and drawn from while it does. */
  readonly full: number;
}

/**
 * Yields batches drawn at random from `buffer`, which `groups` refill. The buffer
 * is filled before the first batch, so that any of its tokens may share one.
 */
export async function* shuffle(
  groups: AsyncIterable<TokenGroup>,
  buffer: TokenBuffer,
  { batch, full }: ShuffleOptions,
): AsyncGenerator<DrawnTokens> {
  // A resumed run may have stopped between two draws.
  while (buffer.size > full) yield buffer.draw(batch);
  for await (const group of groups) {
    buffer.add(group);
    while (buffer.size > full) yield buffer.draw(batch);
  }
}
