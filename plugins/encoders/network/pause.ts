/**
 * Stops a network at some hooks and goes on from there with edited values.
 *
 * @module
 */
import {
  ConfigError,
  type Hook,
  type HostTensors,
  type Paused,
  sizeOf,
} from "../../../mod.ts";
import { chooseHooks } from "./choose_hooks.ts";
import { relativeError } from "./relative_error.ts";
import type { Network, Port } from "./onnx_graph.ts";
import { keyOf, type OpenModels, type Part } from "./open_models.ts";

/** Options for {@linkcode pause}. */
export interface PauseOptions {
  /** The network. */
  readonly graph: Network;
  /** Its hooks, in network order. */
  readonly hooks: readonly Hook[];
  /** Values that can be inputs or outputs of a part: the hooks, and the pictures. */
  readonly ports: readonly Port[];
  /** The pictures, which the whole network takes. */
  readonly input: Port;
  /** Names of the hooks that are predictions. */
  readonly predictions: readonly string[];
  /** Its models. */
  readonly models: Pick<OpenModels, "has" | "release">;
  /** Keys of the parts already found equal to the whole network, with their number of pictures. */
  readonly trusted: Set<string>;
  /** Computes values of the network for all pictures, in batches where they are many. */
  compute(outputs: readonly Port[]): Promise<HostTensors>;
  /** Runs a part on values for all pictures, in batches where they are many; `feeds` keep their buffers. */
  run(part: Part, feeds: HostTensors): Promise<HostTensors>;
}

/**
 * Stops a network at the hooks `at`: computes these values once, along with
 * whatever else is needed to go on with any of them edited.
 *
 * @throws {ConfigError} When `at` is empty.
 */
export async function pause(
  at: readonly string[],
  options: PauseOptions,
): Promise<Paused> {
  if (at.length === 0) {
    throw new ConfigError(
      "hook",
      "Cannot pause nowhere: name at least one hook",
    );
  }
  const kept = new Set(at.flatMap((hook) => [
    hook,
    ...requiredAfter(hook, options),
  ]));
  const values = await options.compute(portsOf(kept, options));
  const clean = pick(values, at);
  return {
    // Copies, since the caller may write into them.
    activations: copied(clean),
    async resume(edited = clean, wanted) {
      checkEdited(edited, clean);
      const given = Object.keys(edited);
      const outputs = wantedOf(wanted, given, options);
      if (outputs.length === 0) return {};
      checkReached(given, outputs, options);
      const part = partOf(given, outputs, { kept, at }, options);
      const feeds = pick(values, part.inputs.map(({ name }) => name));
      // A convolution's last digits depend on how many pictures it is given.
      const key = `${countOf(feeds)} of ${keyOf(part)}`;
      if (!options.trusted.has(key)) {
        await checkIdentity(part, at, feeds, options);
        options.trusted.add(key);
      }
      return await options.run(part, { ...feeds, ...edited });
    },
  };
}

/** What is needed besides `hook` to compute everything that an edit there can reach. */
function requiredAfter(
  hook: string,
  { graph, ports }: PauseOptions,
): Set<string> {
  const reached = graph.after([hook]);
  const names = ports.map(({ name }) => name);
  const outputs = names.filter((name) => name !== hook && reached.has(name));
  return graph.requires({ given: [hook], outputs, ports: new Set(names) });
}

/** The part of the network that computes `outputs` from `given` and some of what was kept. */
function partOf(
  given: readonly string[],
  outputs: readonly string[],
  { kept, at }: { kept: ReadonlySet<string>; at: readonly string[] },
  options: PauseOptions,
): Part {
  const cut = { given, outputs, ports: kept, shown: at };
  const also = options.graph.requires(cut);
  return {
    inputs: portsOf(new Set([...given, ...also]), options),
    outputs: portsOf(new Set(outputs), options),
    shown: at,
  };
}

function portsOf(
  names: ReadonlySet<string>,
  { ports }: PauseOptions,
): Port[] {
  return ports.filter(({ name }) => names.has(name));
}

function pick(values: HostTensors, names: readonly string[]): HostTensors {
  return Object.fromEntries(names.map((name) => [name, values[name]!]));
}

function copied(values: HostTensors): HostTensors {
  return Object.fromEntries(
    Object.entries(values).map(([name, { data, shape }]) =>
      [name, { data: data.slice(), shape }] as const
    ),
  );
}

/** The hooks asked for; by default the predictions that come after `given`. */
function wantedOf(
  wanted: readonly string[] | undefined,
  given: readonly string[],
  { graph, hooks, predictions }: PauseOptions,
): readonly string[] {
  if (wanted) return chooseHooks(hooks, wanted).map(({ name }) => name);
  if (predictions.length === 0) return [hooks.at(-1)!.name];
  const reached = graph.after(given);
  const later = predictions.filter((name) =>
    reached.has(name) && !given.includes(name)
  );
  return later.length > 0 ? later : predictions;
}

function checkEdited(edited: HostTensors, clean: HostTensors): void {
  const known = Object.keys(clean).map((name) => `"${name}"`).join(", ");
  const names = Object.keys(edited);
  if (names.length === 0) {
    throw new ConfigError("hook", `Cannot resume with nothing: give ${known}`);
  }
  for (const name of names) {
    const expected = clean[name]?.shape;
    if (!expected) {
      throw new ConfigError(
        "hook",
        `Cannot resume at "${name}": the model was paused at ${known}`,
      );
    }
    const { data, shape } = edited[name] ?? {};
    const fits = data instanceof Float32Array &&
      data.length === sizeOf(expected) && shape?.join() === expected.join();
    if (fits) continue;
    throw new ConfigError(
      "hook",
      `Cannot resume with ${
        data ? `${data.constructor.name} of ${data.length} numbers` : data
      }, shape [${
        shape?.join(", ")
      }], at "${name}": it takes a Float32Array, shape [${
        expected.join(", ")
      }]`,
    );
  }
}

function checkReached(
  given: readonly string[],
  outputs: readonly string[],
  { graph }: PauseOptions,
): void {
  const reached = graph.after(given);
  const astray = outputs.find((name) =>
    !reached.has(name) || given.includes(name)
  );
  if (astray === undefined) return;
  throw new ConfigError(
    "hook",
    `Cannot resume to "${astray}": it does not come after ${
      given.map((name) => `"${name}"`).join(" or ")
    }`,
  );
}

function countOf(feeds: HostTensors): number {
  return Object.values(feeds)[0]!.shape[0]!;
}

/** Checks that a part, given unedited values, computes what the whole network does, bit by bit. */
async function checkIdentity(
  part: Part,
  at: readonly string[],
  feeds: HostTensors,
  options: PauseOptions,
): Promise<void> {
  const { input, models } = options;
  // Read what the pause read, too: reading alone can change how a value is computed.
  const read = [...part.inputs, ...part.outputs].map(({ name }) => name);
  const outputs = portsOf(new Set([...at, ...read]), options)
    .filter(({ name }) => name !== input.name);
  const whole = { inputs: [input], outputs };
  const wasOpen = models.has(whole);
  const expected = await options.compute(outputs);
  if (!wasOpen) models.release(whole);
  const resumed = await options.run(part, feeds);
  for (const { name } of part.outputs) {
    const { data } = resumed[name]!, whole = expected[name]!.data;
    if (data.every((value, i) => Object.is(value, whole[i]))) continue;
    models.release(part);
    throw new ConfigError(
      "hook",
      `Cannot pause at "${
        at.join('", "')
      }": with nothing edited "${name}" comes out ${
        relativeError(data, whole).toExponential(1)
      } standard deviations off what the whole model gives; pause at what is read as well, or at another hook`,
    );
  }
}
