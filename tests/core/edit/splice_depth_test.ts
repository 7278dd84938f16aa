/** Tests of edits in the middle of a depth model. @module */
import { deepEqual, ok } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { type HostCodes, type HostTensor, randomFrom } from "tessera";
import {
  ablateLatents,
  type LatentEdit,
  setLatents,
} from "../../../core/edit/edit_latents.ts";
import { addDirection } from "../../../core/edit/edit_tokens.ts";
import type { Dictionary } from "../../../core/sparsifier.ts";
import { splice } from "../../../core/edit/splice.ts";
import { depthAnything } from "../../../plugins/encoders/depth_anything/mod.ts";
import { topK } from "../../../plugins/sparsifiers/top_k.ts";
import { picture } from "../../conformance/encoder.ts";
import { goldenFolder, worst } from "../../plugins/encoders/_golden.ts";
import { upload } from "../../plugins/sparsifiers/_on_engine.ts";
import { bits, onEngine } from "./_brute_splice.ts";

const options = { init: "random", bDec: "mean" } as const;

Deno.test("a paused depth model resumes with what splice() and addDirection() return", async () => {
  const encoder = await depthAnything(
    { model: ".", size: { height: 12, width: 20 }, pos: "hf", threads: 1 },
    { base: pathToFileURL(`${goldenFolder("depth_anything_v2")}/`) },
  );
  try {
    await onEngine("cpu", async (engine) => {
      const hook = encoder.defaultHook;
      const images = [picture(30, 20, 1), picture(20, 30, 2)];
      const { depth } = await encoder.encode(images, ["depth"]);
      const paused = await encoder.pause!(images, [hook]);
      const clean = paused.activations[hook]!;
      const [many, tokens, dModel] = clean.shape as [number, number, number];
      const sample = { data: clean.data, shape: [many * tokens, dModel] };
      const sparsifier = topK({ ...options, dSae: 24, k: 3, alphaAux: 0 });
      const host = sparsifier.init({ dModel, sample, random: randomFrom(3) });
      host.b_enc!.data[23] = -1e6;
      const dictionary = { engine, sparsifier, params: upload(engine, host) };
      const fires = await mostActive(dictionary, sample);

      const depthOf = async (edited: HostTensor): Promise<HostTensor> =>
        (await paused.resume({ [hook]: edited })).depth!;
      const spliced = async (
        keepError: boolean,
        edit?: LatentEdit,
      ): Promise<HostTensor> =>
        await depthOf(await splice(clean, dictionary, { keepError, edit }));
      const moved = ({ data }: HostTensor): number => worst(data, depth!.data);

      deepEqual(bits(await spliced(true)), bits(depth!));
      ok(moved(await spliced(false)) > 1e-3);
      ok(moved(await spliced(true, ablateLatents([fires]))) > 1e-3);
      const silent = await spliced(true, ablateLatents([23]));
      deepEqual(bits(silent), bits(depth!));
      ok(moved(await spliced(true, setLatents([23], 2))) > 1e-3);

      const direction = host.W_dec!.data.subarray(0, dModel);
      const steered = async (strength: number): Promise<HostTensor> =>
        await depthOf(addDirection(clean, direction, strength));
      deepEqual(bits(await steered(0)), bits(depth!));
      const doses = await Promise.all(
        [0.01, 0.1, 1].map(async (strength) => moved(await steered(strength))),
      );
      deepEqual(doses, doses.toSorted((a, b) => a - b));
      ok(doses[0]! > 0 && doses[2]! > 1e-2, `${doses}`);
      deepEqual(bits((await paused.resume()).depth!), bits(depth!));
    });
  } finally {
    await encoder.close();
  }
});

/** The latent that fires on most tokens. */
async function mostActive(
  { engine, sparsifier, params }: Dictionary,
  { data, shape }: HostTensor,
): Promise<number> {
  const x = engine.tensor(data, shape);
  const codes: HostCodes = await engine.readCodes(
    await sparsifier.encode(engine, params, x),
  );
  const counts = new Uint32Array(sparsifier.dSae);
  codes.latents.forEach((latent) => counts[latent]!++);
  return counts.indexOf(Math.max(...counts));
}
