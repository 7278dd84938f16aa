/**
 * What `deno task predict --help` shows.
 *
 * @module
 */
import { alignText } from "../../core/run/align_text.ts";
import { colorMaps } from "./depth_png.ts";
import { formats } from "./prediction_file.ts";

const examples = [
  ["deno task predict photo.jpg", "write photo.depth.png"],
  ["deno task predict photo.jpg --out=near.npy", "write the numbers"],
  ["deno task predict photos/ --out=depth/", "every picture in a folder"],
  ["deno task predict runs/my-run photo.jpg", "with the model of a run"],
  [
    "deno task predict photo.jpg --encoder=auto --encoder.model=<folder>",
    "with another model",
  ],
];

const settings = [
  [
    "--out",
    "file",
    "where to write: a file for one picture (it ends in .png, .npy or .safetensors), or a folder, in which files are named after their pictures; by default the folder you are in",
  ],
  [
    "--format",
    formats.join(" | "),
    "png and npy hold depth at the picture's size: png as 16-bit grey, scaled from the smallest to the largest value, npy as float32; safetensors holds every prediction at the model's resolution",
  ],
  [
    "--colors",
    colorMaps.join(" | "),
    "colours of depth in a png: gray has 16 bits, for computing; the others have 8, for looking at",
  ],
  ["--force", "", "replace files that exist"],
  ["--trust-plugins", "", "run plugins that are not built in without asking"],
  [
    "--json",
    "",
    "print a line of JSON for each picture; where predicting failed it has an error",
  ],
  [
    "--encoder…",
    "",
    "the model, set as in deno task train; deno task plugins encoder lists models",
  ],
];

/** Examples, then every option. */
export function predictHelp(): string {
  return [
    "Shows what a model predicts from pictures: depth, classes.",
    "",
    alignText(examples, { most: 67 }),
    "",
    alignText(settings),
    "",
    "Pictures are JPEG, PNG, WebP or GIF files. The exit status is 1 when nothing could be predicted.",
  ].join("\n");
}
