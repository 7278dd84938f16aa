/**
 * `/api/runs/:run/latents`, `…/latents/:latent` and `…/plane`.
 *
 * @module
 */
import { z } from "zod";
import { binEdge, histogramBins } from "../../../core/latents/latent_counts.ts";
import type { Neighbours } from "../../../core/latents/neighbours.ts";
import type { Routes } from "../context.ts";
import { latentQueryText } from "../runs/latent_query.ts";
import type { LatentColumn } from "../runs/latent_columns.ts";
import {
  type Exemplar,
  filled,
  latentExemplars,
} from "../runs/latent_exemplars.ts";
import { findColumn } from "../runs/find_column.ts";
import { latentNumber } from "../runs/address_numbers.ts";
import { apiLatentsUrl, apiLatentUrl, latentUrl } from "../urls.ts";
import { type Endpoint, readQuery, wholeNumber } from "./endpoint.ts";
import { finite } from "./runs.ts";

const columnAnswer = z.object({
  name: z.string(),
  definition: z.string(),
  source: z.string().describe("index, or the probe that measured it"),
});

const showing = z.object({
  example: z.number().describe("The picture's index in the dataset"),
  token: z.number().describe(
    "The patch that shows it most: row · cols + column",
  ),
  value: z.number().describe("The latent's value there"),
});

const latentRow = z.object({
  latent: z.number(),
  values: z.record(z.string(), z.number().nullable()).describe(
    "By column; null where a column has no value",
  ),
  top: z.array(showing).describe("Pictures with its largest values"),
  links: z.record(z.string(), z.string()),
});

const listQuery = z.object({
  sort: z.string().default("").describe(
    "A column, or latent to sort by number; max when absent",
  ),
  order: z.enum(["", "asc", "desc"]).default("").describe(
    "desc for the largest first, or asc",
  ),
  q: z.string().default("").describe(
    "Numbers (12, 40), a range (100-200), or a label of top pictures",
  ),
  offset: wholeNumber(2 ** 31, 0, "Latents to skip at the start"),
  limit: wholeNumber(1000, 50, "Latents in the answer"),
  top: wholeNumber(64, 0, "Top pictures of each"),
});

const listAnswer = z.object({
  total: z.number().describe("Latents that match the query"),
  dSae: z.number().describe("Latents in all"),
  grid: z.tuple([z.number(), z.number()]).describe("Patch rows and columns"),
  columns: z.array(columnAnswer),
  latents: z.array(latentRow),
  next: z.string().nullable().describe(
    "The address of the next page; null at the end",
  ),
});

const shown = showing.extend({
  map: z.array(z.number()).describe(
    "The latent's value at every patch, row by row, in steps of 1/255 of the largest",
  ),
});

const near = z.array(z.object({ latent: z.number(), cosine: z.number() }));

const latentAnswer = z.object({
  latent: z.number(),
  values: latentRow.shape.values,
  top: z.array(shown).describe("Pictures with its largest values"),
  chance: z.array(shown).describe(
    "Pictures on which it fires, drawn at random",
  ),
  histogram: z.array(z.object({
    from: z.number(),
    to: z.number(),
    count: z.number(),
  })).describe(
    "Tokens by value, in bins of half an octave; empty ones left out",
  ),
  places: z.array(z.number()).describe("Sum of its values at each patch"),
  alike: near.describe("Nearest by decoder direction"),
  together: near.describe("Those that fire on the same tokens"),
  links: z.record(z.string(), z.string()),
});

const planeQuery = z.object({
  color: z.string().default("").describe("The column that colours the points"),
});

const planeAnswer = z.object({
  x: z.array(z.number()).describe("First principal axis, by latent"),
  y: z.array(z.number()).describe("Second principal axis, by latent"),
  color: z.array(z.number().nullable()).describe("The column, by latent"),
  column: columnAnswer,
});

/** The endpoints of latents. */
export const latentEndpoints: readonly Endpoint[] = [
  {
    path: "/api/runs/:run/latents",
    summary: "Latents of a run, sorted and filtered, a page at a time",
    query: listQuery,
    free: {
      "min.<column>": "The smallest value that a column may have",
      "max.<column>": "The largest value that a column may have",
    },
    answer: listAnswer,
  },
  {
    path: "/api/runs/:run/latents/:latent",
    summary: "Everything that is known of one latent",
    query: z.object({}),
    answer: latentAnswer,
  },
  {
    path: "/api/runs/:run/plane",
    summary: "The dictionary as points on a plane",
    query: planeQuery,
    answer: planeAnswer,
  },
];

/** Adds the endpoints of latents. */
export const apiLatents: Routes = (app, { store, search }) => {
  app.get("/api/runs/:run/latents", async (c) => {
    const run = await store.run(c.req.param("run"));
    const params = new URL(c.req.url).searchParams;
    const { offset, limit, top } = readQuery(listQuery, params);
    const of = await store.latents(run), { info } = of.index;
    const { query, latents } = search(run, of, params);
    const next = offset + limit;
    return c.json<z.infer<typeof listAnswer>>({
      total: latents.length,
      dSae: info.dSae,
      grid: [...info.grid],
      columns: of.columns.map(described),
      latents: [...latents.subarray(offset, next)].map((latent) => ({
        latent,
        values: valuesOf(of.columns, latent),
        top: filled(of.index.top, latent).slice(0, top)
          .map(({ slot: _, ...rest }) => rest),
        links: linksOf(run.name, latent),
      })),
      next: next < latents.length
        ? apiLatentsUrl(
          run.name,
          latentQueryText(query, { offset: next, limit, top }),
        )
        : null,
    });
  });
  app.get("/api/runs/:run/latents/:latent", async (c) => {
    const run = await store.run(c.req.param("run"));
    const of = await store.latents(run), { index } = of;
    const { dSae, grid } = index.info, tokens = grid[0] * grid[1];
    const latent = latentNumber(c.req.param("latent"), dSae);
    const bins = index.histogram
      .subarray(latent * histogramBins, (latent + 1) * histogramBins);
    return c.json<z.infer<typeof latentAnswer>>({
      latent,
      values: valuesOf(of.columns, latent),
      top: (await latentExemplars(of, "top", latent)).map(inValues),
      chance: (await latentExemplars(of, "chance", latent)).map(inValues),
      histogram: Array.from(bins, (count, bin) => ({
        from: binEdge(bin),
        to: binEdge(bin + 1),
        count,
      })).filter(({ count }) => count > 0),
      places: [
        ...index.places.subarray(latent * tokens, (latent + 1) * tokens),
      ],
      alike: nearOf(index.alike, latent),
      together: nearOf(index.together, latent),
      links: linksOf(run.name, latent),
    });
  });
  app.get("/api/runs/:run/plane", async (c) => {
    const run = await store.run(c.req.param("run"));
    const { color } = readQuery(planeQuery, new URL(c.req.url).searchParams);
    const { columns, index: { plane } } = await store.latents(run);
    const column = color === "" ? columns[0]! : findColumn(columns, color);
    const axis = (at: number): number[] =>
      Array.from(column.values, (_, i) => rounded(plane[2 * i + at]!) ?? 0);
    return c.json<z.infer<typeof planeAnswer>>({
      x: axis(0),
      y: axis(1),
      color: Array.from(column.values, rounded),
      column: described(column),
    });
  });
};

function described(
  { name, definition, source }: LatentColumn,
): z.infer<typeof columnAnswer> {
  return { name, definition, source };
}

function rounded(value: number): number | null {
  return finite(Number(value.toPrecision(5)));
}

function valuesOf(
  columns: readonly LatentColumn[],
  latent: number,
): Record<string, number | null> {
  return Object.fromEntries(
    columns.map(({ name, values }) => [name, finite(values[latent]!)]),
  );
}

function inValues({ map, ...rest }: Exemplar): z.infer<typeof shown> {
  return { ...rest, map: Array.from(map, (step) => step / 255 * rest.value) };
}

function nearOf(
  { count, latent, cosine }: Neighbours,
  of: number,
): z.infer<typeof near> {
  return Array.from({ length: count }, (_, i) => ({
    latent: latent[of * count + i]!,
    cosine: cosine[of * count + i]!,
  })).filter((one) => one.latent >= 0);
}

function linksOf(run: string, latent: number): Record<string, string> {
  return { self: apiLatentUrl(run, latent), page: latentUrl(run, latent) };
}
