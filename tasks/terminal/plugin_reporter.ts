/**
 * What plugins say while they are made in, lines and a bar out.
 *
 * @module
 */
import type { PluginEvent } from "../../core/plugin.ts";
import type { Progress } from "./progress.ts";

/** Shows what plugins say. */
export function pluginReporter(
  progress: Progress,
): (event: PluginEvent) => void {
  return ({ text, done, total }) => {
    if (done === undefined) progress.line(text);
    else if (total !== undefined) progress.update(done, total, text);
  };
}
