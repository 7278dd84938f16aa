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
export * from "./core/compare_runs.ts";
export * from "./core/load_plugin.ts";
export * from "./core/open_run.ts";
export * from "./core/run_config.ts";
export * from "./core/run_folder.ts";
export * from "./core/run_schema.ts";

// Verbs, in the order data flows.
export * from "./core/collect.ts";
export * from "./core/split_examples.ts";
export * from "./core/token_buffer.ts";
export * from "./core/shuffle.ts";
export * from "./core/scale.ts";
export * from "./core/fit_encoder.ts";
export * from "./core/grad.ts";
export * from "./core/learning_rate.ts";
export * from "./core/trainer.ts";
export type { TrainEvent, TrainOptions } from "./core/training_session.ts";
export * from "./core/train.ts";
export type { TrainResults } from "./core/measure.ts";
export * from "./core/calibrate.ts";
export * from "./core/evaluate.ts";
export * from "./core/fvu.ts";
export * from "./core/checkpoint.ts";
export * from "./core/training_state.ts";

// Looking at what the latents mean.
export * from "./core/bootstrap.ts";
export * from "./core/exemplars.ts";
export * from "./core/index_latents.ts";
export * from "./core/latent_counts.ts";
export * from "./core/latent_index.ts";
export * from "./core/load_dictionary.ts";
export * from "./core/neighbours.ts";
export * from "./core/plane.ts";
export * from "./core/probe_result.ts";

// Edits, to go on with from a pause.
export * from "./core/where.ts";
export * from "./core/edit_tokens.ts";
export * from "./core/edit_along.ts";
export * from "./core/edit_latents.ts";
export * from "./core/splice.ts";

// Tools.
export * from "./core/map_ahead.ts";
export * from "./core/nearest.ts";
export * from "./core/random.ts";
export * from "./core/npy_bytes.ts";
export * from "./core/read_npy.ts";
export * from "./core/replace_file.ts";
export * from "./core/resize_map.ts";
export * from "./core/safetensors.ts";
