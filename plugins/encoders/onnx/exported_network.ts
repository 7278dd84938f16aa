/**
 * An exported model as a network that parts can be cut out of. Every hook is
 * float32 `[images, tokens, width]`, whatever its value is in the file.
 *
 * @module
 */
import { toBinary } from "@bufbuild/protobuf";
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataType,
  type ValueInfoProto,
} from "onnx-buf";
import {
  after,
  makersOf,
  type Operation,
  reach,
  requires,
} from "../network/cut.ts";
import type { Network, Port } from "../network/onnx_graph.ts";
import { exposeInput, exposeValue, isShown } from "./expose.ts";
import type { Place } from "./find_places.ts";
import { renameValues, takenBy } from "./graph_nodes.ts";
import type { PictureInput } from "./picture_input.ts";
import { tensorInfo } from "./tensor_info.ts";

/** An operation of the file, or one that shows a value as tokens. */
interface Step extends Operation {
  readonly proto: NodeProto;
}

/** Options for {@linkcode exportedNetwork}. */
export interface ExportedNetworkOptions {
  /** The model. It is changed: some of its values are renamed. */
  readonly model: ModelProto;
  /** Where the pictures go in. */
  readonly input: PictureInput;
  /** The values that are hooks. */
  readonly places: readonly Place[];
}

/**
 * A network whose hooks can all be read and given. A value that is not float32
 * `[images, tokens, width]` is shown as such under its own name, and is itself
 * renamed.
 */
export function exportedNetwork(options: ExportedNetworkOptions): Network {
  const { model } = options, graph = model.graph!;
  const suffix = unusedSuffix(graph);
  const { steps, constants } = stepsOf(options, suffix);
  return {
    model(inputs, outputs) {
      const given = new Set(inputs.map(({ name }) => name));
      const names = outputs.map(({ name }) => name);
      const makers = makersOf(steps, given, names);
      const needed = reach(makers, given, names);
      const makes = (step: Step, name: string): boolean =>
        makers.get(name) === step && !given.has(name);
      const kept = steps.filter((step) =>
        step.output.some((name) => needed.has(name) && makes(step, name))
      );
      return toBinary(ModelProtoSchema, {
        ...model,
        graph: part(graph, {
          node: kept.map((step) =>
            only(step, suffix, (name) => makes(step, name))
          ),
          initializer: constants.filter(({ name }) => needed.has(name)),
          sparseInitializer: graph.sparseInitializer
            .filter(({ values }) => needed.has(values?.name ?? "")),
          quantizationAnnotation: graph.quantizationAnnotation
            .filter(({ tensorName }) => needed.has(tensorName)),
          input: inputs.map(floats),
          output: outputs.map(floats),
        }),
      });
    },
    requires: (cut) => requires(steps, cut),
    after: (given) => after(steps, given),
  };
}

/** The operations of the file, each followed by those that show its results; and the constants of both. */
function stepsOf(
  { model, input, places }: ExportedNetworkOptions,
  suffix: string,
): { steps: Step[]; constants: TensorProto[] } {
  const graph = model.graph!;
  const shown = places.filter((place) => !isShown(place));
  const isWide = input.type === TensorProto_DataType.FLOAT;
  const renamed = new Set(shown.map(({ hook }) => hook.name));
  if (!isWide) renamed.add(input.name);
  const stored = (name: string): string =>
    renamed.has(name) ? name + suffix : name;
  renameValues(graph.node, stored);
  const showing = new Map(shown.map((place) => {
    const value = stored(place.hook.name);
    return [value, exposeValue(place, value)];
  }));
  const after = (name: string): Step[] => {
    const { there = [], back = [] } = showing.get(name) ?? {};
    const hook = there.at(-1)?.output[0];
    return [
      ...there.map(stepOf),
      ...back.slice(0, -1).map(stepOf),
      // The last one makes the value itself, in models that are given the hook.
      ...back.slice(-1).map((proto) => ({ ...stepOf(proto), when: hook! })),
    ];
  };
  return {
    steps: [
      ...isWide ? [] : [stepOf(exposeInput(input.name, stored(input.name)))],
      ...graph.node.flatMap((node) => [
        stepOf(node),
        ...node.output.flatMap(after),
      ]),
    ],
    constants: [
      ...graph.initializer,
      ...[...showing.values()].flatMap(({ shapes }) => shapes),
    ],
  };
}

/** A suffix that no name in the graph contains. */
function unusedSuffix({ node, input, initializer }: GraphProto): string {
  const names = [
    ...[...input, ...initializer].map(({ name }) => name),
    ...node.flatMap(({ output }) => output),
  ];
  let suffix = ":as-stored";
  while (names.some((name) => name.includes(suffix))) suffix += "-";
  return suffix;
}

function stepOf(proto: NodeProto): Step {
  return { input: takenBy(proto), output: proto.output, proto };
}

/** Part of a graph, without the file's descriptions of values: onnxruntime infers them again. */
function part(graph: GraphProto, of: Partial<GraphProto>): GraphProto {
  return { ...graph, valueInfo: [], ...of };
}

/** An operation; those of its results that something else makes get names that nobody reads. */
function only(
  { proto }: Step,
  suffix: string,
  makes: (name: string) => boolean,
): NodeProto {
  if (proto.output.every((name) => name === "" || makes(name))) return proto;
  const output = proto.output.map((name) =>
    name === "" || makes(name) ? name : `${name}${suffix}:unread`
  );
  return { ...proto, output };
}

function floats({ name, dims }: Port): ValueInfoProto {
  return tensorInfo(name, TensorProto_DataType.FLOAT, dims);
}
