/**
 * Plugins of a run that are not built in: looking at a run does not run them.
 *
 * @module
 */
import { ConfigError } from "../../../core/errors.ts";
import type { Approve, Builtins } from "../../../core/run/load_plugin.ts";
import {
  type RunConfig,
  type Slot,
  slots,
} from "../../../core/run/run_schema.ts";

/** Lets no plugin run that is not built in. */
export const refuseForeign: Approve = ({ kind, specifier }) =>
  Promise.reject(
    new ConfigError(
      kind,
      `Cannot run the ${kind} plugin ${
        JSON.stringify(specifier)
      }: it is not built in, and looking at a run does not run its code; if you trust it, start again with --trust-plugins`,
    ),
  );

/** What cannot be shown without the plugin in a slot. */
const without: Readonly<Partial<Record<Slot, string>>> = {
  dataset: "its pictures are not shown",
  encoder: "its model cannot be asked",
  sparsifier: "its dictionary cannot be asked",
};

/** Sentences on the plugins of a run that are not built in, and what is missing without them. */
export function foreignPlugins(
  config: Pick<RunConfig, Slot>,
  builtins: Builtins,
): string[] {
  return slots.flatMap((slot) => {
    const { use } = config[slot], missing = without[slot];
    if (missing === undefined || Object.hasOwn(builtins[slot], use)) return [];
    return [
      `The ${slot} plugin ${
        JSON.stringify(use)
      } is not built in and is not run: ${missing}; if you trust its code, start again with --trust-plugins`,
    ];
  });
}
