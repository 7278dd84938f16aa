/**
 * Runs `deno task train` and other tasks as a user would, in a folder of their own.
 *
 * @module
 */
import { equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { denoDir, taskFlags } from "./_task_flags.ts";
import { acceptedPlugins } from "../../tasks/terminal/accepted_plugins.ts";

/** The project's folder. */
export const project: string = fileURLToPath(new URL("../..", import.meta.url));

/** 80 pictures of 32 × 32 pixels; those in `torn` cannot be decoded. */
const dots = `
class ExampleError extends Error {
  name = "ExampleError";
  constructor(id, message) {
    super(message);
    this.id = id;
  }
}
export default {
  apiVersion: 1,
  kind: "dataset",
  name: "dots",
  description: "Coloured dots",
  options: {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => ({ value: { torn: [], ...value } }),
    },
  },
  create: ({ torn }) => ({
    length: 80,
    async get(index) {
      await globalThis.watchPicture?.();
      if (torn.includes(index)) {
        throw new ExampleError("dots/" + index, "Cannot decode dots/" + index);
      }
      let state = index + 1;
      const next = () => (state = state * 48271 % 2147483647) / 2147483647;
      for (let i = 0; i < 9; i++) next();
      const data = new Uint8Array(32 * 32 * 3).fill(255 * next());
      for (let dot = 0; dot < 12; dot++) {
        const [x, y, r] = [32 * next(), 32 * next(), 2 + 6 * next()];
        const colour = [next(), next(), next()].map((c) => 255 * c);
        for (let i = 0; i < 32 * 32; i++) {
          if (Math.hypot(i % 32 - x, (i >> 5) - y) < r) data.set(colour, 3 * i);
        }
      }
      return { id: "dots/" + index, image: { data, width: 32, height: 32 } };
    },
  }),
};
`;

/** 60 steps of 64 tokens, a dictionary of 64 latents. */
const run = {
  name: "a",
  dataset: { use: "./dots.js" },
  encoder: { use: "patches", imageSize: 32, patchSize: 8, width: 24 },
  buffer: { tokens: 512, batch: 64, images: 4 },
  sparsifier: { use: "batch-top-k", dSae: 64, k: 4 },
  train: { tokens: 3840, sample: 256 },
  evaluate: { images: 16 },
  checkpoint: { every: 7 },
  log: { every: 5 },
};

/**
 * Preloaded into a task, does what the environment asks: KILL_AT kills it in the
 * middle of that file operation and INTERRUPT_AT interrupts it there; INDEX_AT
 * ("20 SIGKILL") sends a signal when the dataset gives the 20th picture after
 * training; REPORT is the file for the number of operations and the peak memory.
 */
const watcher = `
const at = (name) => Number(Deno.env.get(name) ?? 0);
const [kill, interrupt] = [at("KILL_AT"), at("INTERRUPT_AT")];
const report = Deno.env.get("REPORT");
let operations = 0;
const passed = async (half) => {
  operations++;
  if (operations === kill) {
    await half?.();
    Deno.kill(Deno.pid, "SIGKILL");
    await new Promise(() => {});
  }
  if (operations === interrupt) {
    const heard = new Promise((done) => Deno.addSignalListener("SIGINT", done));
    Deno.kill(Deno.pid, "SIGINT");
    await heard;
  }
};
let trained = !Deno.mainModule.endsWith("/train/main.ts"), pictures = 0;
const [indexAt, signal] = (Deno.env.get("INDEX_AT") ?? "").split(" ");
globalThis.watchPicture = async () => {
  if (!trained || ++pictures !== Number(indexAt)) return;
  const heard = new Promise((done) => Deno.addSignalListener("SIGINT", done));
  Deno.kill(Deno.pid, signal);
  await heard;
};
const { rename, mkdir } = Deno, { write, syncData } = Deno.FsFile.prototype;
Deno.rename = async (...args) => {
  await passed();
  await rename(...args);
  trained ||= String(args[1]).endsWith("results.json");
};
Deno.mkdir = async (...args) => { await passed(); await mkdir(...args); };
Deno.FsFile.prototype.write = async function (bytes) {
  await passed(() => write.call(this, bytes.subarray(0, bytes.length >> 1)));
  return await write.call(this, bytes);
};
Deno.FsFile.prototype.syncData = async function () {
  await passed();
  await syncData.call(this);
};
if (report) {
  globalThis.addEventListener("unload", () => {
    let peak = 0;
    try {
      const status = Deno.readTextFileSync("/proc/self/status");
      peak = 1024 * Number(status.match(/VmHWM:\\s*(\\d+)/)[1]);
    } catch { /* not Linux */ }
    Deno.writeTextFileSync(report, JSON.stringify({ operations, peak }));
  });
}
`;

/** How a task ended. */
export interface Ended {
  /** Its exit status. */
  readonly code: number;
  /** The signal that ended it. */
  readonly signal: string | null;
  /** What it wrote. */
  readonly output: string;
  /** What it wrote to standard error. */
  readonly errors: string;
}

/** What the watcher measured. */
export interface Report {
  /** The number of file operations. */
  readonly operations: number;
  /** The peak memory in bytes; 0 where it is not known. */
  readonly peak: number;
}

/** A user's folder: `run.json` and what it names. */
export interface TrainFolder extends AsyncDisposable {
  /** The folder. */
  readonly path: string;
  /** Runs `deno task train` here until it ends; `kill` kills it. */
  train(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    kill?: AbortSignal,
  ): Promise<Ended>;
  /** The output of {@linkcode TrainFolder.train}, which must succeed. */
  trainOk(args: readonly string[]): Promise<string>;
  /** The same, with what the watcher measured. */
  watched(
    args: readonly string[],
  ): Promise<{ output: string; report: Report }>;
  /** Runs another task here: `index`, `probe`. */
  task(
    name: string,
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<Ended>;
  /** The files of run `name` by path, in base64. */
  files(name?: string): Promise<Record<string, string>>;
  /** Changes a JSON file here. */
  edit(
    file: string,
    // deno-lint-ignore no-explicit-any
    change: (json: any) => unknown,
  ): Promise<void>;
}

/** The arguments that `deno task <task>` gives to Deno, with the permissions that the watcher needs. */
async function command(task: string, watched: boolean): Promise<string[]> {
  return [
    "run",
    ...(watched ? ["-A", "--preload=watcher.js"] : await taskFlags(task)),
    "--config",
    join(project, "deno.json"),
    join(project, `tasks/${task}/main.ts`),
  ];
}

/** What the user of these folders accepted to run before. */
async function accept(list: string, plugin: string): Promise<void> {
  const bytes = await Deno.readFile(plugin);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  const url = pathToFileURL(plugin).href;
  await acceptedPlugins(list).add(url, new Uint8Array(hash).toHex());
}

/** Makes a user's folder; `settings` replace those of the run. */
export async function trainFolder(
  settings: Record<string, unknown> = {},
): Promise<TrainFolder> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  await Deno.writeTextFile(join(path, "dots.js"), dots);
  await Deno.writeTextFile(join(path, "watcher.js"), watcher);
  const cache = await Deno.makeTempDir();
  await accept(join(cache, "tessera", "plugins.json"), join(path, "dots.js"));
  const merged = JSON.stringify({ ...run, ...settings }, null, 2);
  await Deno.writeTextFile(join(path, "run.json"), merged);
  const start = async (
    task: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    kill?: AbortSignal,
  ): Promise<Ended> => {
    const watched = Object.keys(env).length > 0;
    const process = new Deno.Command(Deno.execPath(), {
      args: [...await command(task, watched), ...args],
      cwd: path,
      env: {
        INIT_CWD: path,
        NO_COLOR: "1",
        XDG_CACHE_HOME: cache,
        DENO_DIR: denoDir(),
        ...env,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const end = () => {
      try {
        process.kill("SIGKILL");
      } catch { /* it has ended */ }
    };
    kill?.addEventListener("abort", end);
    const { code, signal, stdout, stderr } = await process.output();
    kill?.removeEventListener("abort", end);
    const text = new TextDecoder();
    return {
      code,
      signal,
      output: text.decode(stdout),
      errors: text.decode(stderr),
    };
  };
  const train: TrainFolder["train"] = (...given) => start("train", ...given);
  const succeed = ({ code, output, errors }: Ended): string => {
    ok(code === 0, `exit status ${code}\n${output}\n${errors}`);
    return output;
  };
  return {
    path,
    train,
    task: start,
    trainOk: async (args) => succeed(await train(args)),
    async watched(args) {
      const file = join(path, "report.json");
      const output = succeed(await train(args, { REPORT: file }));
      return { output, report: JSON.parse(await Deno.readTextFile(file)) };
    },
    files: (name = "a") => filesOf(join(path, "runs", name)),
    async edit(file, change) {
      const json = JSON.parse(await Deno.readTextFile(join(path, file)));
      change(json);
      await Deno.writeTextFile(join(path, file), JSON.stringify(json));
    },
    async [Symbol.asyncDispose]() {
      for (const folder of [path, cache]) {
        await Deno.remove(folder, { recursive: true });
      }
    },
  };
}

async function filesOf(
  path: string,
  at = "",
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory) {
      Object.assign(found, await filesOf(join(path, name), `${at}${name}/`));
    } else {
      found[at + name] = (await Deno.readFile(join(path, name))).toBase64();
    }
  }
  return found;
}

/** The message of a task that must fail with one line and no other output. */
export function refused({ code, errors, output }: Ended): string {
  equal(code, 1, output + errors);
  equal(output, "");
  match(errors, /^.*\n$/, "one line, no stack");
  return errors.slice(0, -1);
}
