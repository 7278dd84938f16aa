/**
 * Which operations a part of a graph needs, and which values it takes in.
 *
 * @module
 */

/** An operation and its place in a graph. */
export interface Operation {
  /** Names of the values it takes; `""` marks an absent one. */
  readonly input: readonly string[];
  /** Names of the values it makes. */
  readonly output: readonly string[];
  /** Name of a value: in a model that takes it as an input, this operation replaces the usual one. */
  readonly when?: string;
  /** Names of values: in a model with one of them as an input or output, this operation replaces the usual one. */
  readonly showing?: readonly string[];
}

/** Where to cut a graph, by the names of values. */
export interface Cut {
  /** Values given to the part, perhaps edited. */
  readonly given: Iterable<string>;
  /** Values it computes. */
  readonly outputs: readonly string[];
  /** Values that it can also be given where no edit changes them. */
  readonly ports: ReadonlySet<string>;
  /** Values that count as outputs where operations depend on what is shown. */
  readonly shown?: readonly string[];
}

/** The operation that makes each value in a model with these inputs and outputs. */
export function makersOf<Op extends Operation>(
  nodes: readonly Op[],
  given: Iterable<string>,
  outputs: Iterable<string>,
): Map<string, Op> {
  const inputs = new Set(given), shown = new Set([...inputs, ...outputs]);
  const instead = nodes.filter(({ when, showing }) =>
    inputs.has(when ?? "") || showing?.some((name) => shown.has(name))
  );
  const makers = new Map<string, Op>();
  for (const node of [...nodes.filter(isUsual), ...instead]) {
    for (const name of node.output) makers.set(name, node);
  }
  return makers;
}

function isUsual({ when, showing }: Operation): boolean {
  return when === undefined && showing === undefined;
}

/** Names of the values that `outputs` are computed from, back to `given` and without it. */
export function reach(
  makers: ReadonlyMap<string, Operation>,
  given: Iterable<string>,
  outputs: readonly string[],
): Set<string> {
  const inputs = new Set(given), needed = new Set<string>();
  const open = [...outputs];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === "" || inputs.has(name) || needed.has(name)) continue;
    needed.add(name);
    open.push(...makers.get(name)?.input ?? []);
  }
  return needed;
}

/**
 * Which ports a cut needs besides the values it is given: on each path to an
 * output, the last port that does not depend on a given value. What lies
 * between it and the first changed operation is computed again.
 */
export function requires(
  nodes: readonly Operation[],
  { given, outputs, ports, shown = [] }: Cut,
): Set<string> {
  const inputs = new Set(given);
  const makers = makersOf(nodes, inputs, [...outputs, ...shown]);
  const changed = changedBy(makers, nodes, inputs);
  const twins = new Map(
    nodes.filter(({ when }) => ports.has(when ?? ""))
      .flatMap(({ when, output }) => output.map((name) => [name, when!])),
  );
  const found = new Set<string>(), seen = new Set<string>();
  const open = [...outputs];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === "" || inputs.has(name) || seen.has(name)) continue;
    seen.add(name);
    const port = ports.has(name) ? name : twins.get(name);
    if (port !== undefined && !changed.has(name)) found.add(port);
    else open.push(...makers.get(name)?.input ?? []);
  }
  return found;
}

/** Names of the values that a change of `given` can reach, itself included, whatever the outputs are. */
export function after(
  nodes: readonly Operation[],
  given: Iterable<string>,
): Set<string> {
  const inputs = new Set(given), changed = new Set(inputs);
  for (const { when, input, output } of nodes) {
    if (when !== undefined && !inputs.has(when)) continue;
    if (!input.some((name) => changed.has(name))) continue;
    for (const name of output) changed.add(name);
  }
  return changed;
}

/** Names of the values that depend on `given`, itself included; `nodes` are in the order they run. */
function changedBy(
  makers: ReadonlyMap<string, Operation>,
  nodes: readonly Operation[],
  given: Iterable<string>,
): Set<string> {
  const changed = new Set(given);
  for (const node of nodes) {
    if (!node.input.some((name) => changed.has(name))) continue;
    const made = node.output.filter((name) => makers.get(name) === node);
    for (const name of made) changed.add(name);
  }
  return changed;
}
