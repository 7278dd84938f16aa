/**
 * Reads the mean and standard deviation of the teachers' features from the files
 * that Theia publishes.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError, FormatError, pathUrl, readNpy } from "../../../mod.ts";
import type { Teacher } from "./translator.ts";
import type { TeacherUnits } from "./translator_graph.ts";

/** The statistics in a folder. */
export interface FeatureStatistics {
  /** Mean and standard deviation of each teacher's features, by the teacher's id. */
  readonly units: ReadonlyMap<string, TeacherUnits>;
  /** Hashes of the numbers in each file, by its name, for provenance. */
  readonly hashes: Readonly<Record<string, string>>;
}

/**
 * Reads `imagenet_mean_<id>.npy` and `imagenet_var_<id>.npy` of each teacher
 * from `folder`, relative to `base`; a "/" in the id becomes "_". The files named
 * "var" hold standard deviations, and Theia's own code uses them as such.
 *
 * @throws {ConfigError} When a file is missing.
 * @throws {FormatError} When one does not hold a number for each channel.
 */
export async function featureStatistics(
  folder: string,
  base: URL,
  teachers: readonly Pick<Teacher, "id" | "width">[],
): Promise<FeatureStatistics> {
  const place = folder.startsWith("file:") ? new URL(folder) : pathUrl(
    folder,
    base,
  );
  const path = fileURLToPath(place);
  const units = new Map<string, TeacherUnits>();
  const hashes: Record<string, string> = {};
  for (const { id, width } of teachers) {
    const read = async (kind: "mean" | "var"): Promise<Float32Array> => {
      const file = `imagenet_${kind}_${id.replaceAll("/", "_")}.npy`;
      const values = await readChannels(path, file, id, width);
      hashes[file] = createHash("sha256").update(values).digest("hex");
      return values;
    };
    units.set(id, { mean: await read("mean"), std: await read("var") });
  }
  return { units, hashes };
}

async function readChannels(
  folder: string,
  file: string,
  id: string,
  width: number,
): Promise<Float32Array> {
  const path = join(folder, file);
  const { data, shape } = await readNpy(path).catch((cause) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new ConfigError(
      "encoder.featureStatistics",
      `Cannot find "${file}" in "${folder}": give the folder with imagenet_mean_*.npy and imagenet_var_*.npy of every teacher (feature_stats in Theia's repository), or leave out featureStatistics`,
      { cause },
    );
  });
  const fail = (why: string): never => {
    throw new FormatError(path, `Cannot use "${path}": ${why}`);
  };
  if (shape.length !== 1 || shape[0] !== width) {
    fail(
      `its shape is [${
        shape.join(", ")
      }], the features of "${id}" have ${width} channels`,
    );
  }
  const odd = data.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) fail(`channel ${odd} is ${data[odd]}`);
  return data;
}
