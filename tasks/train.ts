// deno-lint-ignore-file no-console
/**
 * Trains a sparsifier: `deno task train [run.json] [--key=value]`.
 *
 * @module
 */
import { isAbsolute, join, relative } from "node:path";
import { diffRuns } from "../core/compare_runs.ts";
import { ConfigError } from "../core/errors.ts";
import { type OpenRun, openRun } from "../core/open_run.ts";
import { replaceTextFile } from "../core/replace_file.ts";
import { readRun, type ResolvedRun, resolveRun } from "../core/run_config.ts";
import {
  makeRunFolder,
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
import { bytes, resultTable, short, stepLine } from "./_train_report.ts";

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
      ? await newFolder(run, open)
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
  return short.startsWith("..") ? path : short;
}

/** The run of a folder; settings typed beside it must not differ. */
async function resumedRun(
  { file, overrides }: TrainArguments,
  path: string,
): Promise<ResolvedRun> {
  const { config } = runFolder(inUserFolder(path));
  const stored = await resolveRun(
    await readRun(config, [], userFolder()),
    builtins,
  );
  const wanted = file === undefined
    ? await readRun(config, overrides, userFolder())
    : await readRun(file, overrides, userFolder());
  const { config: typed, hash } = await resolveRun(wanted, builtins);
  if (hash === stored.hash) return stored;
  throw new ConfigError(
    "resume",
    `Cannot resume "${path}" with other settings: ${
      diffRuns(stored.config, typed).join(", ")
    }; leave them out, or start a new run without --resume`,
  );
}

/** Makes the folder of a new run and stores its settings there. */
async function newFolder(
  { config }: ResolvedRun,
  open: OpenRun,
): Promise<RunFolder> {
  const runs = inUserFolder("runs");
  const folder = runFolder(
    join(runs, config.name ?? await freeName(runs, config)),
  );
  if (await exists(folder.path)) {
    throw new ConfigError(
      "name",
      `Cannot start run "${config.name}": ${
        shown(folder.path)
      } exists; go on with it by --resume ${
        shown(folder.path)
      }, or write another --name`,
    );
  }
  await makeRunFolder(folder);
  const stored = { ...config, hook: open.hook.name };
  await replaceTextFile(folder.config, `${JSON.stringify(stored, null, 2)}\n`);
  return folder;
}

/** `scenes-patches-batch-top-k`, with a number behind it when it is taken. */
async function freeName(
  runs: string,
  { dataset, encoder, sparsifier }: ResolvedRun["config"],
): Promise<string> {
  const words = [dataset, encoder, sparsifier].map(({ use }) =>
    use.replace(/\.[a-z]+$/, "").split(/[\/:]/).at(-1)!
  );
  const name = words.join("-");
  for (let n = 1;; n++) {
    const free = n === 1 ? name : `${name}-${n}`;
    if (!await exists(join(runs, free))) return free;
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** The state to go on from; it must fit the run's parts. */
async function savedState(
  run: OpenRun,
  { state, path }: RunFolder,
): Promise<SavedState | undefined> {
  if (!await exists(state)) return undefined;
  const saved = await readState(state);
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
    console.log("\nsaving after this step; Ctrl-C again to stop at once");
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
    const skipped = results?.skippedImages
      ? `\n\nskipped pictures are listed in ${shown(folder.state)}`
      : "";
    console.log(
      results
        ? `\n${
          resultTable(results, (performance.now() - started) / 1000)
        }${skipped}\n\nnext: deno task train ${
          shown(folder.config)
        } --sparsifier.dSae=${
          2 * sparsifier.dSae
        }   (a dictionary twice as large)`
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
        const perSecond = taken > 0 ? taken * batch / seconds : 0;
        const left = taken > 0 ? (steps - event.step) * batch / perSecond : NaN;
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
