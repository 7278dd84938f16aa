/**
 * The options that encoders of vision towers share.
 *
 * @module
 */
import { z } from "zod";
import {
  type ProviderOption,
  providerOption,
} from "../network/provider_option.ts";
import {
  type PictureOptions,
  pictureOptions,
} from "../pictures/prepared_pictures.ts";

/** Options of an encoder of a vision tower. */
export interface TowerEncoderOptions extends PictureOptions, ProviderOption {
  /** Folder with `config.json`, `model.safetensors` and perhaps `preprocessor_config.json`. */
  readonly model: string;
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
}

/** Their schema; `what` names the models that are meant. */
export function towerOptions(what: string): z.ZodType<TowerEncoderOptions> {
  return z.strictObject({
    model: z.string({
      error:
        `Needs a folder with config.json and model.safetensors, as Hugging Face publishes ${what}`,
    }).meta({ format: "model" }).describe(
      "Folder with config.json, model.safetensors and perhaps preprocessor_config.json, or owner/name at the Hugging Face hub",
    ),
    ...pictureOptions,
    threads: z.int().positive().optional().describe(
      "Threads to compute with; all cores when absent",
    ),
    ...providerOption,
  });
}
