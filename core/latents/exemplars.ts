/**
 * Keeps some pictures that show each latent.
 *
 * @module
 */
import type { HostCodes } from "../codes.ts";

/** Pictures that show each latent, and where in them it fires. */
export interface Exemplars {
  /** How many pictures each latent has room for. */
  readonly slots: number;
  /** Patches of a picture. */
  readonly tokens: number;
  /** The latent's largest value in the picture, `[dSae, slots]`; 0 in an empty slot. */
  readonly value: Float32Array;
  /** The picture's index in the dataset, `[dSae, slots]`; -1 in an empty slot. */
  readonly example: Int32Array;
  /** The patch with that value, `[dSae, slots]`. */
  readonly token: Uint16Array;
  /**
   * The values at every patch, `[dSae, slots, tokens]`: 255 is `value` or more, 0
   * only where the latent does not fire.
   */
  readonly map: Uint8Array;
  /** The pictures of highest rank are kept, `[dSae, slots]`; -Infinity in an empty slot. */
  readonly rank: Float64Array;
}

/** Room for `slots` pictures of `tokens` patches for each latent. */
export function exemplars(
  dSae: number,
  slots: number,
  tokens: number,
): Exemplars {
  return {
    slots,
    tokens,
    value: new Float32Array(dSae * slots),
    example: new Int32Array(dSae * slots).fill(-1),
    token: new Uint16Array(dSae * slots),
    map: new Uint8Array(dSae * slots * tokens),
    rank: new Float64Array(dSae * slots).fill(-Infinity),
  };
}

/** One latent on one picture. */
export interface Showing {
  /** The latent. */
  readonly latent: number;
  /** The picture's index in the dataset. */
  readonly example: number;
  /** The patch that shows it. */
  readonly token: number;
  /** The value there. */
  readonly value: number;
  /** The patches on which the latent fires. */
  readonly at: readonly number[];
  /** Its values there. */
  readonly values: readonly number[];
}

/**
 * Keeps a picture if it ranks above one of those kept so far. Ties go to the
 * earlier picture in the dataset, then the earlier patch, so the order of the
 * offers does not matter.
 */
export function offer(to: Exemplars, showing: Showing, rank: number): void {
  const { slots, tokens } = to, { latent, example, token, value } = showing;
  let last = latent * slots;
  for (let slot = last + 1; slot < (latent + 1) * slots; slot++) {
    if (
      isBefore(to, last, to.rank[slot]!, to.example[slot]!, to.token[slot]!)
    ) {
      last = slot;
    }
  }
  if (isBefore(to, last, rank, example, token)) return;
  to.rank[last] = rank;
  to.value[last] = value;
  to.example[last] = example;
  to.token[last] = token;
  const map = to.map.subarray(last * tokens, (last + 1) * tokens).fill(0);
  showing.at.forEach((patch, i) => {
    const level = Math.round(255 * showing.values[i]! / value);
    map[patch] = Math.min(255, Math.max(1, level));
  });
}

/** Whether the picture in a slot comes before one of this rank, index and patch. */
function isBefore(
  to: Exemplars,
  slot: number,
  rank: number,
  example: number,
  token: number,
): boolean {
  if (to.rank[slot] !== rank) return to.rank[slot]! > rank;
  if (to.example[slot] !== example) return to.example[slot]! < example;
  return to.token[slot]! < token;
}

/**
 * Sorts each latent's pictures by value, largest first and empty slots last. Done
 * in place, since the maps can take most of the memory.
 */
export function sortExemplars(given: Exemplars): void {
  const { slots, value, example, token } = given;
  const dSae = value.length / slots, copy = exemplars(1, slots, given.tokens);
  for (let latent = 0; latent < dSae; latent++) {
    const first = latent * slots;
    const order = Array.from({ length: slots }, (_, i) => first + i).sort(
      (a, b) =>
        value[b]! - value[a]! || example[a]! - example[b]! ||
        token[a]! - token[b]!,
    );
    order.forEach((from, to) => copySlot(given, from, copy, to));
    for (let i = 0; i < slots; i++) copySlot(copy, i, given, first + i);
  }
}

function copySlot(
  a: Exemplars,
  from: number,
  b: Exemplars,
  to: number,
): void {
  for (const key of ["value", "example", "token", "rank"] as const) {
    b[key][to] = a[key][from]!;
  }
  const { tokens } = a;
  b.map.set(a.map.subarray(from * tokens, (from + 1) * tokens), to * tokens);
}

/** Walks through the codes of pictures of `tokens` patches, one latent on one picture at a time. */
export function* showings(
  { shape: [, dSae], offsets, latents, values }: HostCodes,
  examples: readonly number[],
  tokens: number,
): Generator<Pick<Showing, "latent" | "example" | "at" | "values">> {
  const { order, starts } = byLatent(latents, dSae);
  const rowOf = rowsOf(offsets);
  for (let latent = 0; latent < dSae; latent++) {
    let picture = -1, at: number[] = [], strengths: number[] = [];
    for (let i = starts[latent]!; i < starts[latent + 1]!; i++) {
      const entry = order[i]!, row = rowOf[entry]!;
      const here = Math.floor(row / tokens);
      if (here !== picture) {
        if (at.length > 0) {
          const example = examples[picture]!;
          yield { latent, example, at, values: strengths };
        }
        [picture, at, strengths] = [here, [], []];
      }
      at.push(row % tokens);
      strengths.push(values[entry]!);
    }
    if (at.length > 0) {
      yield { latent, example: examples[picture]!, at, values: strengths };
    }
  }
}

/** The entries sorted by latent (stably), and where each latent's start. */
function byLatent(latents: Uint32Array, dSae: number) {
  const starts = new Uint32Array(dSae + 1);
  for (const latent of latents) starts[latent + 1]!++;
  for (let latent = 0; latent < dSae; latent++) {
    starts[latent + 1]! += starts[latent]!;
  }
  const next = starts.slice(), order = new Uint32Array(latents.length);
  latents.forEach((latent, entry) => order[next[latent]!++] = entry);
  return { order, starts };
}

/** The row of each entry. */
function rowsOf(offsets: Uint32Array): Uint32Array {
  const rows = new Uint32Array(offsets.at(-1) ?? 0);
  for (let row = 0; row + 1 < offsets.length; row++) {
    rows.fill(row, offsets[row]!, offsets[row + 1]!);
  }
  return rows;
}
