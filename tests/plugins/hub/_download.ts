// deno-lint-ignore-file no-console
/**
 * A program that downloads a model from the environment's hub and prints its
 * folder, or the error.
 *
 * @module
 */
import { downloadModel } from "../../../plugins/hub/download_model.ts";
import { openHub } from "../../../plugins/hub/open_hub.ts";
import { parseHubId } from "../../../plugins/hub/hub_id.ts";

try {
  const hub = await openHub({ wait: () => Promise.resolve() });
  console.log((await downloadModel(hub, parseHubId(Deno.args[0]!)!)).path);
} catch (error) {
  console.log((error as Error).message);
  Deno.exit(1);
}
