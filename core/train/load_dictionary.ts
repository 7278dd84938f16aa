/**
 * Loads a trained run's dictionary into its engine.
 *
 * @module
 */
import { loadCheckpoint } from "./checkpoint.ts";
import { FormatError } from "../errors.ts";
import type { OpenRun } from "./open_run.ts";
import type { RunFolder } from "../run/run_folder.ts";
import type { Sparsifier } from "../sparsifier.ts";
import type { HostTensors, Tensors } from "../tensor.ts";

/**
 * Reads the dictionary that a run saved, for raw activations.
 *
 * @throws {FormatError} When there is none, a parameter is missing or has not
 * the run's sizes, or holds numbers that are not finite.
 */
export async function loadDictionary(
  { engine, hook, sparsifier }: Pick<
    OpenRun,
    "engine" | "hook" | "sparsifier"
  >,
  { checkpoint }: RunFolder,
): Promise<Tensors> {
  const tensors = await loadCheckpoint(checkpoint), { dSae } = sparsifier;
  const { shape = [] } = tensors.W_dec ?? {};
  if (shape[0] !== dSae || shape[1] !== hook.width) {
    throw new FormatError(
      checkpoint,
      `Cannot use the dictionary in "${checkpoint}": its W_dec is [${
        shape.join(", ")
      }], the run's sparsifier and hook ask for [${dSae}, ${hook.width}]`,
    );
  }
  const fault = missing(tensors, sparsifier) ??
    wrongSize(tensors, dSae, hook.width) ?? notFinite(tensors);
  if (fault !== undefined) {
    throw new FormatError(
      checkpoint,
      `Cannot use the dictionary in "${checkpoint}": ${fault}; train the run again, or take the checkpoint from a copy`,
    );
  }
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) =>
      [name, engine.tensor(data, shape)] as const
    ),
  );
}

/** The parameters of SAELens's architectures; others are their plugins' own. */
const parameters: Readonly<Record<string, readonly string[]>> = {
  standard: ["W_enc", "b_enc", "W_dec", "b_dec"],
  topk: ["W_enc", "b_enc", "W_dec", "b_dec"],
  jumprelu: ["W_enc", "b_enc", "W_dec", "b_dec", "threshold"],
};

function missing(
  tensors: HostTensors,
  { saelens: { architecture } }: Pick<Sparsifier, "saelens">,
): string | undefined {
  const names = Object.hasOwn(parameters, architecture)
    ? parameters[architecture]!
    : [];
  const name = names.find((name) => !Object.hasOwn(tensors, name));
  return name &&
    `it has no ${name}, which a ${architecture} dictionary needs`;
}

function wrongSize(
  tensors: HostTensors,
  dSae: number,
  dModel: number,
): string | undefined {
  const shapes: Record<string, readonly number[]> = {
    W_enc: [dSae, dModel],
    W_dec: [dSae, dModel],
    b_enc: [dSae],
    b_dec: [dModel],
    threshold: [dSae],
  };
  for (const [name, { shape }] of Object.entries(tensors)) {
    const wanted = Object.hasOwn(shapes, name) ? shapes[name]! : shape;
    if (shape.join() === wanted.join()) continue;
    // Files hold W_enc turned round.
    const [found, asked] = name === "W_enc"
      ? [shape.toReversed(), wanted.toReversed()]
      : [shape, wanted];
    return `its ${name} is [${found.join(", ")}], the run asks for [${
      asked.join(", ")
    }]`;
  }
  return undefined;
}

function notFinite(tensors: HostTensors): string | undefined {
  for (const [name, { data }] of Object.entries(tensors)) {
    let count = 0;
    for (const value of data) if (!Number.isFinite(value)) count++;
    if (count > 0) {
      return `${count} of the ${data.length} numbers of its ${name} are not finite`;
    }
  }
  return undefined;
}
