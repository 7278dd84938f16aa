/**
 * The operations of a graph and where it is cut in, what a part of it needs out.
 *
 * @module
 */

/** An operation, as far as its place in a graph goes. */
export interface Operation {
  /** Names of the values it takes; `""` is left out. */
  readonly input: readonly string[];
  /** Names of the values it makes. */
  readonly output: readonly string[];
  /** A value: a model that is given it has this operation in place of the usual one. */
  readonly when?: string;
  /** Values: a model that gives or is given one has this operation in place of the usual one. */
  readonly showing?: readonly string[];
}

/** Where a graph is cut, by the names of values. */
export interface Cut {
  /** What the part is given anew. */
  readonly given: Iterable<string>;
  /** What it computes. */
  readonly outputs: readonly string[];
  /** What else can be handed to it, where it has not changed. */
  readonly ports: ReadonlySet<string>;
  /** What else counts as given out, where an operation is there to show it. */
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

/** Names of the values that `outputs` are computed from, `given` and what is before it left out. */
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
 * Which of a cut's ports its outputs need beside what is given: the last ones
 * on each way there that nothing given comes before. What lies between them
 * and the first changed operation is computed again.
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

/** Names of the values that a change of `given` can reach, whatever is computed. */
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

/** Names of the values that `given` comes before, itself included. Operations come in the order they are done in. */
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
