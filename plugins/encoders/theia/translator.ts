/**
 * The translator heads of a Theia, which predict its teachers' features
 * (arXiv:2407.20179).
 *
 * @module
 */
import {
  FormatError,
  type Hook,
  type Prediction,
  type SafetensorsHeader,
} from "../../../mod.ts";
import { patchMap } from "../transformer/patch_map.ts";
import { type Builder, under } from "../network/builder.ts";
import {
  type TeacherUnits,
  translatorGrid,
  type TranslatorHead,
  translatorHead,
} from "./translator_graph.ts";
import type { VitHead } from "../vit/vit_head.ts";

/** What a Theia's settings say about its heads. */
export interface TranslatorSettings {
  /** Kind of the heads. */
  readonly translator_type: string;
  /** Channels inside a head, as a multiple of the backbone's width. */
  readonly translator_hidden_size_factor: number;
  /** Channels, rows and columns of each teacher's features. */
  readonly target_feature_sizes?:
    | Readonly<Record<string, readonly number[]>>
    | null
    | undefined;
}

/** A head and the teacher whose features it predicts. */
export interface Teacher extends TranslatorHead {
  /** The teacher's id: `"facebook/dinov2-large"`. */
  readonly id: string;
}

const prefix = "translator.translator_heads.";

/**
 * The heads that a checkpoint has, in the order of its settings at `path`; none
 * if it has no weights for them.
 *
 * @throws {FormatError} When the settings ask for heads of another kind or size.
 */
export function findTeachers(
  { tensors }: SafetensorsHeader,
  settings: TranslatorSettings,
  { dModel, grid }: { readonly dModel: number; readonly grid: number },
  path: string,
): Teacher[] {
  const sizes = Object.entries(settings.target_feature_sizes ?? {});
  const has = [...tensors.keys()].some((name) => name.startsWith(prefix));
  if (!has || sizes.length === 0) return [];
  const fail = (why: string): never => {
    throw new FormatError(
      path,
      `Cannot use "${path}": ${why}; for the backbone alone set target_feature_sizes to null`,
    );
  };
  const { translator_type: type, translator_hidden_size_factor: factor } =
    settings;
  if (type !== "lconv") {
    fail(`its translator_type is "${type}", supported is "lconv"`);
  }
  if (grid !== translatorGrid) {
    fail(
      `translator heads take ${translatorGrid}×${translatorGrid} patches, it has ${grid}×${grid}`,
    );
  }
  const hidden = Math.trunc(dModel * factor);
  return sizes.map(([id, size]) => {
    const [width = 0, side, columns] = size;
    if (size.length !== 3 || side !== columns || side !== 16 && side !== 64) {
      return fail(
        `the features of "${id}" have the size [${
          size.join(", ")
        }], supported are [channels, 16, 16] and [channels, 64, 64]`,
      );
    }
    return { id, dModel, hidden, width, side };
  });
}

/**
 * The heads of `teachers`: the features of each at `teachers.<id>`,
 * `[images, rows · columns, channels]`, in the teacher's own units if `units`
 * has them.
 */
export function translator(
  teachers: readonly Teacher[],
  units?: ReadonlyMap<string, TeacherUnits>,
): VitHead {
  const of = ({ name }: Hook): Teacher =>
    teachers.find(({ id }) => hookName(id) === name)!;
  return {
    hooks: teachers.map(({ id, width, side }) => ({
      name: hookName(id),
      width,
      layout: { specials: 0, grid: [side, side] },
    })),
    predictions: teachers.map(({ id }): Prediction => ({
      hook: hookName(id),
      kind: "features",
      meaning: units
        ? `features of ${id}, in its own units`
        : `features of ${id}, each channel normalised by its mean and standard deviation on ImageNet`,
    })),
    add(build: Builder): void {
      const grid = [translatorGrid, translatorGrid] as const;
      const { dModel } = teachers[0]!;
      const map = patchMap(build.graph, "final_norm", dModel, grid);
      for (const { id, ...head } of teachers) {
        const own = under(build, `${prefix}${id.replaceAll(".", "_")}.`);
        const scaled = { ...head, units: units?.get(id) };
        translatorHead(own, scaled, map, hookName(id));
      }
    },
    weights: (hook) => weights(of(hook)),
    inside: (hook) => inside(of(hook)),
  };
}

function hookName(id: string): string {
  return `teachers.${id}`;
}

/** How many weights a head has, not counting the biases of layers. */
function weights({ dModel, hidden, width, side }: TranslatorHead): number {
  const middle = side === 16 ? 16 : 31;
  const norms = 16 ** 2 * dModel + (middle ** 2 + side ** 2) * hidden;
  const layers = 9 * (dModel ** 2 + dModel * hidden + hidden ** 2);
  return 2 * norms + layers + hidden * width;
}

/** How many numbers one picture holds at once where a head is widest. */
function inside({ dModel, hidden, width, side }: TranslatorHead): number {
  const places = side ** 2, columns = 9 * Math.max(16, side / 2) ** 2;
  return Math.max(dModel, hidden) * (3 * places + columns) + places * width;
}
