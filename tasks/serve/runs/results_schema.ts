/**
 * What `results.json` must hold to be shown.
 *
 * @module
 */
import { z } from "zod";
import type { TrainResults } from "../../../core/train/measure_trained.ts";

/** The measurements of a finished run; unknown keys are kept. */
export const resultsSchema: z.ZodType<TrainResults> = z.looseObject({
  fvu: z.number(),
  l0: z.number(),
  silent: z.number(),
  tokens: z.number(),
  images: z.number(),
  skipped: z.number(),
  dead: z.number(),
  deadTokens: z.number(),
  targetL0: z.number().nullable(),
  threshold: z.number().nullable(),
  steps: z.number(),
  trainedTokens: z.number(),
  skippedImages: z.number(),
});
