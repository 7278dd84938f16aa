/**
 * Small pictures of a run's dataset, as the encoder sees them.
 *
 * @module
 */
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { Dataset, Example, RgbImage } from "../../../core/dataset.ts";
import {
  type Approve,
  loadPlugin,
  type LoadPluginOptions,
} from "../../../core/run/load_plugin.ts";
import { asProblem, Problem } from "../http/problem.ts";
import { concurrencyLimit, type Urgency } from "../http/concurrency_limit.ts";
import { lru } from "./lru.ts";
import { pictureRegion } from "./picture_region.ts";
import type { Run } from "./run_store.ts";

/** Longest side of a picture, in pixels, by the name of its size. */
export const pictureSides = { thumb: 160, large: 640 } as const;

/** The name of a size. */
export type PictureSize = keyof typeof pictureSides;

/** A picture that can be sent. */
interface SmallPicture {
  /** The JPEG. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its name in the dataset. */
  readonly id: string;
  /** Its labels, by name. */
  readonly labels: Readonly<Record<string, string | number>>;
  /** Size of the whole picture. */
  readonly width: number;
  /** Size of the whole picture. */
  readonly height: number;
}

/** A picture in every size. */
type Sizes = Readonly<Record<PictureSize, SmallPicture>>;

/** Pictures of runs. */
export interface Pictures {
  /**
   * A picture by its index in the run's dataset; with `later` it waits until no
   * urgent one does.
   *
   * @throws {Problem} When it does not exist, or cannot be decoded.
   */
  small(
    run: Run,
    index: number,
    size: PictureSize,
    urgency?: Urgency,
  ): Promise<SmallPicture>;
  /**
   * The example itself, as the dataset has it.
   *
   * @throws {Problem} When it does not exist, or cannot be decoded.
   */
  example(run: Run, index: number): Promise<Example>;
  /**
   * How many pictures the run's dataset has.
   *
   * @throws {Problem} When it cannot be opened: its files were moved away.
   */
  count(run: Run): Promise<number>;
  /** The id and labels of a picture, where it was decoded before. */
  known(
    run: Run,
    index: number,
  ): Pick<SmallPicture, "id" | "labels"> | undefined;
  /** Why a picture could not be shown when it was last asked for. */
  failure(run: Run, index: number): string | undefined;
  /** Closes the datasets. */
  close(): Promise<void>;
}

/** The most bytes of pictures that are kept. */
const pictureRoom = 96 * 2 ** 20;

/** How many pictures are decoded at once: each may take hundreds of megabytes. */
const atOnce = 4;

/** Milliseconds after which a picture that failed is tried again. */
const retryAfter = 10_000;

/** Which plugins may run: all that are built in, and those that `approve` lets through. */
type Plugins = Pick<LoadPluginOptions, "builtins"> & {
  readonly approve: Approve;
};

/** Makes small pictures of the datasets that the runs' settings name. */
export function openPictures(plugins: Plugins): Pictures {
  const datasets = datasetsOf(plugins);
  const kept = lru<Sizes>(pictureRoom);
  const busy = new Map<string, Promise<Sizes>>();
  const known = new Map<string, Pick<SmallPicture, "id" | "labels">>();
  const failed = new Map<string, { message: string; time: number }>();
  const inTurn = concurrencyLimit(atOnce);
  const keyOf = (run: Run, index: number) =>
    `${run.folder.path}\n${run.version}\n${index}`;
  const example = async (run: Run, index: number): Promise<Example> => {
    const key = keyOf(run, index), before = failed.get(key);
    if (before && Date.now() - before.time < retryAfter) {
      throw new Problem(404, before.message);
    }
    try {
      const dataset = await datasets.open(run);
      const { length } = dataset;
      if (!(index < length)) {
        throw new Problem(
          404,
          `Cannot find picture ${index}: the dataset has ${length}, numbered from 0 to ${
            length - 1
          }`,
        );
      }
      const found = await dataset.get(index);
      failed.delete(key);
      known.set(key, { id: found.id, labels: found.labels ?? {} });
      return found;
    } catch (error) {
      const { message } = gone(error, index);
      failed.set(key, { message, time: Date.now() });
      throw new Problem(404, message, { cause: error });
    }
  };
  return {
    count: async (run) => (await datasets.open(run)).length,
    example: (run, index) => inTurn(() => example(run, index)),
    known: (run, index) => known.get(keyOf(run, index)),
    failure: (run, index) => failed.get(keyOf(run, index))?.message,
    close: () => datasets.close(),
    async small(run, index, size, urgency) {
      const key = keyOf(run, index), before = kept.get(key);
      if (before) return before[size];
      // An urgent request does not wait for the same one made for later.
      const entry = `${urgency ?? "now"}\n${key}`;
      const coming = busy.get(entry) ?? inTurn(async () => {
        const done = kept.get(key);
        if (done) return done;
        const made = await shrunk(run, await example(run, index));
        const weight = made.thumb.bytes.length + made.large.bytes.length;
        kept.set(key, made, weight);
        return made;
      }, urgency).finally(() => busy.delete(entry));
      busy.set(entry, coming);
      return (await coming)[size];
    },
  };
}

/** Why a picture is missing; a bug in a dataset costs only its pictures. */
function gone(error: unknown, index: number): Problem {
  const problem = asProblem(error);
  if (problem.status !== 500) return problem;
  return new Problem(
    404,
    `Cannot read picture ${index}: ${(error as Error)?.message ?? error}`,
  );
}

/** A picture in every size at once, since decoding costs more than writing. */
async function shrunk(
  run: Run,
  { id, image, labels = {} }: Example,
): Promise<Sizes> {
  const { width, height } = image;
  // Maps of latents lie over what the encoder sees.
  const region = pictureRegion(image, run.provenance.preprocessing);
  const of = async (size: PictureSize): Promise<SmallPicture> => ({
    bytes: await jpeg(image, pictureSides[size], region),
    id,
    labels,
    width,
    height,
  });
  return { thumb: await of("thumb"), large: await of("large") };
}

/** A part of `image` as JPEG, its longer side at most `side` pixels. */
async function jpeg(
  { data, width, height }: RgbImage,
  side: number,
  region: ReturnType<typeof pictureRegion>,
): Promise<Uint8Array<ArrayBuffer>> {
  // Loaded on first use: its native library needs permissions of its own.
  const { default: sharp } = await import("sharp");
  const buffer = await sharp(data, { raw: { width, height, channels: 3 } })
    .extract(region)
    .resize(side, side, { fit: "inside", withoutEnlargement: true })
    .jpeg({ quality: 85 }).toBuffer();
  return new Uint8Array(buffer);
}

/** The datasets that are open. */
function datasetsOf(plugins: Plugins) {
  // Only a few at once: one may hold a million file names.
  const all = new Set<Promise<Dataset>>();
  const kept = lru<Promise<Dataset>>(8, (dataset) => {
    all.delete(dataset);
    dataset.then((open) => open.close?.()).catch(() => {});
  });
  return {
    async open(run: Run): Promise<Dataset> {
      const key = `${run.folder.path}\n${run.version}`;
      const before = kept.get(key);
      if (before) return await before;
      const opened = openDataset(run, plugins);
      kept.set(key, opened, 1);
      all.add(opened);
      try {
        return await opened;
      } catch (error) {
        // It may be back the next time.
        kept.delete(key);
        throw error instanceof Problem ? error : new Problem(
          404,
          `Cannot open the dataset of "${run.name}": ${
            (error as Error)?.message ?? error
          }`,
          { cause: error },
        );
      }
    },
    async close(): Promise<void> {
      for (const dataset of all) {
        await dataset.then((open) => open.close?.()).catch(() => {});
      }
    },
  };
}

/** Opens the dataset that the run's settings name, and nothing else of the run. */
async function openDataset(
  { config, folder, name }: Run,
  plugins: Plugins,
): Promise<Dataset> {
  if (!config) {
    throw new Problem(
      404,
      `Cannot open the dataset of "${name}": the run's settings cannot be read`,
    );
  }
  const base = new URL(`${pathToFileURL(dirname(folder.config)).href}/`);
  const { use, ...given } = config.dataset;
  const plugin = await loadPlugin("dataset", use, { ...plugins, base });
  const options = await plugin.options["~standard"].validate(given);
  if (options.issues) {
    throw new Problem(
      404,
      `Cannot open the dataset of "${name}": ${options.issues[0]!.message}`,
    );
  }
  return await plugin.create(options.value, { base, seed: config.seed });
}
