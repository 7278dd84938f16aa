/**
 * Numbers of latents and pictures, as addresses write them.
 *
 * @module
 */
import { Problem } from "../http/problem.ts";

/**
 * The latent that `text` names.
 *
 * @throws {Problem} When there is no such latent.
 */
export function latentNumber(text: string, dSae: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (number < dSae) return number;
  throw new Problem(
    404,
    `Cannot find latent "${text.slice(0, 40)}": this run has ${
      dSae.toLocaleString("en")
    }, numbered from 0 to ${(dSae - 1).toLocaleString("en")}`,
  );
}

/**
 * The index of the picture that `text` names; the dataset may be shorter.
 *
 * @throws {Problem} When it is not a whole number.
 */
export function pictureIndex(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Problem(
    404,
    `Cannot find picture "${text.slice(0, 40)}": pictures are numbered from 0`,
  );
}
