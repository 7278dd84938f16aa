import { deepEqual, equal, ok } from "node:assert/strict";
import { findHook } from "tessera";
import { depthTarget } from "../../../../plugins/probes/depth/study/depth_target.ts";
import { readCodes } from "../../../../plugins/probes/study/read_codes.ts";
import { splitPictures } from "../../../../plugins/probes/study/split_pictures.ts";
import {
  dSae,
  metresOf,
  plantedWorld,
  sharesOf,
  side,
} from "../depth/_planted_world.ts";

Deno.test("readCodes() reads what a dictionary makes of each patch, and how far it is", async () => {
  const input = plantedWorld({ length: 19 });
  const { dictionary, engine, encoder, dataset } = input;
  const study = {
    ...input,
    hook: findHook(encoder, input.hook),
    split: splitPictures(dataset, input.heldOut, {
      folds: 2,
      test: 0.3,
      seed: 1,
    }),
    truth: true,
    target: depthTarget({ encoder, truth: true }),
    seed: 1,
  };
  const wanted = Uint32Array.of(3, 4, 5, 6, 7, 8, 9, 11, 12, 18);
  let seen = 0;
  const { patches, codes: [codes] } = await readCodes(study, wanted, {
    dictionaries: [dictionary!],
    onPatches: ({ shape }) => {
      seen += shape[0]!;
    },
  });
  equal(patches.cells, side * side);
  equal(seen, wanted.length * patches.cells);
  deepEqual([...patches.pictures], [...wanted]);
  deepEqual([...patches.clusters], [...wanted.keys()]);
  equal(patches.target.length, wanted.length * patches.cells);
  for (const [i, index] of wanted.entries()) {
    sharesOf(index).forEach((share, cell) => {
      const target = patches.target[i * patches.cells + cell]!;
      ok(Math.abs(target - Math.log(metresOf(share))) < 1e-6);
    });
  }
  // All at once, special token left out, as a dense matrix.
  const images = await Promise.all(
    Array.from(wanted, async (index) => (await dataset.get(index)).image),
  );
  const { data, shape } = (await encoder.encode(images, [input.hook]))[
    input.hook
  ]!;
  const [, tokens, width] = shape as [number, number, number];
  const kept = data.filter((_, i) => Math.floor(i / width) % tokens > 0);
  const { sparsifier, params } = dictionary!;
  const expected = await engine.readCodes(
    await sparsifier.encode(
      engine,
      params,
      engine.tensor(kept, [kept.length / width, width]),
    ),
  );
  const { starts } = codes!;
  equal(starts[dSae], expected.values.length);
  for (let row = 0; row < expected.shape[0]; row++) {
    for (
      let at = expected.offsets[row]!;
      at < expected.offsets[row + 1]!;
      at++
    ) {
      const latent = expected.latents[at]!;
      const own = codes!.patches.subarray(starts[latent], starts[latent + 1]);
      const entry = starts[latent]! + own.indexOf(row);
      ok(own.includes(row));
      equal(codes!.values[entry], expected.values[at]);
    }
  }
});
