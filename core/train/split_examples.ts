/**
 * Splits a dataset, and orders the pictures that are trained on.
 *
 * @module
 */
import type { Dataset } from "../dataset.ts";
import { ConfigError } from "../errors.ts";
import { permutation, type Random, randomFrom } from "../random.ts";
import { randomStreams } from "./random_streams.ts";

/** Indices of pictures by their use. No picture has two uses. */
export interface Split {
  /** To train on. */
  readonly train: Uint32Array;
  /** To calibrate the threshold on, ascending. */
  readonly calibrate: Uint32Array;
  /** To measure on, ascending. */
  readonly test: Uint32Array;
}

/**
 * Holds out `heldOut` random pictures of a dataset, half to calibrate and half to
 * measure. Sequences are held out one after another, each from its end: the last
 * part of a film, never a frame between those trained on.
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
        ? `Cannot hold out pictures from a dataset of ${length}: it needs at least 4, of which evaluate.images=2 are held out`
        : `Cannot hold out ${heldOut} of ${length} pictures: write a number from 2 to ${
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

/** All pictures in random order; or random sequences, each from its end. */
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
 * Endless groups of `size` training pictures, from group `first` on. Each epoch
 * has its own order; a group may span two epochs.
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

/** `indices` in groups of at most `size`. */
export function* inGroups(
  indices: Uint32Array,
  size: number,
): Generator<number[]> {
  for (let at = 0; at < indices.length; at += size) {
    yield [...indices.subarray(at, at + size)];
  }
}
