/**
 * Reads the codes of a study's dictionary and of its controls on all pictures.
 *
 * @module
 */
import {
  addRows,
  type NormalSums,
  normalSums,
  rowProducts,
} from "../../../mod.ts";
import { readCodes, type ReadCodesOptions } from "../study/read_codes.ts";
import type { Study } from "../study/study.ts";
import {
  controlDictionaries,
  type ControlOptions,
} from "./control_dictionaries.ts";
import type { Units } from "./found.ts";

/** Reads the target, the trained dictionary's codes, and the sums from which controls are made. */
export async function readTrained(study: Study) {
  const sums = normalSums(study.hook.width, 0), products = await rowProducts();
  try {
    const { patches, codes: [codes] } = await readAll(study, {
      dictionaries: study.dictionary ? [study.dictionary] : [],
      onPatches: ({ data }) =>
        addRows(sums, products, data, new Float64Array()),
    });
    return { patches, codes, sums };
  } finally {
    await products.release();
  }
}

/** Reads the codes of the controls on the same patches. */
export async function readControls(
  study: Study,
  sums: NormalSums,
  options: ControlOptions,
): Promise<Units[]> {
  return await study.engine.tidy(async () => {
    const controls = controlDictionaries(study.engine, sums, options);
    const { codes } = await readAll(study, {
      dictionaries: controls.map(({ dictionary }) => dictionary),
    });
    return controls.map(({ dictionary: _, ...units }, i) => ({
      ...units,
      codes: codes[i]!,
    }));
  });
}

function readAll(study: Study, options: ReadCodesOptions) {
  const { folds, test } = study.split;
  const pictures = [...folds, test].flatMap((each) => [...each]);
  return readCodes(study, Uint32Array.from(pictures).sort(), options);
}
