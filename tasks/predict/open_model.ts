/**
 * A run's settings in, the model that predicts out.
 *
 * @module
 */
import { basename } from "node:path";
import { isHubId } from "../../core/run/absolute_paths.ts";
import type { Encoder, Prediction } from "../../core/encoder.ts";
import { ConfigError } from "../../core/errors.ts";
import type { PluginContext } from "../../core/plugin.ts";
import { readRun, resolveRun } from "../../core/run/run_config.ts";
import { builtins } from "../../plugins/mod.ts";
import { userFolder } from "../terminal/user_paths.ts";

/** A model that predicts. */
export interface OpenModel {
  /** The model. */
  readonly encoder: Encoder;
  /** What it says of a picture: one thing or more. */
  readonly predictions: readonly Prediction[];
  /** What to call it: the name of its folder, at a hub or of its plugin. */
  readonly name: string;
  /** Its plugin. */
  readonly plugin: string;
  /** The SHA-256 of its weights in hexadecimal, when it has a file of them. */
  readonly sha256?: string;
}

/** Encoders that predict something, where their model has a head. */
const predicting: readonly string[] = [
  "depth-nano",
  "depth-anything",
  "theia",
  "vit",
  "onnx",
  "auto",
];

/**
 * Makes the encoder of the run in `file`, or of one that says nothing, with
 * `overrides` laid over it. The other plugins of the run are not looked at, so
 * that a dataset that is elsewhere now is no hindrance.
 *
 * @throws {ConfigError} When it cannot be made, or predicts nothing.
 */
export async function openModel(
  file: string | undefined,
  overrides: readonly string[],
  report?: PluginContext["report"],
): Promise<OpenModel> {
  const cwd = userFolder();
  const raw = await readRun(file, overrides, cwd);
  const { config } = await readRun(undefined, [], cwd);
  const { encoder: slot } = raw.config;
  const run = await resolveRun(
    { ...raw, config: { ...config, encoder: slot } },
    builtins,
  );
  const encoder = await run.create("encoder", report);
  const { predictions = [] } = encoder;
  if (predictions.length === 0) {
    await encoder.close();
    throw predictsNothing(slot.use);
  }
  const plugin = slot.use, { model } = run.config.encoder;
  const sha256 = weightsHash(encoder.provenance);
  return {
    encoder,
    predictions,
    plugin,
    name: typeof model !== "string"
      ? plugin
      : isHubId(model)
      ? model
      : basename(model),
    ...sha256 !== undefined && { sha256 },
  };
}

/** The hash of what is not its settings. */
function weightsHash(provenance: Encoder["provenance"]): string | undefined {
  const hashes = Object.entries(provenance).filter(([file, value]) =>
    /^[0-9a-f]{64}$/.test(`${value}`) && !file.endsWith(".json")
  );
  return hashes[0] && String(hashes[0][1]);
}

function predictsNothing(use: string): ConfigError {
  const others = predicting.filter((name) => name !== use);
  const why = predicting.includes(use)
    ? "this model has no head"
    : "it can only be read";
  return new ConfigError(
    "encoder",
    `Cannot predict with encoder "${use}": ${why}; encoders that say something of a picture are ${
      others.map((name) => `"${name}"`).join(", ")
    }: write --encoder=${others[0]}`,
  );
}
