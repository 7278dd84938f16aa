/**
 * The tensors of a vision transformer as Hugging Face names them in, its sizes
 * and weights out, all of them checked.
 *
 * @module
 */
import { FormatError, type SafetensorsHeader, tensorOf } from "../../../mod.ts";
import { isWeight } from "../network/onnx_graph.ts";
import type { AddWeight } from "./transformer.ts";
import type { VitSizes } from "../vit/vit_graph.ts";

const projection = "embeddings.patch_embeddings.projection.weight";

/**
 * The one of `prefixes` that stands before the names of the tensors.
 *
 * @throws {FormatError} When none does.
 */
export function findPrefix(
  { path, tensors }: SafetensorsHeader,
  prefixes: readonly string[],
): string {
  const prefix = prefixes.find((prefix) => tensors.has(prefix + projection));
  if (prefix !== undefined) return prefix;
  const tried = prefixes.map((prefix) => `"${prefix}${projection}"`);
  const some = [...tensors.keys()].slice(0, 5).map((name) => `"${name}"`);
  throw new FormatError(
    path,
    `Cannot find the tensor ${
      tried.join(" or ")
    } in "${path}": it holds ${tensors.size}, such as ${some.join(", ")}`,
  );
}

/**
 * How many blocks there are, by the names of the tensors.
 *
 * @throws {FormatError} When one is left out.
 */
export function countLayers(
  { path, tensors }: SafetensorsHeader,
  prefix: string,
): number {
  const start = `${prefix}encoder.layer.`;
  const numbers = new Set(
    [...tensors.keys()].filter((name) => name.startsWith(start))
      .map((name) => name.slice(start.length).split(".")[0]!),
  );
  for (let i = 0; i < numbers.size; i++) {
    if (numbers.has(`${i}`)) continue;
    throw new FormatError(
      path,
      `Cannot find the tensors "${start}${i}.…" in "${path}": it holds ${numbers.size} blocks, block ${
        [...numbers].toSorted((a, b) => Number(b) - Number(a))[0]
      } among them`,
    );
  }
  return numbers.size;
}

/** The special tokens that come before the patches, by the names of the tensors. */
export function findSpecials(
  { tensors }: SafetensorsHeader,
  prefix: string,
): string[] {
  const name = "distillation_token";
  const distilled = tensors.has(`${prefix}embeddings.${name}`);
  return distilled ? ["cls_token", name] : ["cls_token"];
}

/** The sizes that the shapes of the tensors tell. */
export function readWidths(
  weights: SafetensorsHeader,
  prefix: string,
): Pick<VitSizes, "dModel" | "dMlp" | "patch"> {
  const { shape } = tensorOf(weights, prefix + projection);
  const dense = `${prefix}encoder.layer.0.intermediate.dense.bias`;
  return {
    dModel: shape[0] ?? 0,
    dMlp: tensorOf(weights, dense).shape[0] ?? 0,
    patch: shape[3] ?? 0,
  };
}

/**
 * Checks sizes that no tensor tells against each other and against `weights`.
 *
 * @throws {FormatError} When they do not fit.
 */
export function checkSizes(
  { layers, dModel, heads }: Pick<VitSizes, "layers" | "dModel" | "heads">,
  { path }: SafetensorsHeader,
): void {
  const fail = (why: string): never => {
    throw new FormatError(path, `Cannot use "${path}": ${why}`);
  };
  if (layers === 0) fail("it holds no blocks (encoder.layer.0 and so on)");
  if (dModel % heads !== 0) {
    fail(`a width of ${dModel} cannot be shared by ${heads} heads`);
  }
}

/**
 * Checks that patches fill a square picture.
 *
 * @throws {FormatError} When they do not.
 */
export function checkPatches(
  { patch, image }: Pick<VitSizes, "patch" | "image">,
  { path }: SafetensorsHeader,
): void {
  if (image % patch === 0) return;
  throw new FormatError(
    path,
    `Cannot use "${path}": ${image} pixels are no whole number of patches of ${patch}`,
  );
}

/**
 * Takes weights from `weights`, where their names have `prefix` before them.
 * What is returned throws a {@linkcode FormatError} for a tensor that is
 * missing, has another shape or holds no floats.
 */
export function weightsOf(
  weights: SafetensorsHeader,
  prefix: string,
  file: string,
): AddWeight {
  return (graph, name, shape) => {
    const full = prefix + name, tensor = tensorOf(weights, full);
    const fail = (why: string): never => {
      throw new FormatError(
        weights.path,
        `Cannot use tensor "${full}" of "${weights.path}": ${why}`,
      );
    };
    if (tensor.shape.join() !== shape.join()) {
      fail(
        `its shape is [${tensor.shape.join(", ")}], the settings ask for [${
          shape.join(", ")
        }]`,
      );
    }
    if (!isWeight(tensor)) {
      fail(`its dtype is ${tensor.dtype}, supported are F32, F16 and BF16`);
    }
    return graph.external(name, file, tensor);
  };
}
