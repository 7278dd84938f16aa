// deno-lint-ignore-file no-console
/**
 * Asks a trained dictionary, or a model alone, a question:
 * `deno task probe <probe> runs/<name>`.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ConfigError } from "../../core/errors.ts";
import type { ProbeResult } from "../../core/probe.ts";
import { writeProbeResult } from "../../core/files/probe_result.ts";
import { builtins } from "../../plugins/mod.ts";
import { pluginReporter } from "../terminal/plugin_reporter.ts";
import { type ProbePlugin, probePlugin } from "./probe_plugin.ts";
import { probeText } from "./probe_report.ts";
import { openProbedRun, type ProbedRun, trainingEnd } from "./probed_run.ts";
import { makeProgress } from "../terminal/progress.ts";
import { stopSignal } from "../terminal/stop_signal.ts";
import { runTask, shown } from "../terminal/task.ts";

const usage = `
  deno task probe <probe> runs/<name>    ask a trained dictionary a question
    --<option>=<value>           an option of the probe: deno task plugins <probe> lists them
    --dataset.use=<dataset>      look at other pictures than the run's, all of which count as not
    --dataset.<option>=<value>   trained on; without it those that the run held out are looked at
  deno task probe <probe> <run.json>     ask the model of a run that is not trained, without a dictionary
    --encoder.<option>=<value>   a setting of the run: dataset, encoder, hook, engine, name
Built in: ${Object.keys(builtins.probe).join(", ")}; or ./file.ts, npm:package.
What it finds is kept in runs/<name>/probes/<probe>, in place of what it found before.`;

/**
 * Reads the command line.
 *
 * @throws {ConfigError} When it names no probe and run, or an option has no value.
 */
function probeArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    options: { help: { type: "boolean", short: "h" } },
  });
  const { help, ...settings } = values;
  if (help) return undefined;
  const bare = Object.keys(settings)
    .find((key) => typeof settings[key] !== "string");
  if (bare !== undefined || positionals.length !== 2) {
    throw new ConfigError(
      bare ?? "run",
      bare === undefined
        ? `Cannot probe with ${positionals.length} words: write deno task probe <probe> runs/<name>`
        : `Cannot read --${bare}: it needs a value; write --${bare}=<value>`,
    );
  }
  const typed = Object.entries(settings).map(([key, value]) =>
    `${key}=${value}`
  );
  const isOfRun = (setting: string) =>
    /^(dataset|encoder|engine|hook|name)[.=]/.test(setting);
  return {
    probe: positionals[0]!,
    run: positionals[1]!,
    settings: typed.filter(isOfRun),
    options: typed.filter((setting) => !isOfRun(setting)),
  };
}

/** Carries out `deno task probe`. */
async function main(args: readonly string[]): Promise<void> {
  const typed = probeArguments(args);
  if (!typed) return console.log(usage.slice(1));
  const asked = await probePlugin(typed.probe, typed.options);
  const probed = await openProbedRun(typed.run, typed.settings);
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
    console.log(probeText(result));
    const path = join(folder.probes, asked.plugin.name);
    console.log(`tables, figures and numbers on each latent: ${shown(path)}`);
    console.log(`next: deno task serve ${shown(folder.path)}`);
  } finally {
    await run.close();
  }
}

/** What the probe finds; nothing when it was told to stop. */
async function ask(
  { plugin, options, base }: ProbePlugin,
  { run, folder, params, heldOut }: ProbedRun,
  { signal, report }: {
    readonly signal: AbortSignal;
    readonly report: ReturnType<typeof pluginReporter>;
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
