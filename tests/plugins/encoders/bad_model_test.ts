/** What encoders say about models that are damaged or are not what they claim to be. @module */
import { ok, rejects } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Encoder, FormatError, randomFrom } from "tessera";
import { depthAnything } from "../../../plugins/encoders/depth_anything/mod.ts";
import { vit } from "../../../plugins/encoders/vit/mod.ts";
import { picture } from "../../conformance/encoder.ts";
import { goldenFolder } from "./_golden.ts";

/** Gives `body` a copy of a model, changed by `change`. */
async function inCopy(
  name: string,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const file of ["config.json", "model.safetensors"]) {
      await Deno.copyFile(join(goldenFolder(name), file), join(folder, file));
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function openDepth(folder: string): Promise<Encoder> {
  const size = { height: 12, width: 20 };
  const options = { model: ".", size, pos: "hf", threads: 1 } as const;
  return depthAnything(options, { base: pathToFileURL(`${folder}/`) });
}

/** Damages a text: another digit for a digit, another letter for a letter, or a piece left out or doubled. */
function damaged(text: string, random: { next(): number }): string {
  const at = Math.floor(random.next() * text.length);
  const there = text[at]!, digit = `${Math.floor(random.next() * 10)}`;
  const letter = String.fromCharCode(97 + Math.floor(random.next() * 26));
  const swap = /\d/.test(there) ? digit : /[a-z]/.test(there) ? letter : there;
  const pieces = [swap, "", there + swap, digit + there];
  const piece = pieces[Math.floor(random.next() * pieces.length)]!;
  return text.slice(0, at) + piece + text.slice(at + 1);
}

Deno.test("depthAnything() opens a model with a damaged header or says what is wrong, a thousand times", () =>
  inCopy("depth_anything_v2", async (folder) => {
    const path = join(folder, "model.safetensors");
    const whole = await Deno.readFile(path);
    const length = Number(new DataView(whole.buffer).getBigUint64(0, true));
    const text = new TextDecoder().decode(whole.subarray(8, 8 + length));
    const random = randomFrom(3);
    let refused = 0, ran = 0;
    for (let i = 0; i < 1000; i++) {
      const header = new TextEncoder().encode(damaged(text, random));
      const bytes = new Uint8Array(
        8 + header.length + whole.length - 8 - length,
      );
      new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
      bytes.set(header, 8);
      bytes.set(whole.subarray(8 + length), 8 + header.length);
      await Deno.writeFile(path, bytes);
      try {
        const encoder = await openDepth(folder);
        // What can be opened can run: its numbers are those of the file.
        if (ran++ < 20) await encoder.encode([picture(20, 12)], ["depth"]);
        await encoder.close();
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        refused++;
      }
    }
    ok(refused > 500 && refused < 1000, `${refused} refused`);
  }));

Deno.test("encoders say that a model is cut short", () =>
  inCopy("depth_anything_v2", async (folder) => {
    const path = join(folder, "model.safetensors");
    const whole = await Deno.readFile(path);
    for (const length of [0, 7, 200, whole.length - 1]) {
      await Deno.writeFile(path, whole.subarray(0, length));
      await rejects(openDepth(folder), {
        name: "FormatError",
        message: /^Cannot read ".*model\.safetensors" as safetensors: /,
      });
    }
  }));

Deno.test("depthAnything() does not mistake V1 for V2", () =>
  inCopy("depth_anything_v1", (folder) =>
    rejects(
      depthAnything(
        { model: ".", version: 2, pos: "hf", threads: 1 },
        { base: pathToFileURL(`${folder}/`) },
      ),
      /Cannot use ".*" as Depth Anything V2: config\.json taps blocks .*, as V1 does/,
    )));

Deno.test("encoders name the hooks nearest to one they do not have", async () => {
  const encoder = await openDepth(goldenFolder("depth_anything_v2"));
  await rejects(encoder.encode([picture(9, 9)], ["blocks.2.resid_pots"]), {
    name: "ConfigError",
    message:
      /"blocks\.2\.resid_pots" among \d+: nearest are "blocks\.2\.resid_post"/,
  });
  await encoder.close();
});

Deno.test("vit() does not skip a block whose weights are missing", () =>
  inCopy("vit", async (folder) => {
    const path = join(folder, "model.safetensors");
    const bytes = await Deno.readFile(path);
    const text = Buffer.from(bytes).toString("latin1");
    const renamed = text.replaceAll("encoder.layer.1.", "encoder.layer.7.");
    ok(renamed !== text);
    await Deno.writeFile(path, Buffer.from(renamed, "latin1"));
    await rejects(
      vit({ model: "." }, { base: pathToFileURL(`${folder}/`) }),
      (error) => {
        ok(error instanceof FormatError);
        ok(
          /encoder\.layer\.1\.…" in .* block 7 among/.test(error.message),
          error.message,
        );
        return true;
      },
    );
  }));

Deno.test("encoders take pictures of one pixel and of twenty thousand by thirty", async () => {
  const encoder = await openDepth(goldenFolder("depth_anything_v2"));
  const { depth } = await encoder.encode(
    [picture(1, 1), picture(20_000, 30), picture(30, 20_000)],
    ["depth"],
  );
  ok(depth!.data.every(Number.isFinite));
  await encoder.close();
});
