/** Tests of the pictures that show each latent. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import {
  type Exemplars,
  exemplars,
  offer,
  showings,
  sortExemplars,
} from "../../../core/latents/exemplars.ts";
import { hashOf, permutation, randomFrom } from "../../../core/random.ts";
import { denseCodes, sparse } from "../_dense_codes.ts";

const [dSae, tokens, pictures] = [9, 6, 40];
const dense = denseCodes(pictures * tokens, dSae, { share: 0.2 });

/** The value of a latent at each patch of a picture. */
function mapOf(latent: number, picture: number): number[] {
  return dense.slice(picture * tokens, (picture + 1) * tokens)
    .map((row) => row[latent]!);
}

/** Every latent on every picture where it fires, by brute force. */
function allShowings() {
  return Array.from({ length: dSae }, (_, latent) => latent).flatMap((latent) =>
    Array.from({ length: pictures }, (_, example) => example).map((example) => {
      const map = mapOf(latent, example);
      const at = map.flatMap((value, patch) => value > 0 ? [patch] : []);
      return { latent, example, at, values: at.map((patch) => map[patch]!) };
    }).filter(({ at }) => at.length > 0)
  );
}

Deno.test("showings() finds each latent on each picture where it fires, by latent and picture", () => {
  const codes = sparse(dense, dSae);
  const indices = Array.from({ length: pictures }, (_, i) => i);
  deepEqual([...showings(codes, indices, tokens)], allShowings());
  const named = indices.map((i) => 1000 - i);
  deepEqual(
    [...showings(codes, named, tokens)].map(({ example }) => example),
    allShowings().map(({ example }) => 1000 - example),
  );
  deepEqual([...showings(sparse([], dSae), [], tokens)], []);
});

/** Offers the `perImage` strongest patches of each latent on each picture, in an order given by `seed`. */
function kept(slots: number, perImage: number, seed: number): Exemplars {
  const found = exemplars(dSae, slots, tokens), all = allShowings();
  for (const i of permutation(all.length, randomFrom(seed))) {
    const { values, at } = all[i]!;
    const order = values.map((_, i) => i)
      .sort((a, b) => values[b]! - values[a]! || a - b).slice(0, perImage);
    for (const place of order) {
      const value = values[place]!;
      offer(found, { ...all[i]!, token: at[place]!, value }, value);
    }
  }
  sortExemplars(found);
  return found;
}

for (const perImage of [1, 3]) {
  Deno.test(`offer() keeps the largest values, of equal ones the first, ${perImage} of a picture, in any order`, () => {
    const slots = 5;
    for (const seed of [1, 2, 3]) {
      const found = kept(slots, perImage, seed);
      for (let latent = 0; latent < dSae; latent++) {
        const wanted = Array.from(
          { length: pictures },
          (_, example) =>
            mapOf(latent, example).map((value, token) => ({
              value,
              example,
              token,
            })).filter(({ value }) => value > 0)
              .sort((a, b) => b.value - a.value || a.token - b.token)
              .slice(0, perImage),
        ).flat()
          .sort((a, b) =>
            b.value - a.value || a.example - b.example || a.token - b.token
          ).slice(0, slots);
        const at = latent * slots;
        const own = Array.from({ length: slots }, (_, i) => ({
          value: found.value[at + i]!,
          example: found.example[at + i]!,
          token: found.token[at + i]!,
        }));
        deepEqual(own.slice(0, wanted.length), wanted);
        for (const { value, example } of own.slice(wanted.length)) {
          deepEqual([value, example], [0, -1]);
        }
      }
    }
    // There must be ties for them to be tested.
    const { value } = kept(slots, perImage, 1);
    ok(value.some((x, i) => x > 0 && i % slots > 0 && x === value[i - 1]));
  });
}

Deno.test("offer() keeps maps: 255 is the value or more, 0 only where the latent does not fire", () => {
  const slots = 60, found = kept(slots, 3, 1);
  let above = 0, faint = 0;
  found.example.forEach((example, slot) => {
    const latent = Math.floor(slot / slots), value = found.value[slot]!;
    const map = found.map.subarray(slot * tokens, (slot + 1) * tokens);
    if (example < 0) return deepEqual([...map], new Array(tokens).fill(0));
    const values = mapOf(latent, example);
    values.forEach((x, patch) => {
      const level = x === 0
        ? 0
        : Math.min(255, Math.max(1, Math.round(255 * x / value)));
      equal(map[patch], level);
      if (x > value) above++;
      if (x > 0 && 255 * x / value < 0.5) faint++;
    });
    equal(map[found.token[slot]!], 255);
  });
  ok(above > 0 && faint > 0, "both ends of the scale were met");
});

Deno.test("offer() by chance keeps the same pictures in any order, and each about as often", () => {
  const draw = (order: Iterable<number>, latent: number): number[] => {
    const found = exemplars(latent + 1, 4, 1);
    for (const example of order) {
      const showing = { latent, example, token: 0, value: 1, at: [0] };
      offer(found, { ...showing, values: [1] }, hashOf(latent, example));
    }
    sortExemplars(found);
    return [...found.example.subarray(4 * latent)];
  };
  const examples = Array.from({ length: 20 }, (_, i) => 50 * i);
  const times = new Map(examples.map((example) => [example, 0]));
  for (let latent = 0; latent < 400; latent++) {
    const forwards = draw(examples, latent);
    deepEqual(draw(examples.toReversed(), latent), forwards);
    for (const example of forwards) {
      times.set(example, times.get(example)! + 1);
    }
  }
  // 80 expected, with a standard deviation of 8.
  const counts = [...times.values()];
  equal(counts.reduce((sum, count) => sum + count, 0), 1600);
  ok(Math.min(...counts) > 45 && Math.max(...counts) < 115, `${counts}`);
});
