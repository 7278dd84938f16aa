/**
 * Which of a page's pictures cannot be shown.
 *
 * @module
 */
import type { Exemplar } from "./latent_exemplars.ts";
import type { Pictures } from "./pictures.ts";
import type { Run } from "./run_store.ts";

/** Milliseconds that a page waits to learn which pictures cannot be shown. */
const patience = 120;

/** Waits briefly for the pictures, and says how many of them cannot be shown. */
export async function pictureProblems(
  pictures: Pictures,
  run: Run,
  exemplars: readonly Exemplar[],
): Promise<string[]> {
  const gone = await pictures.count(run).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (gone) return [`No picture can be shown. ${gone}`];
  const indices = [...new Set(exemplars.map(({ example }) => example))];
  const all = Promise.allSettled(
    indices.map((index) => pictures.small(run, index, "large", "later")),
  );
  let timer;
  const late = new Promise((resolve) => timer = setTimeout(resolve, patience));
  await Promise.race([all, late]);
  clearTimeout(timer);
  const failures = indices.flatMap((index) =>
    pictures.failure(run, index) ?? []
  );
  if (failures.length === 0) return [];
  return [
    `${failures.length} of ${indices.length} pictures cannot be shown. ${
      failures[0]
    }`,
  ];
}
