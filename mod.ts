/**
 * Sparse autoencoders on the tokens of vision transformers.
 *
 * @module
 */
export * from "./core/codes.ts";
export * from "./core/dataset.ts";
export * from "./core/encoder.ts";
export * from "./core/engine.ts";
export * from "./core/errors.ts";
export * from "./core/grad.ts";
export * from "./core/plugin.ts";
export * from "./core/probe.ts";
export * from "./core/random.ts";
export * from "./core/sparsifier.ts";
export * from "./core/tensor.ts";
export * from "./core/replace_file.ts";
export * from "./core/safetensors.ts";
