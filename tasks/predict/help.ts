/**
 * What `deno task predict --help` shows.
 *
 * @module
 */
import { alignText } from "../../core/run/align_text.ts";
import { colorMaps } from "./depth_png.ts";
import { formats } from "./prediction_file.ts";

const examples = [
  ["deno task predict photo.jpg", "to photo.depth.png"],
  ["deno task predict photo.jpg --out=near.npy", "the numbers"],
  ["deno task predict photos/ --out=depth/", "every picture of a folder"],
  ["deno task predict runs/my-run photo.jpg", "by the model of a run"],
  [
    "deno task predict photo.jpg --encoder=auto --encoder.model=<folder>",
    "by another model",
  ],
];

const settings = [
  [
    "--out",
    "file",
    "where to write: a file for one picture, its ending says what (.png, .npy, .safetensors), or a folder; when absent the folder you are in. In a folder files are named after their pictures",
  ],
  [
    "--format",
    formats.join(" | "),
    "png and npy hold depth at the picture's size: 16-bit grey from its smallest to its largest value, or float32; safetensors holds every prediction at the model's resolution",
  ],
  [
    "--colors",
    colorMaps.join(" | "),
    "how depth is coloured in a png: gray is data, the others have 8 bits and are to look at",
  ],
  ["--force", "", "replace files that exist"],
  [
    "--json",
    "",
    "print a JSON object for each picture, in a line; one that could not be predicted has an error",
  ],
  [
    "--encoder…",
    "",
    "the model: settings as of deno task train; deno task plugins encoder lists them",
  ],
];

/** How to start it, and what can be said. */
export function predictHelp(): string {
  return [
    "Shows what a model says of pictures: their depth, their classes.",
    "",
    alignText(examples, { most: 67 }),
    "",
    alignText(settings),
    "",
    "Pictures are JPEG, PNG, WebP and GIF files. It ends with status 1 when none could be predicted.",
  ].join("\n");
}
