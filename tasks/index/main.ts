// deno-lint-ignore-file no-console
/**
 * Looks at pictures through a trained dictionary and keeps what shows each
 * latent: `deno task index runs/<name>`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { ConfigError } from "../../core/errors.ts";
import type { IndexOptions } from "../../core/latents/index_latents.ts";
import { indexBytes } from "../../core/latents/index_memory.ts";
import { indexDefaults, indexLine, indexRun } from "./index_run.ts";
import { makeProgress } from "../terminal/progress.ts";
import { stopSignal } from "../terminal/stop_signal.ts";
import { runTask, shown } from "../terminal/task.ts";
import { bytes } from "../train/train_report.ts";
import { openTrainedRun } from "../runs/trained_run.ts";

const usage = `
  deno task index runs/<name>    what shows each latent: for deno task serve
    --images=<n>       pictures looked at, evenly chosen from the dataset; index.images of the run when absent
    --top=${indexDefaults.top}           pictures kept for each latent: those with its largest values
    --chance=${indexDefaults.chance}         and as many by chance, out of all on which it fires
    --perImage=${indexDefaults.perImage}       patches of one picture among the largest values, at most
    --neighbours=${indexDefaults.neighbours}     latents kept that are near each one
    --label=<key>      the label that purity is of; class or the first that is a word when absent
An index that was stopped goes on where it was.`;

const numbers = ["images", "top", "chance", "perImage", "neighbours"] as const;

/**
 * Reads the command line.
 *
 * @throws {ConfigError} When it names no run, or an option is none.
 */
function indexArguments(args: readonly string[]) {
  const string = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    options: { help: { type: "boolean", short: "h" }, label: string },
  });
  const { help, label, ...rest } = values;
  if (help) return undefined;
  const strange = Object.keys(rest)
    .find((key) => !numbers.some((name) => name === key));
  if (strange !== undefined || positionals.length !== 1) {
    throw new ConfigError(
      strange ?? "run",
      strange === undefined
        ? `Cannot index ${positionals.length} runs: write deno task index runs/<name>`
        : `Cannot use --${strange}: options are ${
          numbers.map((name) => `--${name}`).join(", ")
        } and --label`,
    );
  }
  const given = Object.entries(rest).map(([key, value]) =>
    [key, wholeNumber(key, value)] as const
  );
  const options: Partial<IndexOptions> = {
    ...Object.fromEntries(given),
    ...typeof label === "string" && { label },
  };
  return { path: positionals[0]!, options };
}

function wholeNumber(key: string, value: unknown): number {
  const number = Number(value);
  if (typeof value === "string" && Number.isInteger(number) && number > 0) {
    return number;
  }
  throw new ConfigError(
    key,
    `Cannot use --${key}=${value}: it must be a whole number above 0`,
  );
}

/** Pictures looked at when neither the user nor the run says how many. */
const usualImages = 500;

/** Carries out `deno task index`. */
async function main(args: readonly string[]): Promise<void> {
  const typed = indexArguments(args);
  if (!typed) return console.log(usage.slice(1));
  const trained = await openTrainedRun(typed.path);
  const { run, folder } = trained, { images } = run.config.index;
  try {
    const options: IndexOptions = {
      ...indexDefaults,
      images: images || usualImages,
      ...typed.options,
    };
    console.log(
      `${shown(folder.path)}: ${
        Math.min(run.dataset.length, options.images)
      } pictures; memory at most ${bytes(indexBytes(run, options))}`,
    );
    using stop = stopSignal("stopping after these pictures");
    const started = performance.now();
    const info = await indexRun(
      trained,
      options,
      makeProgress(),
      stop.signal,
    );
    if (!info) {
      Deno.exitCode = 130;
      return console.log(
        `stopped; the same command goes on: deno task index ${args.join(" ")}`,
      );
    }
    console.log(indexLine(info, (performance.now() - started) / 1000));
    if (options.label !== undefined && info.label === null) {
      console.log(`no picture has the label "${options.label}": no purity`);
    }
    console.log(`next: deno task serve ${shown(folder.path)}`);
  } finally {
    await run.close();
  }
}

if (import.meta.main) await runTask(() => main(Deno.args));
