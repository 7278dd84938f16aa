/**
 * Lets every plugin run: the plugins of these tests are their own.
 *
 * @module
 */
import type { Approve } from "../../../core/run/load_plugin.ts";

/** Lets every plugin run. */
export const anyPlugin: Approve = () => Promise.resolve();
