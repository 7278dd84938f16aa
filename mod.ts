/**
 * Sparse autoencoders on the tokens of vision transformers.
 *
 * @module
 */

// Nouns.
export * from "./core/codes.ts";
export * from "./core/dataset.ts";
export * from "./core/encoder.ts";
export * from "./core/engine.ts";
export * from "./core/errors.ts";
export * from "./core/plugin.ts";
export * from "./core/probe.ts";
export * from "./core/sparsifier.ts";
export * from "./core/tensor.ts";

// Runs.
export * from "./core/run/compare_runs.ts";
export * from "./core/run/load_plugin.ts";
export * from "./core/train/open_run.ts";
export * from "./core/run/run_config.ts";
export * from "./core/run/run_folder.ts";
export * from "./core/run/run_schema.ts";

// Verbs, in the order data flows.
export * from "./core/train/collect.ts";
export * from "./core/train/split_examples.ts";
export * from "./core/train/token_buffer.ts";
export * from "./core/train/shuffle.ts";
export * from "./core/train/activation_scale.ts";
export * from "./core/train/fit_initial_norm.ts";
export * from "./core/train/grad.ts";
export * from "./core/train/learning_rate.ts";
export * from "./core/train/trainer.ts";
export type {
  TrainEvent,
  TrainOptions,
} from "./core/train/training_session.ts";
export * from "./core/train/train.ts";
export type { TrainResults } from "./core/train/measure_trained.ts";
export * from "./core/train/calibrate.ts";
export * from "./core/train/evaluate.ts";
export * from "./core/train/fvu.ts";
export * from "./core/train/checkpoint.ts";
export * from "./core/train/training_state.ts";

// Looking at what the latents mean.
export * from "./core/statistics/bootstrap.ts";
export * from "./core/latents/exemplars.ts";
export * from "./core/latents/index_latents.ts";
export * from "./core/latents/latent_counts.ts";
export * from "./core/latents/latent_index.ts";
export * from "./core/train/load_dictionary.ts";
export * from "./core/latents/neighbours.ts";
export * from "./core/latents/principal_plane.ts";
export * from "./core/files/probe_result.ts";

// Edits, to go on with from a pause.
export * from "./core/edit/token_filter.ts";
export * from "./core/edit/edit_tokens.ts";
export * from "./core/edit/edit_along.ts";
export * from "./core/edit/edit_latents.ts";
export * from "./core/edit/splice.ts";

// Tools.
export * from "./core/map_ahead.ts";
export * from "./core/run/nearest.ts";
export * from "./core/random.ts";
export * from "./core/files/npy_bytes.ts";
export * from "./core/files/read_npy.ts";
export * from "./core/files/replace_file.ts";
export * from "./core/files/resize_map.ts";
export * from "./core/files/safetensors.ts";
