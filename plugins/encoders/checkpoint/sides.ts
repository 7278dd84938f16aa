/**
 * Sizes in a model's settings: a number of pixels, or a pair.
 *
 * @module
 */
import { z } from "zod";

const pixels = z.int().positive();

/** Height and width in pixels; one number stands for both. */
export const sides: z.ZodType<readonly [height: number, width: number]> = z
  .union([pixels, z.tuple([pixels, pixels])], {
    error: "expected a number of pixels, or a pair: height, width",
  })
  .transform((size): readonly [number, number] =>
    typeof size === "number" ? [size, size] : size
  );

/** A side of a square in pixels: a number, or a pair of equal ones. */
export const side: z.ZodType<number> = sides
  .refine(([height, width]) => height === width, {
    error: ({ input }) =>
      `found ${JSON.stringify(input)}, supported are equal height and width`,
  })
  .transform(([height]) => height);
