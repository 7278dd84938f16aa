/**
 * Weights of a checkpoint as constants of a graph, checked one by one.
 *
 * @module
 */
import { basename } from "node:path";
import { FormatError, type SafetensorsHeader, tensorOf } from "../../../mod.ts";
import type { AddWeight } from "../network/builder.ts";
import { isWeight } from "../network/onnx_graph.ts";

/**
 * Takes weights from `weights`, whose names there begin with `prefix`. The
 * function returned throws a {@linkcode FormatError} for a tensor that is
 * missing, has another shape or does not hold floats.
 */
export function weightsOf(
  weights: SafetensorsHeader,
  prefix: string,
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
    const file = basename(tensor.path ?? weights.path);
    return graph.external(name, file, tensor);
  };
}
