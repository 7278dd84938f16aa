/**
 * What `deno task predict --help` shows.
 *
 * @module
 */
import { columns } from "../core/columns.ts";
import { colorMaps } from "./_depth_png.ts";
import { formats } from "./_prediction_file.ts";

const examples = [
  ["deno task predict photo.jpg", "by the default model, to photo.depth.png"],
  ["deno task predict photo.jpg --out=near.npy", "the numbers"],
  ["deno task predict photos/ --out=depth/", "every picture of a folder"],
  [
    "deno task predict runs/my-run photo.jpg",
    "by the model that a run was trained on",
  ],
  [
    "deno task predict photo.jpg --encoder=depth-anything --encoder.model=<folder>",
    "by another model",
  ],
];

const settings = [
  [
    "--out",
    "file",
    "where to write: a file for one picture, its ending says what (.png, .npy, .safetensors), or a folder; when absent beside you, named after the picture",
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
  ["--json", "", "print a JSON object for each picture, in a line"],
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
    columns(examples, { most: 50 }),
    "",
    columns(settings),
  ].join("\n");
}
