/**
 * Opens the model that predicts.
 *
 * @module
 */
import { basename } from "node:path";
import { isHubId } from "../../core/run/absolute_paths.ts";
import type { Encoder, Prediction } from "../../core/encoder.ts";
import { ConfigError } from "../../core/errors.ts";
import type { PluginContext } from "../../core/plugin.ts";
import { readRun, resolveRun } from "../../core/run/run_config.ts";
import type { Approve } from "../../core/run/load_plugin.ts";
import { builtins } from "../../plugins/mod.ts";
import { userFolder } from "../terminal/user_paths.ts";

/** A model that predicts. */
export interface OpenModel {
  /** Its encoder. */
  readonly encoder: Encoder;
  /** What it predicts: at least one thing. */
  readonly predictions: readonly Prediction[];
  /** What to call it: the name of its folder, its name at the hub, or that of its plugin. */
  readonly name: string;
  /** The name of its plugin. */
  readonly plugin: string;
  /** The SHA-256 of its weights in hexadecimal, where they are in a file. */
  readonly sha256?: string;
}

/** Encoders that predict something if their model has a head. */
const predicting: readonly string[] = [
  "depth-nano",
  "depth-anything",
  "theia",
  "vit",
  "onnx",
  "auto",
];

/**
 * Makes the encoder of the run in `file`, or the default one, with the settings
 * in `overrides` changed. Other plugins of the run are ignored: its dataset may
 * have moved. `approve` is asked before a plugin that is not built in runs.
 *
 * @throws {ConfigError} When the encoder cannot be made, or predicts nothing.
 */
export async function openModel(
  file: string | undefined,
  overrides: readonly string[],
  approve: Approve,
  report?: PluginContext["report"],
): Promise<OpenModel> {
  const cwd = userFolder();
  const raw = await readRun(file, overrides, cwd);
  const { config } = await readRun(undefined, [], cwd);
  const { encoder: slot } = raw.config;
  const run = await resolveRun(
    { ...raw, config: { ...config, encoder: slot } },
    builtins,
    approve,
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

/** The hash of the file that is not its settings. */
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
    : "it only gives activations";
  return new ConfigError(
    "encoder",
    `Cannot predict with encoder "${use}": ${why}; encoders that predict something are ${
      others.map((name) => `"${name}"`).join(", ")
    }; write --encoder=${others[0]}`,
  );
}
