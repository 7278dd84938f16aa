/**
 * Shows the messages and the progress of plugins.
 *
 * @module
 */
import type { PluginEvent } from "../../core/plugin.ts";
import type { Progress } from "./progress.ts";

/** A plugin's `report`: messages become lines, progress moves the bar. */
export function pluginReporter(
  progress: Progress,
): (event: PluginEvent) => void {
  return ({ text, done, total }) => {
    if (done === undefined) progress.line(text);
    else if (total !== undefined) progress.update(done, total, text);
  };
}
