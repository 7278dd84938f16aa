/**
 * The command line of `deno task predict`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { ConfigError } from "../../core/errors.ts";
import { nearest } from "../../core/run/nearest.ts";
import { isTrusting } from "../terminal/arguments.ts";
import { colorMaps, type Colors } from "./depth_png.ts";
import { type Format, formats } from "./prediction_file.ts";

/** What was typed after `deno task predict`. */
export interface PredictArguments {
  /** Show the help and do nothing. */
  readonly help: boolean;
  /** Print a JSON object for each picture, and nothing else. */
  readonly json: boolean;
  /** Replace files that exist. */
  readonly force: boolean;
  /** Run plugins that are not built in without asking. */
  readonly trust: boolean;
  /** Pictures, folders of pictures, and the file or folder of a run, as typed. */
  readonly paths: readonly string[];
  /** The file or folder to write to. */
  readonly out?: string;
  /** The format to write. */
  readonly format?: Format;
  /** How depth is coloured. */
  readonly colors?: Colors;
  /** Settings of the encoder: `"encoder.use=depth-anything"`. */
  readonly overrides: readonly string[];
}

const flags = ["help", "json", "force", "trust-plugins"] as const;
const words = ["out", "format", "colors", "encoder"] as const;

/**
 * Reads the command line.
 *
 * @throws {ConfigError} When a flag is unknown, or has no value or a wrong one.
 */
export function predictArguments(args: readonly string[]): PredictArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    options: {
      ...Object.fromEntries(flags.map((flag) => [flag, { type: "boolean" }])),
      help: { type: "boolean", short: "h" },
      ...Object.fromEntries(words.map((word) => [word, { type: "string" }])),
    },
  });
  const { help, json, force, out, format, colors, ...rest } = values;
  const { "trust-plugins": trust, ...settings } = rest;
  for (const [key, value] of Object.entries(values)) checkFlag(key, value);
  return {
    help: help === true,
    json: json === true,
    force: force === true,
    trust: isTrusting(trust),
    paths: positionals,
    ...out !== undefined && { out: String(out) },
    ...format !== undefined &&
      { format: oneOf("format", String(format).replace(/^\./, ""), formats) },
    ...colors !== undefined &&
      { colors: oneOf("colors", String(colors), colorMaps) },
    overrides: Object.entries(settings).map(([key, value]) =>
      `${key}=${value}`
    ),
  };
}

function checkFlag(key: string, value: unknown): void {
  if (flags.some((flag) => flag === key)) {
    if (value === true) return;
    throw new ConfigError(key, `Cannot read --${key}=${value}: write --${key}`);
  }
  const known = key.startsWith("encoder.") ||
    words.some((each) => each === key);
  if (!known) {
    const names = [...flags, ...words];
    const near = nearest(key, names);
    throw new ConfigError(
      key,
      `Cannot read --${key}: predict takes --encoder.<option>, ${
        names.map((name) => `--${name}`).join(", ")
      }${near === undefined ? "" : `; did you mean --${near}?`}`,
    );
  }
  if (typeof value === "string" && value !== "") return;
  throw new ConfigError(
    key,
    `Cannot read --${key}: it needs a value; write --${key}=<value>`,
  );
}

function oneOf<T extends string>(
  key: string,
  value: string,
  known: readonly T[],
): T {
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  const near = nearest(value, known);
  throw new ConfigError(
    key,
    `Cannot read --${key}=${value}: write one of ${known.join(", ")}${
      near === undefined ? "" : `; did you mean "${near}"?`
    }`,
  );
}
