/**
 * All that was found, before it is put into words.
 *
 * @module
 */
import type { Estimate } from "../../../../mod.ts";
import type { DepthStudy } from "../study/depth_study.ts";
import type { LatentTuning } from "../../who/tuning.ts";
import type { Measured } from "./clean.ts";
import type { PlanInput } from "./compared.ts";
import type { Findings } from "./findings.ts";

/** All that was found, and what it was asked of. */
export interface WhyFound {
  /** Where edits were made. */
  readonly study: DepthStudy;
  /** How latents are tuned, where that is known. */
  readonly tuning: LatentTuning | undefined;
  /** What was planned from. */
  readonly input: PlanInput;
  /** What was measured. */
  readonly measured: Measured;
  /** Each edit beside its controls. */
  readonly findings: Findings;
}

/** How well the order of latents by tuning is that by effect. */
export type Agreements = Readonly<Record<string, Estimate>>;
