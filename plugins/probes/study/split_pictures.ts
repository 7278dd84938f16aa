/**
 * Splits pictures into folds to fit on and a test, whole sequences together.
 *
 * @module
 */
import {
  ConfigError,
  type Dataset,
  permutation,
  randomFrom,
} from "../../../mod.ts";

/** Which pictures are for what. No picture is in two. */
export interface PictureSplit {
  /**
   * What no split divides: whole sequences where there are several, moments of
   * the one sequence in its order, or single pictures.
   */
  readonly by: "sequence" | "time" | "picture";
  /** To fit on, in groups that penalties are chosen by: indices in the dataset. */
  readonly folds: readonly Uint32Array[];
  /** To measure on. */
  readonly test: Uint32Array;
  /** For each picture of `test`, the cluster it is drawn with in a bootstrap. */
  readonly clusters: Uint32Array;
}

/** Options for {@linkcode splitPictures}. */
interface SplitPicturesOptions {
  /** Groups to fit on. */
  readonly folds: number;
  /** Share of the pictures that are measured on. */
  readonly test: number;
  /** Decides the order, where there is none. */
  readonly seed: number;
}

/** With fewer sequences than this a split cuts by time instead. */
const leastSequences = 8;

/** Stretches of pictures that a sequence is cut in where it is cut by time. */
const stretches = 20;

/**
 * Splits `indices` so that pictures that are alike are never on both sides:
 *
 * - of a dataset without sequences, at random;
 * - of 8 sequences or more, whole sequences at random;
 * - of fewer, by time: the last part of each sequence is measured on, as the
 *   frames of a film are nearly those before them.
 *
 * @throws {ConfigError} When there are fewer pictures than folds and one to measure on.
 */
export function splitPictures(
  dataset: Pick<Dataset, "length" | "sequenceOf">,
  indices: Uint32Array,
  { folds, test, seed }: SplitPicturesOptions,
): PictureSplit {
  const least = folds + 2;
  if (indices.length < least) {
    throw new ConfigError(
      "folds",
      `Cannot split ${indices.length} pictures into ${folds} folds and a test: give at least ${least} pictures, or write --folds=${
        Math.max(2, indices.length - 2)
      } for fewer folds`,
    );
  }
  const by = splitBy(dataset, indices);
  const clusters = clustersOf(dataset, indices);
  const order = clustersInOrder(clusters, by, seed);
  const measured = tail(order, clusters, Math.round(test * indices.length), by);
  const rest = [...indices.keys()].filter((i) => !measured.has(clusters[i]!));
  const tested = [...indices.keys()].filter((i) => measured.has(clusters[i]!));
  const fitted = order.filter((cluster) => !measured.has(cluster));
  // Too few clusters for the folds: a fold is then pictures, not clusters.
  const unit = fitted.length < folds
    ? new Map(rest.map((i, n) => [i, n]))
    : new Map(rest.map((i) => [i, fitted.indexOf(clusters[i]!)]));
  const units = Math.max(...unit.values()) + 1;
  return {
    by,
    folds: Array.from({ length: folds }, (_, fold) =>
      Uint32Array.from(
        rest.filter((i) => Math.floor(unit.get(i)! * folds / units) === fold),
        (i) => indices[i]!,
      )),
    test: Uint32Array.from(tested, (i) => indices[i]!),
    clusters: Uint32Array.from(tested, (i) => clusters[i]!),
  };
}

/**
 * For each of `indices` the number of its cluster, the pictures that a
 * bootstrap or a permutation keeps together: its sequence where there are 8 or
 * more, else a twentieth of its sequence, else itself alone. Ascending in the
 * order of the pictures.
 */
export function clustersOf(
  dataset: Pick<Dataset, "sequenceOf">,
  indices: Uint32Array,
): Uint32Array {
  const by = splitBy(dataset, indices);
  if (by === "picture") return indices.map((_, i) => i);
  const names = Array.from(indices, (index) => dataset.sequenceOf!(index));
  const numbers = new Map([...new Set(names)].map((name, i) => [name, i]));
  if (by === "sequence") {
    return Uint32Array.from(names, (name) => numbers.get(name)!);
  }
  const lengths = Map.groupBy(names, (name) => name);
  const seen = new Map<string, number>();
  return Uint32Array.from(names, (name) => {
    const at = seen.get(name) ?? 0, { length } = lengths.get(name)!;
    seen.set(name, at + 1);
    return numbers.get(name)! * stretches + Math.floor(at * stretches / length);
  });
}

function splitBy(
  dataset: Pick<Dataset, "sequenceOf">,
  indices: Uint32Array,
): PictureSplit["by"] {
  if (!dataset.sequenceOf) return "picture";
  const count = new Set(
    Array.from(indices, (index) => dataset.sequenceOf!(index)),
  ).size;
  if (count === indices.length) return "picture";
  return count < leastSequences ? "time" : "sequence";
}

/** Clusters in the order in which they are fitted on, those measured on last. */
function clustersInOrder(
  clusters: Uint32Array,
  by: PictureSplit["by"],
  seed: number,
): number[] {
  const distinct = [...new Set(clusters)];
  if (by === "time") return distinct;
  return Array.from(
    permutation(distinct.length, randomFrom(seed)),
    (i) => distinct[i]!,
  );
}

/** The clusters that are measured on: together at least `pictures`. */
function tail(
  order: readonly number[],
  clusters: Uint32Array,
  pictures: number,
  by: PictureSplit["by"],
): Set<number> {
  const sizes = new Map<number, number>();
  for (const cluster of clusters) {
    sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  }
  const total = clusters.length, chosen = new Set<number>();
  const groups = by === "time"
    ? [
      ...Map.groupBy(order, (cluster) => Math.floor(cluster / stretches))
        .values(),
    ]
    : [[...order]];
  for (const group of groups) {
    const own = group.reduce((sum, cluster) => sum + sizes.get(cluster)!, 0);
    let wanted = Math.max(1, Math.round(pictures * own / total));
    for (const cluster of group.toReversed().slice(0, -1)) {
      if (wanted <= 0) break;
      chosen.add(cluster);
      wanted -= sizes.get(cluster)!;
    }
  }
  return chosen;
}
