/**
 * What the part "why" found, before it becomes a result.
 *
 * @module
 */
import type { DepthStudy } from "../study/depth_study.ts";
import type { LatentTuning } from "../../who/tuning.ts";
import type { Measured } from "./measured.ts";
import type { Findings } from "./findings.ts";
import type { InterventionsInput } from "./interventions.ts";

/** What was found, and from what. */
export interface WhyFound {
  /** Where edits were made. */
  readonly study: DepthStudy;
  /** How latents are tuned, where that is known. */
  readonly tuning: LatentTuning | undefined;
  /** What the interventions were chosen from. */
  readonly input: InterventionsInput;
  /** What was measured. */
  readonly measured: Measured;
  /** Each edit beside its controls. */
  readonly findings: Findings;
}
