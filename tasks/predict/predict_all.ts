/**
 * Predicts pictures one after the other and writes each prediction.
 *
 * @module
 */
import { ExampleError, isUserError } from "../../core/errors.ts";
import { encoderForPicture } from "./encoder_for_picture.ts";
import type { OpenModel } from "./open_model.ts";
import type { PictureFile } from "./picture_files.ts";
import { predictPicture } from "./predict_picture.ts";
import type { Done } from "./report.ts";
import { type Format, writePrediction } from "./prediction_file.ts";
import type { Colors } from "./depth_png.ts";
import { readPicture } from "./read_picture.ts";
import { shown } from "../terminal/user_paths.ts";
import { wholeFiles } from "./whole_files.ts";

/** How predictions are written, and what is told of each. */
export interface PredictAllOptions {
  /** The format to write; undefined to write nothing. */
  readonly format: Format | undefined;
  /** The colour map of depth. */
  readonly colors: Colors;
  /** The file of each picture. */
  readonly paths: ReadonlyMap<PictureFile, string>;
  /** Replace files that exist. */
  readonly force: boolean;
  /** Called when a picture was predicted. */
  done(done: Done): void;
  /** Called when one could not be; the others go on. */
  failed(problem: ExampleError): void;
}

/** Predicts and writes each of `pictures`, then closes the model. */
export async function predictAll(
  pictures: readonly PictureFile[],
  model: OpenModel,
  options: PredictAllOptions,
): Promise<void> {
  const fitted = encoderForPicture(model.encoder);
  using files = wholeFiles();
  const one = async (picture: PictureFile): Promise<void> => {
    const started = performance.now();
    const path = options.paths.get(picture);
    if (path !== undefined && !options.force) await refuseExisting(path);
    const image = await readPicture(picture);
    const encoder = await fitted.at(image);
    const { total } = Deno.systemMemoryInfo();
    const predicted = await predictPicture(picture.name, image, encoder, total);
    if (path !== undefined) {
      await files.write(() =>
        writePrediction(predicted, {
          path,
          format: options.format!,
          colors: options.colors,
          metadata: metadata(picture, model),
        })
      );
    }
    options.done({
      name: picture.name,
      predicted,
      ...path !== undefined && { file: shown(path) },
      seconds: (performance.now() - started) / 1000,
    });
  };
  try {
    for (const picture of pictures) {
      await one(picture).catch((error) => {
        if (!isUserError(error)) throw error;
        options.failed(problemOf(picture, error));
      });
    }
  } finally {
    await fitted.close();
  }
}

function metadata(
  picture: PictureFile,
  { name, sha256 }: OpenModel,
): Record<string, string> {
  return {
    picture: picture.name,
    model: name,
    ...sha256 !== undefined && { sha256 },
  };
}

async function refuseExisting(path: string): Promise<void> {
  if (!await Deno.lstat(path).then(() => true, () => false)) return;
  throw new ExampleError(
    path,
    `Cannot write "${
      shown(path)
    }": it exists; replace it with --force, or choose another --out`,
  );
}

/** The error as that of its picture, named in the message. */
function problemOf({ name }: PictureFile, error: Error): ExampleError {
  const message = error instanceof ExampleError
    ? error.message
    : `Cannot predict "${name}": ${error.message}`;
  return new ExampleError(name, message, { cause: error });
}
