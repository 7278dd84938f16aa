/**
 * The reference engine with one operation replaced. Replace others one by one:
 * the test checks each against the reference.
 *
 * @module
 */
import type { Engine, Plugin } from "tessera";
import { reference } from "tessera/testing";
import { z } from "zod";

const options = z.strictObject({});

/** Options of {@linkcode myPlugin}. */
export type MyPluginOptions = z.infer<typeof options>;

/** The reference engine with an `abs` of its own: `ReLU(x) + ReLU(−x)`. */
export function myPlugin(): Engine {
  const engine = reference();
  return {
    ...engine,
    name: "my-plugin",
    abs(x) {
      const negative = engine.mul(x, engine.fill(-1, []));
      return engine.add(engine.relu(x), engine.relu(negative));
    },
  };
}

const plugin: Plugin<"engine", MyPluginOptions> = {
  apiVersion: 1,
  kind: "engine",
  name: "my-plugin",
  description: "The reference engine with an abs of its own",
  options,
  create: myPlugin,
};
export default plugin;
