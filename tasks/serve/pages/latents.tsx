/**
 * `/runs/:run/latents`: all latents of a run, each with the pictures that show it.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Routes } from "../context.ts";
import { concurrencyLimit } from "../http/concurrency_limit.ts";
import type { StaticFiles } from "../http/static_files.ts";
import type { Bar } from "../parts/bars.tsx";
import { ColumnHistogram } from "../parts/histogram.tsx";
import { LatentFilter } from "../parts/latent_filter.tsx";
import { LatentRows } from "../parts/latent_rows.tsx";
import { LatentSummary } from "../parts/latent_summary.tsx";
import { ColumnTerm, columnTerms } from "../parts/column_term.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notices } from "../parts/notices.tsx";
import { count } from "../parts/numbers.ts";
import type { LatentColumn } from "../runs/latent_columns.ts";
import { type LatentList, latentList, pageRows } from "../runs/latent_list.ts";
import { type LatentQuery, latentQueryText } from "../runs/latent_query.ts";
import { latentRowsUrl } from "../urls.ts";

/** Pages that are made at once: each takes megabytes while it is made. */
const atOnce = 16;

/** `/runs/:run/latents`, and its rows alone for the module that scrolls on. */
export const latentsPage: Routes = (app, context) => {
  const inTurn = concurrencyLimit(atOnce), { files, pictures } = context;
  app.get("/runs/:run/latents", (c) =>
    inTurn(async () => {
      const list = await latentList(context, c.req.param("run"), c.req.url);
      // The first pictures of a run open its dataset: what it lacks is said here.
      const missing = await pictures.count(list.run).then(
        () => [],
        (error: Error) => [error.message],
      );
      return c.html(
        <LatentsPage files={files} list={list} missing={missing} />,
      );
    }));
  app.get("/runs/:run/latents/rows", (c) =>
    inTurn(async () => {
      const list = await latentList(context, c.req.param("run"), c.req.url);
      return c.html(<LatentRows {...list} />);
    }));
};

function LatentsPage(
  { files, list, missing }: {
    files: StaticFiles;
    list: LatentList;
    missing: readonly string[];
  },
): JSX.Element {
  const { run, latents: { columns, problems }, found, offset } = list;
  const { query, latents: { length: total } } = found;
  return (
    <Layout
      files={files}
      title={`Latents of ${run.name}`}
      run={run.name}
      tab="Latents"
      words={columnTerms(columns)}
      scripts={["latents.js"]}
    >
      <div class="heading">
        <h1>Latents</h1>
        <p class="lead">
          Each row is a latent and the pictures where it fires most. Patches
          stay bright where it fires; the strongest is outlined.
        </p>
      </div>
      <Notices of={[...problems, ...missing]} />
      <div class="finder">
        <LatentFilter run={run} columns={columns} query={query} />
        <Distribution columns={columns} query={query} />
      </div>
      <LatentSummary {...list} />
      <div
        id="grid"
        class="grid"
        data-total={total}
        data-rows={pageRows}
        data-offset={offset}
        data-source={latentRowsUrl(run.name, latentQueryText(query))}
      >
        <LatentRows {...list} />
      </div>
      <Pager query={query} offset={offset} total={total} />
    </Layout>
  );
}

function Distribution(
  { columns, query }: { columns: readonly LatentColumn[]; query: LatentQuery },
): JSX.Element {
  const column = columns.find(({ name }) => name === query.sort) ?? columns[0]!;
  const least = query.min[column.name] ?? -Infinity;
  const most = query.max[column.name] ?? Infinity;
  const isIn = ({ from, to }: Bar) => to > least && from < most;
  return (
    <figure class="card distribution">
      <figcaption>
        <ColumnTerm column={column} />{" "}
        <span class="quiet">
          over all latents; press a bar to see its latents
        </span>
      </figcaption>
      <span class="if-wide">
        <ColumnHistogram column={column} marked={isIn} wide />
      </span>
      <span class="if-narrow">
        <ColumnHistogram column={column} marked={isIn} />
      </span>
    </figure>
  );
}

function Pager(
  { query, offset, total }: {
    query: LatentQuery;
    offset: number;
    total: number;
  },
): JSX.Element {
  const to = (at: number) => latentQueryText(query, { offset: at });
  const next = offset + pageRows;
  return (
    <nav class="pager" aria-label="Pages of latents">
      {offset > 0
        ? <a class="button" rel="prev" href={to(offset - pageRows)}>Earlier</a>
        : <span />}
      <span class="quiet">
        {total === 0 ? 0 : count(offset + 1)} to {count(Math.min(next, total))}
        {" "}
        of {count(total)}
      </span>
      {next < total
        ? <a class="button" rel="next" href={to(next)}>Later</a>
        : <span />}
    </nav>
  );
}
