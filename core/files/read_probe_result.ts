/**
 * Reads what a probe found from a run's `probes/<probe>/`.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { FormatError } from "../errors.ts";
import type { Figure, LatentValues } from "../probe.ts";
import { fileName, type StoredProbe } from "./probe_result.ts";
import { readFloats, readSafetensorsHeader } from "./safetensors.ts";

const meaning = z.string(), unit = z.string().optional();
const caption = z.string();
const name = z.string().regex(fileName);

const schema = z.object({
  version: z.literal(1),
  probe: z.string(),
  options: z.record(z.string(), z.unknown()),
  run: z.string(),
  dataset: z.record(z.string(), z.unknown()),
  heldOut: z.int().nonnegative(),
  verdict: z.array(z.string()),
  metrics: z.record(
    z.string(),
    z.object({
      value: z.number(),
      low: z.number().optional(),
      high: z.number().optional(),
      meaning,
      unit,
    }),
  ),
  perLatent: z.record(name, z.object({ meaning, unit })),
  figures: z.record(name, z.object({ caption })),
  tables: z.record(
    name,
    z.object({
      caption,
      columns: z.record(z.string(), meaning),
      rows: z.array(z.record(
        z.string(),
        // NaN was written as null.
        z.union([z.string(), z.number(), z.null().transform(() => NaN)]),
      )),
    }),
  ),
});

/**
 * Reads everything that a probe left in `folder`, including its figures and the
 * numbers for each latent.
 *
 * @throws {FormatError} When the probe has not run, or its files are damaged or
 * in another version's format; the message says how to run it again.
 */
export async function readProbeResult(folder: string): Promise<StoredProbe> {
  const text = await Deno.readTextFile(join(folder, "result.json"))
    .catch((cause) => {
      throw unusable(folder, "it has no result.json", cause);
    });
  const { data } = schema.safeParse(parsed(text));
  if (!data) {
    throw unusable(folder, "its result.json is not in version 1 format");
  }
  const { verdict, metrics, perLatent, figures, tables, ...info } = data;
  const result = { verdict, metrics, tables } as StoredProbe["result"];
  try {
    return {
      info,
      result: {
        ...result,
        perLatent: await readColumns(folder, perLatent),
        figures: await readFigures(folder, figures),
      },
    };
  } catch (cause) {
    throw unusable(folder, (cause as Error).message, cause);
  }
}

async function readColumns(
  folder: string,
  described: Readonly<Record<string, object>>,
): Promise<Record<string, LatentValues>> {
  const names = Object.keys(described);
  if (names.length === 0) return {};
  const path = join(folder, "per_latent.safetensors");
  const header = await readSafetensorsHeader(path);
  const columns = names.map(async (name) =>
    [name, {
      ...described[name],
      values: await readFloats(header, name),
    } as LatentValues] as const
  );
  return Object.fromEntries(await Promise.all(columns));
}

async function readFigures(
  folder: string,
  described: Readonly<Record<string, { readonly caption: string }>>,
): Promise<Record<string, Figure>> {
  const figures = Object.entries(described).map(async ([name, figure]) => {
    const path = join(folder, "figures", `${name}.svg`);
    return [name, { ...figure, svg: await Deno.readTextFile(path) }] as const;
  });
  return Object.fromEntries(await Promise.all(figures));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unusable(folder: string, why: string, cause?: unknown): FormatError {
  const run = dirname(dirname(folder));
  return new FormatError(
    folder,
    `Cannot use what a probe left in "${folder}": ${why}; run it again with: deno task probe ${
      basename(folder)
    } ${run}`,
    { cause },
  );
}
