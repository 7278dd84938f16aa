/**
 * Which pictures are trained on, and in which order.
 *
 * @module
 */
import type { Dataset } from "../dataset.ts";
import { ConfigError } from "../errors.ts";
import { permutation, type Random, randomFrom } from "../random.ts";
import { randomStreams } from "./random_streams.ts";

/** Indices of the pictures, by what they are for. No picture is in two. */
export interface Split {
  /** To train on. */
  readonly train: Uint32Array;
  /** To calibrate the threshold on, ascending. */
  readonly calibrate: Uint32Array;
  /** To measure on, ascending. */
  readonly test: Uint32Array;
}

/**
 * Holds `heldOut` pictures of a dataset back, half to calibrate and half to
 * measure, in an order that `seed` decides. Pictures that come in sequences are
 * held back a sequence after the other, from the end of each: of one film its
 * last part, never a frame among those trained on.
 *
 * @throws {ConfigError} When fewer than half of the pictures would be left to train on.
 */
export function splitExamples(
  dataset: Pick<Dataset, "length" | "sequenceOf">,
  heldOut: number,
  seed: number,
): Split {
  const { length } = dataset;
  if (2 * heldOut > length || heldOut < 2) {
    throw new ConfigError(
      "evaluate.images",
      length < 4
        ? `Cannot hold pictures out of a dataset of ${length}: it needs at least 4, of which evaluate.images=2 are held out`
        : `Cannot hold ${heldOut} pictures out of ${length}: write a number from 2 to ${
          Math.floor(length / 2)
        } for evaluate.images`,
    );
  }
  const order = orderOf(dataset, randomFrom(seed, randomStreams.split));
  const half = Math.floor(heldOut / 2);
  return {
    calibrate: order.slice(0, half).sort(),
    test: order.slice(half, heldOut).sort(),
    train: order.slice(heldOut).sort(),
  };
}

/** All pictures by chance; or sequence by sequence, by chance, each from its end. */
function orderOf(
  dataset: Pick<Dataset, "length" | "sequenceOf">,
  random: Random,
): Uint32Array {
  const { length } = dataset;
  if (!dataset.sequenceOf) return permutation(length, random);
  const indices = Array.from({ length }, (_, i) => length - 1 - i);
  const sequences = [
    ...Map.groupBy(indices, (index) => dataset.sequenceOf!(index)).values(),
  ];
  const order = permutation(sequences.length, random);
  return Uint32Array.from([...order].flatMap((i) => sequences[i]!));
}

/**
 * Groups of `size` training pictures without end, from group `first` on. Each
 * epoch has its own order; a group may span two.
 */
export function* trainingGroups(
  train: Uint32Array,
  { size, first, seed }: { size: number; first: number; seed: number },
): Generator<number[]> {
  let epoch = -1, order: Uint32Array = new Uint32Array();
  for (let at = first * size;;) {
    const group: number[] = [];
    for (; group.length < size; at++) {
      if (Math.floor(at / train.length) !== epoch) {
        epoch = Math.floor(at / train.length);
        order = permutation(
          train.length,
          randomFrom(seed, randomStreams.epoch, epoch),
        );
      }
      group.push(train[order[at % train.length]!]!);
    }
    yield group;
  }
}

/** `indices` in groups of at most `size`, once. */
export function* inGroups(
  indices: Uint32Array,
  size: number,
): Generator<number[]> {
  for (let at = 0; at < indices.length; at += size) {
    yield [...indices.subarray(at, at + size)];
  }
}
