// deno-lint-ignore-file no-console
/**
 * Looks at pictures through a trained dictionary and keeps what shows each
 * latent: `deno task index runs/<name>`.
 *
 * @module
 */
import type { IndexOptions } from "../../core/latents/index_latents.ts";
import { indexMemory } from "../../core/latents/index_memory.ts";
import { indexDefaults, indexRun } from "../runs/index_run.ts";
import { openTrainedRun } from "../runs/trained_run.ts";
import { approvePlugins } from "../terminal/approve_plugins.ts";
import { bytes } from "../terminal/numbers.ts";
import { runTask } from "../terminal/run_task.ts";
import { stopSignal } from "../terminal/stop_signal.ts";
import { shown } from "../terminal/user_paths.ts";
import { indexArguments, indexHelp } from "./arguments.ts";

/** Pictures looked at when neither the user nor the run says how many. */
const usualImages = 500;

/** Carries out `deno task index`. */
async function main(args: readonly string[]): Promise<void> {
  const typed = indexArguments(args);
  if (!typed) return console.log(indexHelp);
  const approve = approvePlugins({ trusted: typed.trust });
  const trained = await openTrainedRun(typed.path, approve);
  const { run, folder } = trained;
  const options: IndexOptions = {
    ...indexDefaults,
    images: run.config.index.images || usualImages,
    ...typed.options,
  };
  try {
    const images = Math.min(run.dataset.length, options.images);
    const memory = bytes(indexMemory(run, options));
    console.log(
      `${shown(folder.path)}: ${images} pictures; memory at most ${memory}`,
    );
    using stop = stopSignal("stopping after these pictures");
    const info = await indexRun(trained, options, stop.signal);
    if (!info) {
      Deno.exitCode = 130;
      return console.log(
        `stopped; continue with the same command: deno task index ${
          args.join(" ")
        }`,
      );
    }
    if (options.label !== undefined && info.label === null) {
      console.log(
        `no picture has the label "${options.label}": purity is not measured`,
      );
    }
    console.log(`next: deno task serve ${shown(folder.path)}`);
  } finally {
    await run.close();
  }
}

if (import.meta.main) await runTask(() => main(Deno.args));
