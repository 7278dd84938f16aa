// deno-lint-ignore-file no-console
/**
 * Asks a trained dictionary, or a model alone, a question:
 * `deno task probe <probe> runs/<name>`.
 *
 * @module
 */
import { join } from "node:path";
import { writeProbeResult } from "../../core/files/probe_result.ts";
import type { PluginContext } from "../../core/plugin.ts";
import type { ProbeResult } from "../../core/probe.ts";
import { approvePlugins } from "../terminal/approve_plugins.ts";
import { pluginReporter } from "../terminal/plugin_reporter.ts";
import { makeProgress } from "../terminal/progress.ts";
import { runTask } from "../terminal/run_task.ts";
import { stopSignal } from "../terminal/stop_signal.ts";
import { shown } from "../terminal/user_paths.ts";
import { probeArguments, probeHelp } from "./arguments.ts";
import { type ProbePlugin, probePlugin } from "./probe_plugin.ts";
import { openProbedRun, type ProbedRun, trainingEnd } from "./probed_run.ts";
import { probeText } from "./report.ts";

/** Carries out `deno task probe`. */
async function main(args: readonly string[]): Promise<void> {
  const typed = probeArguments(args);
  if (!typed) return console.log(probeHelp);
  const approve = approvePlugins({ trusted: typed.trust });
  const asked = await probePlugin(typed.probe, typed.options, approve);
  const probed = await openProbedRun(typed.run, typed.settings, approve);
  const { run, folder, params, heldOut, isOther } = probed;
  try {
    console.log(
      `${
        shown(folder.path)
      }: ${asked.plugin.name} on ${heldOut.length} pictures ${
        isOther
          ? "of another dataset"
          : params
          ? "not trained on"
          : "of a model without a dictionary"
      }`,
    );
    using stop = stopSignal("stopping");
    const progress = makeProgress(), report = pluginReporter(progress);
    const result = await ask(asked, probed, { signal: stop.signal, report })
      .finally(() => progress.stop());
    if (!result) {
      Deno.exitCode = 130;
      return console.log("stopped; nothing was written");
    }
    await store(asked, probed, result);
    console.log(probeText(asked.plugin.name, result));
    const path = join(folder.probes, asked.plugin.name);
    console.log(`tables, figures and numbers on each latent: ${shown(path)}`);
    console.log(`next: deno task serve ${shown(folder.path)}`);
  } finally {
    await run.close();
  }
}

/** Runs the probe; nothing is returned when Ctrl-C stopped it. */
async function ask(
  { plugin, options, base }: ProbePlugin,
  { run, folder, params, heldOut }: ProbedRun,
  { signal, report }: {
    readonly signal: AbortSignal;
    readonly report: PluginContext["report"];
  },
): Promise<ProbeResult | undefined> {
  const { dataset, encoder, hook, sparsifier, engine, config } = run;
  const context = { base, seed: config.seed, report };
  const probe = await plugin.create(options, context);
  try {
    return await probe.run({
      dataset,
      heldOut,
      encoder,
      hook: hook.name,
      engine,
      dictionary: params && { engine, sparsifier, params },
      training: await trainingEnd(folder),
      signal,
    });
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

async function store(
  { plugin, options }: ProbePlugin,
  { run, folder, hash, heldOut }: ProbedRun,
  result: ProbeResult,
): Promise<void> {
  await writeProbeResult(folder, {
    info: {
      version: 1,
      probe: plugin.name,
      options: options as Record<string, unknown>,
      run: hash,
      dataset: run.config.dataset,
      heldOut: heldOut.length,
    },
    result,
  });
}

if (import.meta.main) await runTask(() => main(Deno.args));
