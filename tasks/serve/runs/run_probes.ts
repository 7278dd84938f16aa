/**
 * What the probes of a run have found.
 *
 * @module
 */
import { join } from "node:path";
import { readProbeResult } from "../../../core/files/read_probe_result.ts";
import type { StoredProbe } from "../../../core/files/probe_result.ts";
import { foldersIn } from "./folders_in.ts";
import { asProblem, Problem } from "../http/problem.ts";
import type { Run } from "./run_store.ts";

/** The result of a probe, or why it cannot be read. */
export interface FoundProbe {
  /** Its folder's name. */
  readonly name: string;
  /** What it found. */
  readonly stored?: StoredProbe;
  /** Why there is nothing to show. */
  readonly problem?: string;
}

/** All probes of a run, by name. */
export async function runProbes({ folder }: Run): Promise<FoundProbe[]> {
  const names = await foldersIn(folder.probes);
  return await Promise.all(names.map(async (name) => {
    try {
      const path = join(folder.probes, name);
      return { name, stored: await readProbeResult(path) };
    } catch (error) {
      return { name, problem: asProblem(error).message };
    }
  }));
}

/**
 * What one probe found.
 *
 * @throws {Problem} When it has not run, or its files cannot be read.
 */
export async function runProbe(run: Run, name: string): Promise<StoredProbe> {
  const names = await foldersIn(run.folder.probes);
  if (names.includes(name)) {
    return await readProbeResult(join(run.folder.probes, name));
  }
  throw new Problem(
    404,
    `Cannot find probe "${name.slice(0, 40)}" of "${run.name}": ${
      names.length === 0
        ? "no probe has run on it"
        : `there are ${names.join(", ")}`
    }`,
  );
}
