/**
 * What the parts of a study look at, chosen once.
 *
 * @module
 */
import type {
  Dataset,
  Dictionary,
  Encoder,
  Engine,
  Hook,
  PluginContext,
  ProbeResult,
} from "../../../mod.ts";
import type { PictureSplit } from "./split_pictures.ts";
import type { Target } from "./target.ts";

/** What the parts of a study look at. */
export interface Study {
  /** The pictures. */
  readonly dataset: Dataset;
  /** The model. */
  readonly encoder: Encoder;
  /** Where the run reads it: there latents are looked for and edits are made. */
  readonly hook: Hook;
  /** What was trained there; absent where nothing was. */
  readonly dictionary?: Dictionary | undefined;
  /** The maths. */
  readonly engine: Engine;
  /** Which pictures are for what. */
  readonly split: PictureSplit;
  /** What is asked for. */
  readonly target: Target;
  /** Decides every random number. */
  readonly seed: number;
  /** Is told how far a part is. */
  readonly report?: PluginContext["report"];
  /** When aborted, a part throws its reason soon. */
  readonly signal?: AbortSignal | undefined;
}

/** What a part found: names begin with the part's, as `where_…`. */
export type PartResult = ProbeResult & {
  /** What was shown and what was not. */
  readonly verdict: readonly string[];
};
