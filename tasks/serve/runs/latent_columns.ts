/**
 * The columns that latents are sorted by, from a run's index and its probes.
 *
 * @module
 */
import { join } from "node:path";
import { FormatError } from "../../../core/errors.ts";
import type { LatentIndex } from "../../../core/latents/latent_index.ts";
import { readJsonObject } from "../../../core/run/read_json.ts";
import {
  readFloats,
  readSafetensorsHeader,
} from "../../../core/files/safetensors.ts";
import { columnWords, type NumberKind } from "../glossary.ts";
import { fileCache } from "./file_cache.ts";
import { foldersIn } from "./folders_in.ts";

/** One number for each latent. */
export interface LatentColumn {
  /** Its name in addresses: `density`, `depth.correlation`. */
  readonly name: string;
  /** Its name on the page. */
  readonly title: string;
  /** What it means, in a sentence. */
  readonly definition: string;
  /** How its numbers are written. */
  readonly kind: NumberKind;
  /** Where it comes from: `index`, or the name of a probe. */
  readonly source: string;
  /** The numbers, `[dSae]`; NaN where there is none. */
  readonly values: Float32Array;
}

/** The columns of an index. */
export function indexColumns({ columns }: LatentIndex): LatentColumn[] {
  return Object.entries(columns).map(([name, values]) => ({
    name,
    ...columnWords(name),
    source: "index",
    values,
  }));
}

/** Reads the columns that probes have written into `folder`. */
export type ProbeColumns = (
  folder: string,
  dSae: number,
) => Promise<{ columns: LatentColumn[]; problems: string[] }>;

/** Reads `probes/<probe>/per_latent.safetensors` of a run, again only when it has changed. */
export function probeColumns(): ProbeColumns {
  const read = fileCache(readPerLatent), readMeanings = fileCache(meaningsIn);
  return async (folder, dSae) => {
    const columns: LatentColumn[] = [], problems: string[] = [];
    for (const probe of await foldersIn(join(folder, "probes"))) {
      const path = join(folder, "probes", probe, "per_latent.safetensors");
      try {
        const found = await read(path) ?? [];
        const meanings = await readMeanings(
          join(folder, "probes", probe, "result.json"),
        ).catch(() => undefined);
        for (const [name, values] of found) {
          if (values.length !== dSae) {
            throw new FormatError(
              path,
              `Cannot use "${name}" of probe "${probe}": it has ${values.length} numbers for ${dSae} latents`,
            );
          }
          columns.push({
            name: `${probe}.${name}`,
            title: `${probe} ${name}`.replaceAll("_", " "),
            definition: meanings?.get(name) ??
              `Measured for each latent by the probe ${probe}`,
            kind: "number",
            source: probe,
            values,
          });
        }
      } catch (error) {
        problems.push((error as Error).message);
      }
    }
    return { columns, problems };
  };
}

async function readPerLatent(
  path: string,
): Promise<[name: string, values: Float32Array][]> {
  const header = await readSafetensorsHeader(path);
  const found: [string, Float32Array][] = [];
  for (const name of header.tensors.keys()) {
    found.push([name, await readFloats(header, name)]);
  }
  return found;
}

/** What the columns of a probe mean, by name. */
async function meaningsIn(path: string): Promise<Map<string, string>> {
  const { perLatent = {} } = await readJsonObject(path) as {
    perLatent?: Record<string, { meaning?: unknown }>;
  };
  return new Map(
    Object.entries(perLatent).map((
      [name, { meaning }],
    ) => [name, String(meaning).replace(/^./, (c) => c.toUpperCase())]),
  );
}
