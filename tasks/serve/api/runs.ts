/**
 * `/api/runs`, `/api/runs/:run` and `/api/runs/:run/metrics`.
 *
 * @module
 */
import { z } from "zod";
import type { Routes } from "../context.ts";
import { last, readMetricLines } from "../runs/run_metrics.ts";
import type { Run } from "../runs/run_store.ts";
import {
  apiLatentsUrl,
  apiMetricsUrl,
  apiPlaneUrl,
  apiRunUrl,
  runUrl,
} from "../urls.ts";
import { type Endpoint, readQuery, wholeNumber } from "./endpoint.ts";

const nothing = z.object({});

const runSummary = z.object({
  name: z.string().describe("Its folder's name"),
  state: z.enum(["trained", "training", "stopped", "unreadable"]).describe(
    "Whether it is trained yet, or why not",
  ),
  indexed: z.boolean().describe("Whether it has an index of its latents"),
  encoder: z.string().nullable().describe("The encoder's plugin"),
  hook: z.string().nullable().describe(
    "The hook at which activations are read",
  ),
  dSae: z.number().nullable().describe("Number of latents"),
  tokens: z.number().nullable().describe("Tokens trained on so far"),
  fvu: z.number().nullable().describe(
    "Fraction of variance unexplained: measured, or from the last logged step",
  ),
  l0: z.number().nullable().describe("Latents per token"),
  dead: z.number().nullable().describe("Share of dead latents"),
  links: z.record(z.string(), z.string()).describe("Related addresses"),
});

const runsAnswer = z.object({
  runs: z.array(runSummary).describe("The newest first"),
});

const runAnswer = runSummary.extend({
  config: z.unknown().describe("Every setting; null where they cannot be read"),
  results: z.unknown().describe(
    "Its measurements; null until it is trained",
  ),
  provenance: z.record(z.string(), z.unknown()).describe(
    "Where the activations come from",
  ),
  problems: z.array(z.string()).describe("What is wrong with its files"),
});

const metricsQuery = z.object({
  from: wholeNumber(
    Number.MAX_SAFE_INTEGER,
    0,
    "The byte of metrics.jsonl to start at: next of the previous answer",
  ),
});

const metricsAnswer = z.object({
  lines: z.array(z.record(z.string(), z.number())).describe(
    "Logged steps, at most a mebibyte of them",
  ),
  next: z.number().describe("The byte after them"),
  restarted: z.boolean().describe(
    "Whether the log is shorter than from: read it again from 0",
  ),
});

/** The endpoints of runs. */
export const runEndpoints: readonly Endpoint[] = [
  {
    path: "/api/runs",
    summary: "All runs of the folder",
    query: nothing,
    answer: runsAnswer,
  },
  {
    path: "/api/runs/:run",
    summary: "A run: its settings and results",
    query: nothing,
    answer: runAnswer,
  },
  {
    path: "/api/runs/:run/metrics",
    summary: "What a run logged from a byte on; ask again to follow it",
    query: metricsQuery,
    answer: metricsAnswer,
  },
];

/** Adds the endpoints of runs. */
export const apiRuns: Routes = (app, { store }) => {
  app.get("/api/runs", async (c) => {
    const runs = await store.list();
    return c.json<z.infer<typeof runsAnswer>>({ runs: runs.map(summary) });
  });
  app.get("/api/runs/:run", async (c) => {
    const run = await store.run(c.req.param("run"));
    return c.json<z.infer<typeof runAnswer>>({
      ...summary(run),
      config: run.config ?? null,
      results: run.results ?? null,
      provenance: run.provenance,
      problems: [...run.problems],
    });
  });
  app.get("/api/runs/:run/metrics", async (c) => {
    const run = await store.run(c.req.param("run"));
    const params = new URL(c.req.url).searchParams;
    const { from } = readQuery(metricsQuery, params);
    const { lines, next, restarted } = await readMetricLines(
      run.folder.metrics,
      from,
    );
    return c.json<z.infer<typeof metricsAnswer>>({
      lines: [...lines],
      next,
      restarted,
    });
  });
};

/** A number for JSON: null where it is not finite. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function summary(run: Run): z.infer<typeof runSummary> {
  const { name, state, indexed, config, results, series } = run;
  const dSae = config?.sparsifier.dSae;
  return {
    name,
    state,
    indexed,
    encoder: config?.encoder.use ?? null,
    hook: config?.hook ?? null,
    dSae: typeof dSae === "number" ? dSae : null,
    tokens: finite(results?.trainedTokens ?? last(series.tokens)),
    fvu: finite(results?.fvu ?? last(series.values.fvu)),
    l0: finite(results?.l0 ?? last(series.values.l0)),
    dead: finite(results?.dead ?? last(series.values.dead)),
    links: {
      self: apiRunUrl(name),
      page: runUrl(name),
      metrics: apiMetricsUrl(name),
      ...indexed && { latents: apiLatentsUrl(name), plane: apiPlaneUrl(name) },
    },
  };
}
