/**
 * Runs `deno task predict` as a user would, in a folder of its own.
 *
 * @module
 */
import { denoDir, taskFlags } from "../_task_flags.ts";
import { ok } from "node:assert/strict";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { picture } from "../../conformance/encoder.ts";
import { type Ended, project } from "../_train_process.ts";

/** The folder of a tiny random Depth Anything. */
export const model: string = join(project, "fixtures/golden/depth_anything_v2");

/** The settings that choose it. */
export const depthAnything: readonly string[] = [
  "--encoder.use=depth-anything",
  `--encoder.model=${model}`,
];

/** A user's folder. */
export interface PredictFolder extends AsyncDisposable {
  /** The folder. */
  readonly path: string;
  /** Runs `deno task predict` here until it ends; with `preload`, that module first and with every permission. */
  predict(args: readonly string[], preload?: string): Promise<Ended>;
  /** The output of {@linkcode PredictFolder.predict}, which must succeed. */
  predictOk(...args: readonly string[]): Promise<string>;
  /** The bytes of a file here. */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes a file here, folders as needed. */
  write(name: string, bytes: Uint8Array | string): Promise<void>;
  /** Names of all files here, in order. */
  names(): Promise<string[]>;
}

/** The arguments that `deno task predict` gives to Deno. */
async function command(preload?: string): Promise<string[]> {
  const flags = preload === undefined
    ? await taskFlags("predict")
    : ["-A", `--preload=${preload}`];
  const config = join(project, "deno.json");
  return ["run", "--no-prompt", ...flags, "--config", config].concat(
    join(project, "tasks/predict/main.ts"),
  );
}

/** What is said of a plugin that was typed. */
const notice = /^the encoder plugin .* is not built in: .*\n/;

/** Makes a folder to work in, with a picture `wave.png` of 40×30 pixels. */
export async function predictFolder(): Promise<PredictFolder> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  const cache = await Deno.makeTempDir();
  const predict = async (
    args: readonly string[],
    preload?: string,
  ): Promise<Ended> => {
    const { code, signal, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      {
        args: [...await command(preload), ...args],
        cwd: path,
        env: {
          INIT_CWD: path,
          NO_COLOR: "1",
          XDG_CACHE_HOME: cache,
          DENO_DIR: denoDir(),
        },
        stdin: "null",
      },
    ).output();
    const text = new TextDecoder();
    return {
      code,
      signal,
      output: text.decode(stdout),
      errors: text.decode(stderr),
    };
  };
  const write = async (name: string, data: Uint8Array | string) => {
    await Deno.mkdir(join(path, name, ".."), { recursive: true });
    const bytes = typeof data === "string"
      ? new TextEncoder().encode(data)
      : data;
    await Deno.writeFile(join(path, name), bytes);
  };
  await write("wave.png", await png(40, 30));
  return {
    path,
    predict,
    write,
    async predictOk(...args) {
      const { code, output, errors } = await predict(args);
      const strange = errors.replace(notice, "");
      ok(code === 0 && strange === "", `${code}\n${output}\n${errors}`);
      return output;
    },
    read: (name) => Deno.readFile(join(path, name)),
    names: () => namesIn(path),
    async [Symbol.asyncDispose]() {
      for (const folder of [path, cache]) {
        await Deno.remove(folder, { recursive: true });
      }
    },
  };
}

async function namesIn(folder: string, at = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) names.push(at + name);
    else names.push(...await namesIn(join(folder, name), `${at}${name}/`));
  }
  return names.sort();
}

/** A sharp picture of coloured waves. */
export function waves(width: number, height: number, seed = 1): Sharp {
  const { data } = picture(width, height, seed);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** The bytes of a PNG of coloured waves. */
export async function png(
  width: number,
  height: number,
  seed?: number,
): Promise<Uint8Array> {
  return await waves(width, height, seed).png().toBuffer();
}

/** The values of a 16-bit PNG. */
export async function grey(bytes: Uint8Array): Promise<Uint16Array> {
  const { data } = await sharp(bytes).toColourspace("grey16")
    .raw({ depth: "ushort" }).toBuffer({ resolveWithObject: true });
  return new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
}
