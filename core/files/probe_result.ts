/**
 * Writes what a probe found to a run's `probes/<probe>/`.
 *
 * ```
 * probes/<probe>/
 *   result.json               metrics, verdict and tables, and what each number means
 *   per_latent.safetensors    numbers for each latent; absent when there are none
 *   figures/<name>.svg
 *   tables/<name>.csv
 * ```
 *
 * @module
 */
import { join } from "node:path";
import type { ProbeResult, Table } from "../probe.ts";
import { replaceTextFile } from "./replace_file.ts";
import { writeSafetensors } from "./safetensors.ts";

/** Which probe ran, with which options, on what. */
export interface ProbeInfo {
  /** Version of the files. */
  readonly version: 1;
  /** The probe's name. */
  readonly probe: string;
  /** Its options, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The hash of the run's settings. */
  readonly run: string;
  /** The dataset it ran on, as in a run's settings. */
  readonly dataset: Readonly<Record<string, unknown>>;
  /** How many held-out pictures the probe was offered. */
  readonly heldOut: number;
}

/** A probe's result with what it was asked. */
export interface StoredProbe {
  /** What it was asked. */
  readonly info: ProbeInfo;
  /** What it found. */
  readonly result: ProbeResult;
}

/** The folders of a run that its probes use. */
export interface ProbeFolders {
  /** The run's own: new results are filled in below its `state/`. */
  readonly path: string;
  /** Where finished results lie, a folder for each probe. */
  readonly probes: string;
}

/** Names that are valid file names everywhere. */
export const fileName: RegExp = /^[a-z0-9][a-z0-9_-]*$/i;

/**
 * Replaces the probe's folder in `probes` with what it found now, whole or not
 * at all.
 *
 * @throws {RangeError} When a name is not a valid file name.
 */
export async function writeProbeResult(
  { path, probes }: ProbeFolders,
  { info, result }: StoredProbe,
): Promise<void> {
  const { metrics, perLatent = {}, figures = {}, tables = {} } = result;
  for (
    const name of [info.probe, metrics, perLatent, figures, tables].flatMap(
      (each) => typeof each === "string" ? each : Object.keys(each),
    )
  ) {
    if (fileName.test(name)) continue;
    throw new RangeError(
      `Cannot write what probe "${info.probe}" found: "${name}" is not a valid name; use letters, digits, - and _`,
    );
  }
  await replaceFolder({ path, probes }, info.probe, async (folder) => {
    await Deno.mkdir(join(folder, "figures"));
    await Deno.mkdir(join(folder, "tables"));
    for (const [name, { svg }] of Object.entries(figures)) {
      await replaceTextFile(join(folder, "figures", `${name}.svg`), svg);
    }
    for (const [name, table] of Object.entries(tables)) {
      await replaceTextFile(join(folder, "tables", `${name}.csv`), csv(table));
    }
    if (Object.keys(perLatent).length > 0) {
      await writeSafetensors(
        join(folder, "per_latent.safetensors"),
        Object.fromEntries(
          Object.entries(perLatent).map(([name, { values: data }]) =>
            [name, { dtype: "F32", shape: [data.length], data }] as const
          ),
        ),
      );
    }
    const text = JSON.stringify(described(info, result), null, 2);
    await replaceTextFile(join(folder, "result.json"), `${text}\n`);
  });
}

/** Fills a new folder elsewhere in the run, then swaps it for the old one. */
async function replaceFolder(
  { path, probes }: ProbeFolders,
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const target = join(probes, name);
  const fresh = join(path, "state", `probe-${crypto.randomUUID().slice(0, 8)}`);
  const old = `${fresh}.old`;
  await Deno.mkdir(fresh, { recursive: true });
  await Deno.mkdir(probes, { recursive: true });
  try {
    await fill(fresh);
    await Deno.rename(target, old).catch(unlessGone);
    await Deno.rename(fresh, target);
  } finally {
    for (const left of [fresh, old]) {
      await Deno.remove(left, { recursive: true }).catch(unlessGone);
    }
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** `result.json`: everything that has no file of its own. */
function described(
  info: ProbeInfo,
  { verdict = [], metrics, perLatent, figures, tables }: ProbeResult,
): unknown {
  const each = <T>(
    of: Readonly<Record<string, T>> = {},
    f: (x: T) => unknown,
  ) => Object.fromEntries(Object.entries(of).map(([name, x]) => [name, f(x)]));
  return {
    ...info,
    verdict,
    metrics,
    perLatent: each(perLatent, ({ values: _, ...rest }) => rest),
    figures: each(figures, ({ caption }) => ({ caption })),
    // JSON has no NaN: it becomes null.
    tables: tables ?? {},
  };
}

/** A table as CSV (RFC 4180); NaN is an empty cell. */
function csv({ columns, rows }: Table): string {
  const names = Object.keys(columns);
  const lines = [names, ...rows.map((row) => names.map((name) => row[name]))];
  return lines.map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

function cell(value: string | number | undefined): string {
  if (typeof value === "string" && /[",\r\n]/.test(value)) {
    return `"${value.replaceAll('"', '""')}"`;
  }
  return Number.isNaN(value ?? NaN) ? "" : String(value);
}
