/**
 * Conformance tests for every kind of plugin, for plugin authors to run.
 *
 * @module
 */
export * from "./dataset.ts";
export * from "./encoder.ts";
export * from "./engine.ts";
export * from "./probe.ts";
export * from "./sparsifier.ts";
export { reference } from "../../plugins/engines/reference/mod.ts";
