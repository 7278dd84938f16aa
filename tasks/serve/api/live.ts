/**
 * `/api/runs/:run/pictures`, `…/images/:index/latents` and `…/steer`: the
 * endpoints that run a model.
 *
 * @module
 */
import { z } from "zod";
import type { Routes } from "../context.ts";
import { mostBytes } from "../live/dropped_pictures.ts";
import { pictureLatents } from "../live/picture_latents.ts";
import { clientGone } from "../live/client_gone.ts";
import { differenceOf } from "../live/prediction_pair.ts";
import { readJson, readUpload } from "../live/read_upload.ts";
import { shownPicture } from "../live/shown_picture.ts";
import { mostEdits, mostValue } from "../live/steer_query.ts";
import type { Endpoint } from "./endpoint.ts";
import { apiImageLatentsUrl, imageUrl, steerUrl } from "../urls.ts";
import { finite } from "./runs.ts";

const nothing = z.object({});

const links = z.record(z.string(), z.string()).describe("Related addresses");

const pictureAnswer = z.object({
  id: z.string().describe(
    "Its id: use it wherever a picture's index is expected",
  ),
  width: z.number().describe("In pixels; large pictures are shrunk"),
  height: z.number(),
  links,
});

const numbers = z.array(z.number().nullable());

const imageAnswer = z.object({
  picture: z.string().describe(
    "Its index, or the id of a picture that was sent",
  ),
  name: z.string(),
  grid: z.tuple([z.number(), z.number()]).describe("Patch rows and columns"),
  dSae: z.number().describe("Latents in all"),
  fvu: z.number().nullable().describe(
    "Fraction of this picture's variance left unexplained",
  ),
  error: numbers.describe(
    "Squared error of each patch over the picture's variance, row by row; the mean is fvu",
  ),
  offsets: z.array(z.number()).describe(
    "Codes in compressed rows: entries of patch p are offsets[p] to offsets[p + 1] − 1",
  ),
  latents: z.array(z.number()).describe("The latent of each entry"),
  values: z.array(z.number()).describe("The value of each entry"),
  strongest: z.array(z.object({
    latent: z.number(),
    value: z.number().describe("Its largest value in the picture"),
    patch: z.number().describe("Where it is largest"),
    patches: z.number().describe("Patches on which it fires"),
  })).describe("The strongest 64 latents"),
  links,
});

const latent = z.int().min(0).max(2 ** 31);
const value = z.number().min(-mostValue).max(mostValue);

const edit = z.discriminatedUnion("how", [
  z.strictObject({ latent, how: z.literal("set"), value }),
  z.strictObject({ latent, how: z.literal("scale"), value }),
  z.strictObject({ latent, how: z.literal("ablate") }),
]);

const steerBody = z.strictObject({
  image: z.union([z.int().min(0), z.string().max(64)]).describe(
    "The picture's index, or the id of a picture that was sent",
  ),
  edits: z.array(edit).max(mostEdits).default([]).describe(
    'Edits, in order: { "latent": 5, "how": "set", "value": 2 }, "scale" with a value, or "ablate"',
  ),
  prediction: z.string().max(200).optional().describe(
    "Hook of the prediction; the model's first when absent",
  ),
  keepError: z.boolean().default(true).describe(
    "Whether the part that the dictionary does not explain is kept",
  ),
  patches: z.array(z.int().min(0).max(2 ** 31)).max(10_000).optional().describe(
    "Patches to edit, as row · cols + column; all when absent",
  ),
});

const tensor = z.object({
  shape: z.array(z.number()),
  data: z.string().describe(
    "Base64 of little-endian float32: numpy.frombuffer(base64.b64decode(data), '<f4').reshape(shape)",
  ),
});

const steerAnswer = z.object({
  prediction: z.object({
    hook: z.string(),
    kind: z.enum(["depth", "logits", "features"]),
    meaning: z.string(),
    labels: z.array(z.string()).optional().describe("Names of the classes"),
  }),
  grid: z.tuple([z.number(), z.number()]).describe(
    "Rows and columns of the prediction",
  ),
  specials: z.number().describe("Tokens before the grid, such as CLS"),
  clean: tensor.describe("The model's own prediction, [tokens, width]"),
  edited: tensor.describe("With the edit"),
  difference: z.object({
    mean: z.number().nullable().describe("Mean absolute difference"),
    largest: z.number().nullable().describe("Largest absolute difference"),
  }),
  changedPatches: z.number().describe(
    "Patches whose activations the edit changed",
  ),
  changedSpecials: z.number().describe(
    "Special tokens, such as CLS, whose activations it changed",
  ),
  milliseconds: z.number(),
  links,
});

/** The endpoints that run a model. */
export const liveEndpoints: readonly Endpoint[] = [
  {
    method: "POST",
    path: "/api/runs/:run/pictures",
    summary:
      "Keeps a picture in memory; send the bytes of a JPEG, PNG or WebP file, or a form with the field picture",
    query: nothing,
    answer: pictureAnswer,
  },
  {
    path: "/api/runs/:run/images/:index/latents",
    summary: "The latents of each patch of a picture",
    query: nothing,
    answer: imageAnswer,
  },
  {
    method: "POST",
    path: "/api/runs/:run/steer",
    summary: "The model's prediction with latents edited",
    query: nothing,
    body: steerBody,
    answer: steerAnswer,
  },
];

/** Adds the endpoints that run a model. */
export const apiLive: Routes = (app, context) => {
  const { store, models, dropped } = context;
  app.post("/api/runs/:run/pictures", async (c) => {
    const run = await store.run(c.req.param("run"));
    const { name, bytes } = await readUpload(c.req.raw, mostBytes);
    const { id, image: { width, height } } = await dropped.add(name, bytes);
    return c.json<z.infer<typeof pictureAnswer>>({
      id,
      width,
      height,
      links: linksOf(run.name, id),
    }, 201);
  });
  app.get("/api/runs/:run/images/:index/latents", async (c) => {
    const run = await store.run(c.req.param("run"));
    const picture = await shownPicture(context, run, c.req.param("index"));
    const { found, dSae } = await models.ask(
      run,
      clientGone(c),
      async (model) => ({ found: await model.look(picture), dSae: model.dSae }),
    );
    const { codes: { offsets, latents, values }, grid, error, fvu } = found;
    return c.json<z.infer<typeof imageAnswer>>({
      picture: picture.ref,
      name: picture.name,
      grid: [...grid],
      dSae,
      fvu: finite(fvu),
      error: Array.from(error, (one) => finite(Number(one.toPrecision(5)))),
      offsets: [...offsets],
      latents: [...latents],
      values: Array.from(values, (one) => Number(one.toPrecision(7))),
      strongest: pictureLatents(found).slice(0, 64),
      links: linksOf(run.name, picture.ref),
    });
  });
  app.post("/api/runs/:run/steer", async (c) => {
    const run = await store.run(c.req.param("run"));
    const asked = await readJson(c.req.raw, steerBody);
    const picture = await shownPicture(context, run, String(asked.image));
    const edits = asked.edits.map((edit) => ({ value: 0, ...edit }));
    const answer = await models.ask(run, clientGone(c), async (model) => {
      const started = performance.now();
      const steered = await model.steer(picture, { ...asked, edits });
      return { ...steered, milliseconds: performance.now() - started };
    });
    const { prediction, layout, clean, edited } = answer;
    const { mean, largest } = differenceOf(answer);
    return c.json<z.infer<typeof steerAnswer>>({
      prediction: {
        hook: prediction.hook,
        kind: prediction.kind,
        meaning: prediction.meaning,
        ...prediction.labels && { labels: [...prediction.labels] },
      },
      grid: [...layout.grid],
      specials: layout.specials,
      clean: base64(clean),
      edited: base64(edited),
      difference: { mean: finite(mean), largest: finite(largest) },
      changedPatches: answer.changed,
      changedSpecials: answer.changedSpecials,
      milliseconds: Math.round(answer.milliseconds),
      links: linksOf(run.name, picture.ref),
    });
  });
};

function base64(
  { data, shape }: { data: Float32Array; shape: readonly number[] },
): z.infer<typeof tensor> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { shape: shape.slice(1), data: bytes.toBase64() };
}

function linksOf(run: string, picture: string): Record<string, string> {
  return {
    page: imageUrl(run, picture),
    latents: apiImageLatentsUrl(run, picture),
    steer: steerUrl(run, { image: picture }),
  };
}
