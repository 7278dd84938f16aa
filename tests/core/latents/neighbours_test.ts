/** Tests of the nearest latents. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import { type Engine, randomFrom } from "tessera";
import {
  nearestByDirection,
  nearestByFiring,
} from "../../../core/latents/neighbours.ts";
import { cpu } from "../../../plugins/engines/cpu/mod.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import { denseCodes, sparse } from "../_dense_codes.ts";

/** The other rows of each row by cosine; ties go to the lower index. */
function byCosine(rows: readonly (readonly number[])[], count: number) {
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a)) || 1;
  return rows.map((row, of) =>
    rows.map((other, latent) => ({
      latent,
      cosine: dot(row, other) / (norm(row) * norm(other)),
    })).filter(({ latent }) => latent !== of)
      .sort((a, b) =>
        Math.fround(b.cosine) - Math.fround(a.cosine) || a.latent - b.latent
      )
      .slice(0, count)
  );
}

const engines: [string, () => Promise<Engine>][] = [
  ["reference", () => Promise.resolve(reference())],
  ["cpu", () => cpu({ threads: 2 })],
];
for (const [name, open] of engines) {
  Deno.test(`nearestByDirection() agrees with the cosines of all pairs, ${name}`, async () => {
    const engine = await open();
    try {
      // More than one block of rows, the last of them not full.
      const [dSae, dModel, count] = [300, 5, 6], random = randomFrom(4);
      const data = Float32Array.from(
        { length: dSae * dModel },
        () => 3 * random.normal(),
      );
      data.fill(0, 7 * dModel, 8 * dModel);
      const rows = Array.from(
        { length: dSae },
        (_, i) => [...data.subarray(i * dModel, (i + 1) * dModel)],
      );
      const shape = [dSae, dModel];
      const found = await nearestByDirection(engine, { data, shape }, count);
      byCosine(rows, count).forEach((wanted, latent) => {
        if (latent === 7) return;
        wanted.forEach(({ cosine, ...other }, i) => {
          const slot = latent * count + i;
          ok(Math.abs(found.cosine[slot]! - cosine) < 1e-5);
          equal(found.latent[slot], other.latent, `${latent}, ${i}`);
        });
      });
      // A direction of length 0 has no near ones.
      deepEqual([...found.cosine.subarray(7 * count, 8 * count)], [
        ...new Float32Array(count),
      ]);
    } finally {
      await engine.close();
    }
  });
}

Deno.test("nearestByFiring() finds the cosines of the sets of rows, and breaks ties by index", () => {
  const [dSae, count] = [30, 4], dense = denseCodes(60, dSae, { share: 0.1 });
  const found = nearestByFiring(sparse(dense, dSae), count);
  const sets = Array.from(
    { length: dSae },
    (_, latent) => dense.map((row) => Number(row[latent]! > 0)),
  );
  byCosine(sets, count).forEach((wanted, latent) => {
    const near = wanted.filter(({ cosine }) => cosine > 0);
    const at = latent * count;
    const own = [...found.latent.subarray(at, at + count)];
    deepEqual(own, [
      ...near.map(({ latent }) => latent),
      ...new Array(count - near.length).fill(-1),
    ]);
    near.forEach(({ cosine }, i) =>
      ok(Math.abs(found.cosine[at + i]! - cosine) < 1e-6)
    );
  });
  // One latent never fires, so it is never a neighbour.
  equal(found.latent.includes(dSae - 1), false);
});

Deno.test("neighbours of a dictionary with fewer latents than asked for end with -1", async () => {
  const directions = { data: Float32Array.of(1, 0, 0, 1), shape: [2, 2] };
  const found = await nearestByDirection(reference(), directions, 3);
  deepEqual([...found.latent], [1, -1, -1, 0, -1, -1]);
  const codes = sparse([[1, 1]], 2);
  deepEqual([...nearestByFiring(codes, 2).latent], [1, -1, 0, -1]);
});
