/**
 * What was typed in, where each prediction is written out.
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

/** Where predictions go, as far as the command line says. */
export interface Destination {
  /** The one file; it has the only picture's prediction. */
  readonly file?: string;
  /** The folder it is in, or that of the files that are named after their pictures. */
  readonly folder: string;
  /** What is written; as the model's predictions are when absent. */
  readonly format?: Format;
  /** How depth is coloured. */
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
      `Cannot write ${format} to "${out}": leave out --format, or give it the name of another file`,
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

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((it) => it.isFile, () => false);
}

function notFolder(path: string): ConfigError {
  return new ConfigError(
    "out",
    `Cannot write into "${
      shown(path)
    }": it is a file; name a folder, or a file that ends in ${
      formats.map((format) => `.${format}`).join(", ")
    }`,
  );
}

/** The format that the name of a file asks for; none when it is a folder's. */
async function formatOf(out: string): Promise<Format | undefined> {
  const extension = extname(out).toLowerCase();
  const isFolder = await Deno.stat(inUserFolder(out))
    .then((it) => it.isDirectory, () => /[\/\\]$/.test(out));
  if (isFolder || extension === "") return undefined;
  const format = formats.find((format) => extension === `.${format}`);
  if (format !== undefined) return format;
  throw new ConfigError(
    "out",
    `Cannot write "${out}": known are ${
      formats.map((format) => `.${format}`).join(", ")
    }; end the name of a folder with a slash`,
  );
}

/**
 * The format that fits what a model says: as asked, else PNG for depth, else
 * safetensors when there is a place for it.
 *
 * @throws {ConfigError} When depth is asked for, and it says nothing of it.
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
    `Cannot write ${format}: it holds depth, and the model predicts ${
      [...new Set(kinds)].join(" and ")
    }; write --format=safetensors, which holds all`,
  );
}

/**
 * The path of each picture's prediction. Two pictures never have the same one:
 * of `a.jpg` and `a.png` the second is `a.png.depth.png`.
 *
 * @throws {ConfigError} When one of them is a picture that is to be predicted.
 */
export function predictionPaths(
  { file, folder, colors }: Destination,
  format: Format | undefined,
  pictures: readonly PictureFile[],
): ReadonlyMap<PictureFile, string> {
  if (format === undefined) return new Map();
  const end = endOf(format, colors);
  // Some file systems do not tell case.
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
    }": it is the picture itself; write another --out`,
  );
}
