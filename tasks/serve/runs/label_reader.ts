/**
 * Reads the labels of an index's pictures in the background.
 *
 * @module
 */
import type { Pictures } from "./pictures.ts";
import type { Run, RunIndex } from "./run_store.ts";
import type { HasLabel } from "./latent_query.ts";

/** The labels that have been read so far. */
interface LabelsSoFar {
  /** Whether one of a latent's top pictures has a label with these words. */
  readonly hasLabel: HasLabel;
  /** Pictures whose labels were read. */
  readonly read: number;
  /** Pictures in all. */
  readonly total: number;
}

/** The most pictures that are decoded for their labels. */
const most = 4096;

/**
 * Reads the labels of the pictures of an index: an index does not hold them,
 * so the pictures are decoded, one after the other, once someone asks.
 */
export function labelReader(
  pictures: Pictures,
): (run: Run, latents: RunIndex) => LabelsSoFar {
  const readings = new Map<
    string,
    { version: string; wanted: number[]; read: number }
  >();
  return (run, { index, version }) => {
    const key = run.folder.path;
    let reading = readings.get(key);
    if (reading?.version !== version) {
      const examples = new Set(index.top.example);
      examples.delete(-1);
      reading = { version, wanted: [...examples].slice(0, most), read: 0 };
      readings.set(key, reading);
      readAll(pictures, run, reading);
    }
    const { slots, example } = index.top;
    return {
      read: reading.read,
      total: reading.wanted.length,
      hasLabel: (latent, words) => {
        const own = example.subarray(latent * slots, (latent + 1) * slots);
        return own.some((one) =>
          one >= 0 && isLabelled(pictures.known(run, one)?.labels, words)
        );
      },
    };
  };
}

async function readAll(
  pictures: Pictures,
  run: Run,
  reading: { wanted: number[]; read: number },
): Promise<void> {
  for (const example of reading.wanted) {
    if (!pictures.known(run, example)) {
      // Decoded as a thumbnail, since that is shown next.
      await pictures.small(run, example, "thumb", "later").catch(() => {});
    }
    reading.read++;
  }
}

function isLabelled(
  labels: Readonly<Record<string, string | number>> | undefined,
  words: string,
): boolean {
  return Object.values(labels ?? {})
    .some((label) => String(label).toLowerCase().includes(words));
}
