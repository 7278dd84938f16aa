/**
 * `/runs/:run/pictures/:index/:size`: pictures of a run's dataset, as files.
 *
 * @module
 */
import type { Routes } from "../context.ts";
import { pictureSides, type PictureSize } from "../runs/pictures.ts";
import { asProblem, Problem } from "../http/problem.ts";
import { pictureIndex } from "../runs/address_numbers.ts";

/** Takes the place of a picture that cannot be shown. */
const placeholder =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96"><rect width="96" height="96" fill="#8a8a8a" fill-opacity=".18"/><path d="M34 34 62 62M62 34 34 62" stroke="#8a8a8a" stroke-width="3" stroke-linecap="round"/></svg>`;

/** `/runs/:run/pictures/:index/:size`: a JPEG of what the encoder sees of a picture. */
export const pictureFiles: Routes = (app, { store, pictures }) => {
  app.get("/runs/:run/pictures/:index/:size", async (c) => {
    const size = c.req.param("size");
    if (!Object.hasOwn(pictureSides, size)) {
      throw new Problem(
        404,
        `Cannot find pictures of this size: there are ${
          Object.keys(pictureSides).join(" and ")
        }`,
      );
    }
    const run = await store.run(c.req.param("run"));
    const index = pictureIndex(c.req.param("index"));
    try {
      const { bytes } = await pictures.small(run, index, size as PictureSize);
      const isFixed = c.req.query("v") === run.version;
      return c.body(bytes, 200, {
        "Content-Type": "image/jpeg",
        "Cache-Control": isFixed ? "private, max-age=86400" : "no-cache",
      });
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 500) throw error;
      return c.body(placeholder, 404, {
        "Content-Type": "image/svg+xml",
        "Cache-Control": "no-store",
        // Headers hold ASCII only.
        "X-Problem": encodeURIComponent(problem.message.slice(0, 300)),
      });
    }
  });
};
