/**
 * Decides where each prediction is written, and in which format.
 *
 * @module
 */
import { dirname, extname, join } from "node:path";
import type { Prediction } from "../../core/encoder.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Colors } from "./depth_png.ts";
import type { PictureFile } from "./picture_files.ts";
import type { PredictArguments } from "./arguments.ts";
import { type Format, formats } from "./prediction_file.ts";
import { inUserFolder, shown } from "../terminal/user_paths.ts";

/** Where predictions go, as far as the command line tells. */
export interface Destination {
  /** The file for the only picture; absent when files are named after their pictures. */
  readonly file?: string;
  /** The folder of that file, or of those named after their pictures. */
  readonly folder: string;
  /** The format to write; when absent, the model's predictions decide. */
  readonly format?: Format;
  /** The colour map of depth. */
  readonly colors: Colors;
}

/**
 * Reads `--out`, `--format` and `--colors`.
 *
 * @throws {ConfigError} When they contradict each other, or one file is asked for several pictures.
 */
export async function destination(
  typed: Pick<PredictArguments, "out" | "format" | "colors">,
  pictures: readonly PictureFile[],
): Promise<Destination> {
  const { out, colors = "gray" } = typed;
  const asked = out === undefined ? undefined : await formatOf(out);
  const format = typed.format ?? asked ??
    (typed.colors === undefined ? undefined : "png");
  if (asked !== undefined && asked !== format) {
    throw new ConfigError(
      "format",
      `Cannot write ${format} to "${out}": leave out --format, or give --out another ending`,
    );
  }
  if (typed.colors !== undefined && format !== "png") {
    throw new ConfigError(
      "colors",
      `Cannot colour ${format}: only png has colours; leave out --colors, or write png`,
    );
  }
  if (asked !== undefined && pictures.length > 1) {
    throw new ConfigError(
      "out",
      `Cannot write ${pictures.length} pictures to "${out}": it is one file; name a folder, such as --out=depth`,
    );
  }
  const path = inUserFolder(out ?? ".");
  const folder = asked === undefined ? path : dirname(path);
  if (await isFile(folder)) throw notFolder(folder);
  return {
    ...asked !== undefined && { file: path },
    folder,
    ...format !== undefined && { format },
    colors,
  };
}

const endings = `.${formats.slice(0, -1).join(", .")} or .${formats.at(-1)}`;

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((it) => it.isFile, () => false);
}

function notFolder(path: string): ConfigError {
  return new ConfigError(
    "out",
    `Cannot write into "${
      shown(path)
    }": it is a file; name a folder, or a file that ends in ${endings}`,
  );
}

/** The format that a file's name asks for; undefined for a folder. */
async function formatOf(out: string): Promise<Format | undefined> {
  const extension = extname(out).toLowerCase();
  const isFolder = await Deno.stat(inUserFolder(out))
    .then((it) => it.isDirectory, () => /[\/\\]$/.test(out));
  if (isFolder || extension === "") return undefined;
  const format = formats.find((format) => extension === `.${format}`);
  if (format !== undefined) return format;
  throw new ConfigError(
    "out",
    `Cannot write "${out}": it must end in ${endings}; end the name of a folder with a slash`,
  );
}

/**
 * The format for what a model predicts: as asked, else PNG for depth, else
 * safetensors if `--out` names a place for it.
 *
 * @throws {ConfigError} When a format for depth is asked for and the model does
 * not predict depth.
 */
export function fittingFormat(
  { format, file, folder }: Destination,
  predictions: readonly Prediction[],
): Format | undefined {
  const kinds = predictions.map(({ kind }) => kind);
  const elsewhere = file !== undefined || folder !== inUserFolder(".");
  if (kinds.includes("depth") || format === "safetensors") {
    return format ?? "png";
  }
  if (format === undefined) return elsewhere ? "safetensors" : undefined;
  throw new ConfigError(
    "format",
    `Cannot write ${format}: it holds depth, but the model predicts ${
      [...new Set(kinds)].join(" and ")
    }; write --format=safetensors, which holds everything`,
  );
}

/**
 * The path of each picture's prediction, no two alike: with `a.jpg` and `a.png`,
 * that of the second is `a.png.depth.png`.
 *
 * @throws {ConfigError} When a path is that of a picture to be predicted.
 */
export function predictionPaths(
  { file, folder, colors }: Destination,
  format: Format | undefined,
  pictures: readonly PictureFile[],
): ReadonlyMap<PictureFile, string> {
  if (format === undefined) return new Map();
  const end = endOf(format, colors);
  // Some file systems ignore case.
  const taken = new Set(pictures.map(({ path }) => path.toLowerCase()));
  const free = (path: string): boolean => !taken.has(path.toLowerCase());
  const paths = new Map<PictureFile, string>();
  for (const picture of pictures) {
    const path = file ??
      namesFor(picture.id).map((name) => join(folder, name + end)).find(free)!;
    if (!free(path)) throw overwrites(path);
    taken.add(path.toLowerCase());
    paths.set(picture, path);
  }
  return paths;
}

function* namesFor(id: string): Generator<string, void, undefined> {
  yield id.slice(0, id.length - extname(id).length);
  yield id;
  for (let n = 2;; n++) yield `${id}-${n}`;
}

function endOf(format: Format, colors: Colors): string {
  if (format === "safetensors") return ".predictions.safetensors";
  const coloured = format === "png" && colors !== "gray";
  return `.depth${coloured ? `.${colors}` : ""}.${format}`;
}

function overwrites(path: string): ConfigError {
  return new ConfigError(
    "out",
    `Cannot write "${
      shown(path)
    }": it is the picture itself; choose another --out`,
  );
}
