// deno-lint-ignore-file no-console
/**
 * Trains a sparsifier: `deno task train [run.json] [--key=value]`.
 *
 * @module
 */
import { isAbsolute, join, relative } from "node:path";
import { diffRuns } from "../core/compare_runs.ts";
import { ConfigError, FormatError } from "../core/errors.ts";
import { type OpenRun, openRun } from "../core/open_run.ts";
import { replaceTextFile } from "../core/replace_file.ts";
import { readRun, type ResolvedRun, resolveRun } from "../core/run_config.ts";
import {
  makeRunFolder,
  removeTemporaries,
  type RunFolder,
  runFolder,
} from "../core/run_folder.ts";
import { train, type TrainEvent } from "../core/train.ts";
import { readState, type SavedState } from "../core/training_state.ts";
import { builtins } from "../plugins/mod.ts";
import { makeProgress, type Progress } from "./_progress.ts";
import { runHelp } from "./_run_help.ts";
import { runTask, userFolder } from "./_task.ts";
import { type TrainArguments, trainArguments } from "./_train_arguments.ts";
import {
  bytes,
  nextCommand,
  resultTable,
  short,
  stepLine,
} from "./_train_report.ts";

/** Carries out `deno task train`. */
async function main(args: readonly string[]): Promise<void> {
  const typed = trainArguments(args);
  if (typed.help) return console.log(await runHelp());
  const run = typed.resume === undefined
    ? await resolveRun(
      await readRun(typed.file, typed.overrides, userFolder()),
      builtins,
    )
    : await resumedRun(typed, typed.resume);
  const open = await openRun(run);
  try {
    const folder = typed.resume === undefined
      ? await newFolder(open)
      : runFolder(inUserFolder(typed.resume));
    const resume = typed.resume === undefined
      ? undefined
      : await savedState(open, folder);
    await trainInFolder(open, folder, resume);
  } finally {
    await open.close();
  }
}

function inUserFolder(path: string): string {
  return isAbsolute(path) ? path : join(userFolder(), path);
}

/** How the user would write a path. */
function shown(path: string): string {
  const short = relative(userFolder(), path);
  return short.startsWith("..") ? path : short || ".";
}

/** The run of a folder; settings typed beside it must not differ. */
async function resumedRun(
  { file, overrides }: TrainArguments,
  path: string,
): Promise<ResolvedRun> {
  const { config } = runFolder(inUserFolder(path));
  if (!await exists(config)) {
    throw new ConfigError(
      "resume",
      `Cannot resume "${path}": it is not the folder of a run, since it has no config.json; start the run without --resume`,
    );
  }
  const stored = await resolveRun(
    await readRun(config, [], userFolder()),
    builtins,
  );
  const wanted = await resolveRun(
    await readRun(file ?? config, overrides, userFolder()),
    builtins,
  );
  // A file need not name the hook: then the one that was found for it is meant.
  const { hook = stored.config.hook, ...rest } = wanted.config;
  const differ = diffRuns(stored.config, { ...rest, hook });
  if (differ.length === 0) return stored;
  throw new ConfigError(
    "resume",
    `Cannot resume "${path}" with other settings: ${
      differ.join(", ")
    }; leave them out, or start a new run without --resume`,
  );
}

/** Makes the folder of a new run and stores its settings there. */
async function newFolder({ config }: OpenRun): Promise<RunFolder> {
  const runs = inUserFolder("runs");
  try {
    await Deno.mkdir(runs, { recursive: true });
    const folder = runFolder(join(runs, await takeName(runs, config)));
    await makeRunFolder(folder);
    const text = `${JSON.stringify(config, null, 2)}\n`;
    await replaceTextFile(folder.config, text);
    return folder;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { message } = error as Error;
    throw new ConfigError(
      "name",
      `Cannot make the folder of the run in "${runs}": ${message}`,
      { cause: error },
    );
  }
}

/** Makes the first free folder, so that of two runs that start at once each has its own. */
async function takeName(
  runs: string,
  config: OpenRun["config"],
): Promise<string> {
  const name = config.name ?? wordsOf(config);
  for (let n = 1;; n++) {
    const free = n === 1 ? name : `${name}-${n}`;
    try {
      await Deno.mkdir(join(runs, free));
      return free;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
    if (config.name === undefined) continue;
    const path = shown(join(runs, name));
    throw new ConfigError(
      "name",
      `Cannot start run "${name}": ${path} exists; go on with it by --resume ${path}, or write another --name`,
    );
  }
}

/** `scenes-patches-batch-top-k` */
function wordsOf({ dataset, encoder, sparsifier }: OpenRun["config"]): string {
  const words = [dataset, encoder, sparsifier].map(({ use }) =>
    use.replace(/\.[a-z]+$/, "").split(/[\/:]/).at(-1)!
  );
  return words.join("-");
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** The state to go on from; it must fit the run's settings and parts. */
async function savedState(
  run: OpenRun,
  folder: RunFolder,
): Promise<SavedState | undefined> {
  const { state, path } = folder;
  await makeRunFolder(folder);
  await removeTemporaries(folder);
  if (!await exists(state)) return undefined;
  const saved = await readState(state).catch((cause) => {
    if (!(cause instanceof FormatError)) throw cause;
    throw new FormatError(
      state,
      `${cause.message}; remove the file to begin ${shown(path)} again`,
      { cause },
    );
  });
  const { hash } = saved.position;
  if (hash !== run.hash) {
    throw new ConfigError(
      "resume",
      `Cannot resume "${
        shown(path)
      }": its settings are not those of the save of step ${saved.step} (hash ${
        run.hash.slice(0, 8)
      }, saved with ${
        hash.slice(0, 8)
      }); undo what was changed in config.json, or start a new run without --resume`,
    );
  }
  if (saved.position.hash !== run.hash) {
    throw new ConfigError(
      "resume",
      `Cannot resume "${
        shown(path)
      }": its config.json was changed since it started; put it back, or start a new run from it`,
    );
  }
  const { provenance } = run.encoder;
  for (const [key, was] of Object.entries(saved.position.provenance)) {
    if (provenance[key] === was) continue;
    throw new ConfigError(
      "resume",
      `Cannot resume "${
        shown(path)
      }": its encoder had ${key} ${was}, now it has ${provenance[key]}`,
    );
  }
  const width = saved.shapes.get("params.W_dec")?.[1] ?? run.hook.width;
  if (width !== run.hook.width) {
    throw new ConfigError(
      "resume",
      `Cannot resume "${
        shown(path)
      }": its dictionary is for activations of width ${width}, those at "${run.hook.name}" have ${run.hook.width}`,
    );
  }
  return saved;
}

async function trainInFolder(
  run: OpenRun,
  folder: RunFolder,
  resume: SavedState | undefined,
): Promise<void> {
  const { hook, sparsifier, optimiser, config } = run;
  console.log(
    `${
      shown(folder.path)
    }: ${sparsifier.dSae} latents on "${hook.name}" of ${config.encoder.use} (d_model ${hook.width}), ${
      short(optimiser.steps * config.buffer.batch)
    } tokens of ${run.split.train.length} pictures; memory at most ${
      bytes(run.memory)
    }`,
  );
  if (resume) {
    console.log(`goes on from step ${resume.step} of ${optimiser.steps}`);
  }
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) Deno.exit(130);
    stop.abort();
    console.log("\nstopping after this step; Ctrl-C again to stop at once");
  };
  Deno.addSignalListener("SIGINT", interrupt);
  const progress = makeProgress(), started = performance.now();
  try {
    const results = await train(run, {
      folder,
      signal: stop.signal,
      onEvent: reporter(run, progress, resume?.step ?? 0),
      ...resume && { resume },
    });
    progress.stop();
    // What a shell expects of a program that Ctrl-C ended.
    if (!results) Deno.exitCode = 130;
    const seconds = (performance.now() - started) / 1000;
    const skipped = results?.skippedImages
      ? [`skipped pictures are listed in ${shown(folder.skipped)}`]
      : [];
    console.log(
      results
        ? `\n${
          [
            resultTable(results, seconds),
            ...skipped,
            `next: ${nextCommand(config, shown(folder.config))}`,
          ].join("\n\n")
        }`
        : `stopped; go on with: deno task train --resume ${shown(folder.path)}`,
    );
  } finally {
    progress.stop();
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}

/** Shows events as they come. */
function reporter(
  { optimiser, config }: OpenRun,
  progress: Progress,
  from: number,
): (event: TrainEvent) => void {
  const { steps } = optimiser, { batch } = config.buffer;
  let since: number | undefined;
  return (event) => {
    switch (event.kind) {
      case "filling":
        return progress.update(
          0,
          steps * batch,
          `filling the buffer: ${short(event.tokens)} of ${
            short(event.of)
          } tokens`,
        );
      case "step": {
        since ??= performance.now();
        const seconds = (performance.now() - since) / 1000;
        // The first step starts the clock: it is not counted.
        const taken = event.step - from - 1;
        const perSecond = taken * batch / seconds;
        const left = (steps - event.step) * batch / perSecond;
        return progress.update(
          event.step * batch,
          steps * batch,
          stepLine({ ...event, tokens: event.step * batch, perSecond, left }),
        );
      }
      case "skipped":
        return progress.line(`skipped ${event.id}: ${event.why}`);
      case "measuring":
        progress.stop();
        return progress.line("measuring on pictures not trained on");
      case "saved":
        return;
    }
  };
}

if (import.meta.main) await runTask(() => main(Deno.args));
