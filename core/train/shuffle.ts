/**
 * Token activations in order in, shuffled batches out.
 *
 * @module
 */
import type { TokenGroup } from "./collect.ts";
import type { DrawnTokens, TokenBuffer } from "./token_buffer.ts";

/** Options for {@linkcode shuffle}. */
export interface ShuffleOptions {
  /** Tokens in a batch. */
  readonly batch: number;
  /** The buffer is filled until it holds more than this, and drawn from while it does. */
  readonly full: number;
}

/**
 * Yields batches drawn at random from `buffer`, which `groups` refill. Before
 * the first batch the buffer is filled, so that a token may meet any of as
 * many others as it holds.
 */
export async function* shuffle(
  groups: AsyncIterable<TokenGroup>,
  buffer: TokenBuffer,
  { batch, full }: ShuffleOptions,
): AsyncGenerator<DrawnTokens> {
  // A resumed buffer is drawn from first, as it would have been.
  while (buffer.size > full) yield buffer.draw(batch);
  for await (const group of groups) {
    buffer.add(group);
    while (buffer.size > full) yield buffer.draw(batch);
  }
}
