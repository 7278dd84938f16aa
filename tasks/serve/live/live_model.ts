/**
 * A model and its dictionary, asked about one picture at a time.
 *
 * @module
 */
import type { HostCodes } from "../../../core/codes.ts";
import type { RgbImage } from "../../../core/dataset.ts";
import {
  ablateLatents,
  type LatentEdit,
  scaleLatents,
  setLatents,
} from "../../../core/edit/edit_latents.ts";
import type {
  Encoder,
  Hook,
  Paused,
  Prediction,
} from "../../../core/encoder.ts";
import type { RunConfig } from "../../../core/run/run_schema.ts";
import type { Dictionary } from "../../../core/sparsifier.ts";
import { splice } from "../../../core/edit/splice.ts";
import type { HostTensor } from "../../../core/tensor.ts";
import {
  cellsOf,
  patchesOf,
  type TokenFilter,
} from "../../../core/edit/token_filter.ts";
import { lru } from "../runs/lru.ts";
import { Problem } from "../http/problem.ts";

/** A picture that a model is asked about. */
export interface LivePicture {
  /** Identifies it among all pictures. */
  readonly key: string;
  /** Its pixels. */
  image(): Promise<RgbImage>;
}

/** The latents that a dictionary finds in a picture. */
export interface PatchLatents {
  /** The latents of each patch, row by row. */
  readonly codes: HostCodes;
  /** Patch rows and columns. */
  readonly grid: readonly [rows: number, cols: number];
  /**
   * Squared error of each patch over the mean squared distance of this
   * picture's patches from their mean: the mean of these is `fvu`.
   */
  readonly error: Float32Array;
  /** Fraction of this picture's variance that the dictionary leaves unexplained. */
  readonly fvu: number;
}

/** An edit of one latent. */
export interface SteerEdit {
  /** The latent. */
  readonly latent: number;
  /** Whether it is set to `value`, multiplied by it, or kept from firing. */
  readonly how: "set" | "scale" | "ablate";
  /** The value or the factor; ignored by `ablate`. */
  readonly value: number;
}

/** How a model is steered. */
interface SteerOptions {
  /** The edits, in order. */
  readonly edits: readonly SteerEdit[];
  /** The hook of the prediction; the model's first when absent. */
  readonly prediction?: string | undefined;
  /** Whether the part that the dictionary does not explain is kept. */
  readonly keepError: boolean;
  /** The patches that are edited; all when absent. */
  readonly patches?: readonly number[] | undefined;
}

/** A model's prediction, clean and with latents edited. */
export interface Steered {
  /** What is predicted. */
  readonly prediction: Prediction;
  /** How its tokens lie over the picture. */
  readonly layout: Hook["layout"];
  /** The model's own prediction, `[1, tokens, width]`. */
  readonly clean: HostTensor;
  /** The prediction with the edit, of the same shape. */
  readonly edited: HostTensor;
  /** Patches whose activations the edit changed. */
  readonly changed: number;
  /** Special tokens, such as CLS, whose activations it changed. */
  readonly changedSpecials: number;
}

/** A model and its dictionary. */
export interface LiveModel {
  /** Number of latents. */
  readonly dSae: number;
  /** The hook at which activations are read. */
  readonly hook: Hook;
  /** What the model can predict; empty when it only encodes. */
  readonly predictions: readonly Prediction[];
  /** Whether it can resume from edited activations. */
  readonly canSteer: boolean;
  /** The latents of a picture. */
  look(picture: LivePicture): Promise<PatchLatents>;
  /**
   * The model's prediction, and that with latents edited.
   *
   * @throws {Problem} When it cannot be steered, or an edit names a latent or patch that does not exist.
   */
  steer(picture: LivePicture, options: SteerOptions): Promise<Steered>;
}

/** The parts of a {@linkcode LiveModel}. */
interface LiveParts {
  /** The model. */
  readonly encoder: Encoder;
  /** Where it is read. */
  readonly hook: Hook;
  /** The dictionary. */
  readonly dictionary: Dictionary;
  /** The tokens that it was trained on. */
  readonly tokens: RunConfig["tokens"];
}

/** How many pictures are remembered: steering asks about the same one again and again. */
const remembered = 6;

/** What is remembered of a picture. */
interface Known {
  /** Activations at the hook, `[1, tokens, width]`. */
  readonly x: HostTensor;
  /** Runs the rest of the model from there, where it can. */
  readonly resume?: Paused["resume"];
  /** The model's own predictions, by hook. */
  readonly clean: Map<string, HostTensor>;
  /** Its latents, once they were asked for. */
  latents?: PatchLatents;
}

/** A model that answers one question at a time. */
export function liveModel(parts: LiveParts): LiveModel {
  const { encoder, hook, dictionary } = parts;
  const { predictions = [] } = encoder, known = lru<Known>(remembered);
  const knownOf = async (picture: LivePicture): Promise<Known> => {
    const before = known.get(picture.key);
    if (before) return before;
    const found = await read(parts, await picture.image());
    known.set(picture.key, found, 1);
    return found;
  };
  const dSae = dictionary.sparsifier.dSae;
  return {
    dSae,
    hook,
    predictions,
    canSteer: encoder.pause !== undefined && predictions.length > 0,
    async look(picture) {
      const of = await knownOf(picture);
      return of.latents ??= await latentsOf(parts, of.x);
    },
    async steer(picture, options) {
      const prediction = chosen(parts, options.prediction);
      const where = whereOf(parts, options.patches);
      for (const { latent } of options.edits) checkLatent(latent, dSae);
      const of = await knownOf(picture), name = prediction.hook;
      const resume = of.resume!;
      let clean = of.clean.get(name);
      if (!clean) {
        clean = (await resume(undefined, [name]))[name]!;
        of.clean.set(name, clean);
      }
      const { edits, keepError } = options;
      const edit = edits.length > 0 ? { edit: editOf(edits) } : {};
      const x = await splice(of.x, dictionary, { keepError, where, ...edit });
      const rows = changedRows(of.x, x), { specials } = hook.layout;
      const changed = rows.filter((row) => row >= specials).length;
      const edited = rows.length === 0
        ? clean
        : (await resume({ [hook.name]: x }, [name]))[name]!;
      const { layout } = encoder.hooks.find((one) => one.name === name)!;
      const changedSpecials = rows.length - changed;
      return { prediction, layout, clean, edited, changed, changedSpecials };
    },
  };
}

async function read(
  { encoder, hook }: LiveParts,
  image: RgbImage,
): Promise<Known> {
  if (!encoder.pause || !encoder.predictions?.length) {
    const x = (await encoder.encode([image], [hook.name]))[hook.name]!;
    return { x, clean: new Map() };
  }
  const paused = await encoder.pause([image], [hook.name]);
  return {
    x: paused.activations[hook.name]!,
    resume: paused.resume,
    clean: new Map(),
  };
}

async function latentsOf(
  { hook: { layout: { specials, grid } }, dictionary }: LiveParts,
  { data, shape }: HostTensor,
): Promise<PatchLatents> {
  const { engine, sparsifier, params } = dictionary;
  const width = shape[2]!, patches = grid[0] * grid[1];
  const x = data.subarray(specials * width);
  return await engine.tidy(async () => {
    const rows = engine.tensor(x, [patches, width]);
    const codes = await sparsifier.encode(engine, params, rows);
    const decoded = sparsifier.decode(engine, params, codes);
    const { error, fvu } = relativeError(x, await engine.read(decoded), width);
    return { codes: await engine.readCodes(codes), grid, error, fvu };
  });
}

/** Squared errors of rows, in units of the rows' variance. */
function relativeError(
  x: Float32Array,
  xHat: Float32Array,
  width: number,
): Pick<PatchLatents, "error" | "fvu"> {
  const rows = x.length / width, mean = new Float64Array(width);
  for (let i = 0; i < x.length; i++) mean[i % width]! += x[i]! / rows;
  const squared = new Float64Array(rows);
  let variance = 0;
  for (let i = 0; i < x.length; i++) {
    squared[Math.floor(i / width)]! += (x[i]! - xHat[i]!) ** 2;
    variance += (x[i]! - mean[i % width]!) ** 2 / rows;
  }
  const error = Float32Array.from(squared, (sum) => sum / variance);
  const fvu = squared.reduce((sum, one) => sum + one, 0) / rows / variance;
  return { error, fvu };
}

function chosen({ encoder }: LiveParts, name: string | undefined): Prediction {
  const { predictions = [], pause } = encoder;
  if (!pause || predictions.length === 0) {
    throw new Problem(
      422,
      "Cannot steer this run: its encoder makes no prediction that could change",
    );
  }
  if (name === undefined) return predictions[0]!;
  const found = predictions.find(({ hook }) => hook === name);
  if (found) return found;
  throw new Problem(
    400,
    `Cannot find the prediction "${name.slice(0, 40)}": the model makes ${
      predictions.map(({ hook }) => `"${hook}"`).join(", ")
    }`,
  );
}

/** The tokens to edit: `patches`, or those that the dictionary was trained on. */
function whereOf(
  { hook, tokens }: LiveParts,
  patches: readonly number[] | undefined,
): TokenFilter | undefined {
  if (!patches) return tokens === "patches" ? patchesOf(hook) : undefined;
  const { grid: [rows, cols] } = hook.layout;
  const astray = patches.find((patch) => patch >= rows * cols);
  if (astray === undefined) return cellsOf(hook, patches);
  throw new Problem(
    400,
    `Cannot edit patch ${astray}: the picture has ${
      rows * cols
    }, numbered from 0 to ${rows * cols - 1}`,
  );
}

function checkLatent(latent: number, dSae: number): void {
  if (latent < dSae) return;
  throw new Problem(
    400,
    `Cannot edit latent ${latent}: the dictionary has ${dSae}, numbered from 0 to ${
      dSae - 1
    }`,
  );
}

/** All edits as one, applied in order. */
function editOf(edits: readonly SteerEdit[]): LatentEdit {
  const each = edits.map(({ latent, how, value }) => {
    if (how === "ablate") return ablateLatents([latent]);
    return how === "set"
      ? setLatents([latent], value)
      : scaleLatents([latent], value);
  });
  return (codes, placeOf) =>
    each.reduce((codes, edit) => edit(codes, placeOf), codes);
}

/** The tokens that differ in any bit. */
function changedRows(a: HostTensor, b: HostTensor): number[] {
  const width = a.shape[2]!, changed: number[] = [];
  for (let row = 0; row < a.data.length; row += width) {
    const end = row + width;
    for (let i = row; i < end; i++) {
      if (Object.is(a.data[i], b.data[i])) continue;
      changed.push(row / width);
      break;
    }
  }
  return changed;
}
