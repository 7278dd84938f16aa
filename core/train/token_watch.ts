/**
 * Watches tokens on their way from the encoder: reports pictures that could
 * not be decoded and refuses numbers that are not finite.
 *
 * @module
 */
import type { TokenGroup } from "./collect.ts";
import { stopError } from "./stop_error.ts";
import type { Session } from "./training_session.ts";

/**
 * Passes `groups` on, noting skipped pictures in the session, until `isOver`.
 *
 * @throws {TrainingError} When an activation is not finite; the message names the pictures.
 */
export async function* watchTokens(
  session: Session,
  groups: AsyncIterable<TokenGroup>,
  isOver: () => boolean,
): AsyncGenerator<TokenGroup> {
  for await (const group of groups) {
    if (isOver()) return;
    noteSkipped(session, group);
    checkFinite(session, group);
    yield group;
  }
}

function noteSkipped({ skipped, onEvent }: Session, group: TokenGroup): void {
  for (const { id, message: why } of group.skipped) {
    if (!skipped.has(id)) onEvent?.({ kind: "skipped", id, why });
    skipped.set(id, why);
  }
}

function checkFinite(session: Session, { x, ids }: TokenGroup): void {
  // A finite number times 0 is 0; NaN and infinities give NaN.
  let sum = 0;
  for (let i = 0; i < x.data.length; i++) sum += x.data[i]! * 0;
  if (sum === 0) return;
  const perImage = x.data.length / ids.length;
  const bad = ids.filter((_, image) =>
    !x.data.subarray(image * perImage, (image + 1) * perImage)
      .every(Number.isFinite)
  );
  throw stopError(
    session,
    `activations at "${session.run.hook.name}" are not finite for ${
      bad.map((id) => `"${id}"`).join(", ")
    }`,
  );
}
