/**
 * Pictures that a page is about to show in, sentences on those that it cannot
 * show out.
 *
 * @module
 */
import type { Exemplar } from "./latent_exemplars.ts";
import type { Pictures } from "./pictures.ts";
import type { Run } from "./run_store.ts";

/** How long a page waits for pictures to say which cannot be shown. */
const patience = 120;

/** Waits a little for the pictures, and says how many cannot be shown. */
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
