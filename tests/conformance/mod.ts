/**
 * What every plugin of a kind must do, as tests that it can run on itself.
 *
 * @module
 */
export * from "./dataset.ts";
export * from "./encoder.ts";
export * from "./engine.ts";
export * from "./probe.ts";
export * from "./sparsifier.ts";
export { reference } from "../../plugins/engines/reference/mod.ts";
