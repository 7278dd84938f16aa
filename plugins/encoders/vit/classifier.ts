/**
 * The classifier of a ViT or DeiT as operations of a graph.
 *
 * @module
 */
import {
  type Prediction,
  type SafetensorsHeader,
  tensorOf,
} from "../../../mod.ts";
import type { Builder } from "../network/builder.ts";
import type { VitHead } from "./vit_head.ts";

/** What is known of a classifier besides its weights. */
export interface ClassifierOptions {
  /** Length of a token. */
  readonly dModel: number;
  /** Tokens before the patches. */
  readonly specials: readonly string[];
  /** Names of the classes by their number, as `config.json` has them; not all of them need one. */
  readonly id2label?:
    | Readonly<Record<string, string | number | null>>
    | null
    | undefined;
}

/**
 * The classifier in `weights`, if there is one: `logits`,
 * `[images, 1, classes]`, from CLS. A distilled DeiT has two, one for CLS and
 * one for the distillation token, which are averaged (arXiv:2012.12877, section
 * 3).
 *
 * @throws {FormatError} When only a part of it is there.
 */
export function classifier(
  weights: SafetensorsHeader,
  { dModel, specials, id2label }: ClassifierOptions,
): VitHead | undefined {
  const parts = partsOf(weights, specials.length);
  if (parts.length === 0) return undefined;
  const { shape: [classes = 0] } = tensorOf(weights, `${parts[0]}.weight`);
  const labels = labelsOf(classes, id2label);
  const prediction: Prediction = {
    hook: "logits",
    kind: "logits",
    meaning: "a number for each class; their softmax gives the probabilities",
    ...labels && { labels },
  };
  return {
    hooks: [{
      name: "logits",
      width: classes,
      layout: { specials: 1, grid: [0, 0] },
    }],
    predictions: [prediction],
    add: (build) => classify(build, parts, [dModel, classes]),
    weights: () => parts.length * dModel * classes,
    inside: () => parts.length * (dModel + classes),
  };
}

/** Names of the linear layers, one for each special token that is read. */
function partsOf({ tensors }: SafetensorsHeader, specials: number): string[] {
  const has = (name: string): boolean =>
    tensors.has(`${name}.weight`) || tensors.has(`${name}.bias`);
  const both = ["cls_classifier", "distillation_classifier"];
  if (specials > 1 && both.some(has)) return both;
  return has("classifier") ? ["classifier"] : [];
}

function labelsOf(
  classes: number,
  id2label: ClassifierOptions["id2label"],
): string[] | undefined {
  const known = id2label ?? {};
  const labels = Array.from(
    { length: classes },
    (_, i) => Object.hasOwn(known, i) ? known[i] : undefined,
  );
  const isComplete = Object.keys(known).length === classes &&
    labels.every((label) => label !== undefined && label !== null);
  return isComplete ? labels.map(String) : undefined;
}

function classify(
  { graph, weight }: Builder,
  parts: readonly string[],
  [dModel, classes]: readonly [dModel: number, classes: number],
): void {
  const said = parts.map((part, token) => {
    const one = graph.node("Slice", [
      "final_norm",
      graph.integers([token]),
      graph.integers([token + 1]),
      graph.integers([1]),
    ]);
    return graph.node("Gemm", [
      graph.node("Reshape", [one, graph.integers([-1, dModel])]),
      weight(`${part}.weight`, classes, dModel),
      weight(`${part}.bias`, classes),
    ], { attributes: { transB: 1 } });
  });
  const mean = said.length === 1
    ? said[0]!
    : graph.node("Mul", [graph.node("Add", said), graph.floats([0.5])]);
  graph.node("Reshape", [mean, graph.integers([-1, 1, classes])], {
    output: "logits",
  });
}
