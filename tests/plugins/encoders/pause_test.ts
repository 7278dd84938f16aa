import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { ConfigError, type Encoder, type HostTensor } from "tessera";
import { depthAnything } from "../../../plugins/encoders/depth_anything.ts";
import { picture } from "../../conformance/encoder.ts";
import { goldenFolder, worst } from "./_golden.ts";

const images = [picture(30, 20, 1), picture(20, 30, 2)];
const base = pathToFileURL(`${goldenFolder("depth_anything_v2")}/`);
const make = (): Promise<Encoder> =>
  depthAnything({
    model: ".",
    size: { height: 12, width: 20 },
    pos: "hf",
    threads: 1,
  }, { base });

function edit({ data, shape }: HostTensor): HostTensor {
  // Not linear, or a normalisation would undo it.
  return { data: data.map((value) => value * value + 0.5), shape };
}

async function withEncoder(
  body: (encoder: Encoder) => Promise<void>,
): Promise<void> {
  const encoder = await make();
  try {
    await body(encoder);
  } finally {
    await encoder.close();
  }
}

Deno.test("pause() at any hook goes on to what the whole model predicts, bit by bit, and to something else when edited", () =>
  withEncoder(async (encoder) => {
    const { depth } = await encoder.encode(images, ["depth"]);
    for (const { name } of encoder.hooks) {
      if (name === "depth") continue;
      const paused = await encoder.pause!(images, [name]);
      deepEqual(await paused.resume(), { depth }, name);
      const edited = { [name]: edit(paused.activations[name]!) };
      const changed = await paused.resume(edited);
      ok(worst(changed.depth!.data, depth!.data) > 1e-3, name);
      deepEqual(await paused.resume(), { depth }, `${name} again`);
    }
  }));
