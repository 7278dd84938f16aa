/**
 * `/runs/:run/latents`: all latents of a run, each with the pictures that show it.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Routes, ServeContext } from "../context.ts";
import type { LatentColumn } from "../runs/latent_columns.ts";
import { type LatentQuery, latentQueryText } from "../runs/latent_query.ts";
import type { FoundLatents } from "../runs/latent_search.ts";
import { limited } from "../http/concurrency_limit.ts";
import { latentExemplars } from "../runs/latent_exemplars.ts";
import type { Bar } from "../parts/bars.tsx";
import { ColumnHistogram } from "../parts/histogram.tsx";
import { LatentFilter } from "../parts/latent_filter.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notices } from "../parts/notice.tsx";
import { count, number, ofKind } from "../parts/numbers.ts";
import { Term } from "../parts/term.tsx";
import { Tile } from "../parts/tile.tsx";
import type { Run, RunIndex } from "../runs/run_store.ts";
import type { StaticFiles } from "../http/static_files.ts";
import { latentRowsUrl, latentsUrl, latentUrl } from "../urls.ts";

/** Latents of one piece of the page. */
const pageRows = 24;

/** Pictures of a strip. */
const stripPictures = 12;

/** Pages that are made at once: each takes megabytes while it is made. */
const atOnce = 16;

/** What the page shows. */
interface GridView {
  readonly run: Run;
  readonly latents: RunIndex;
  readonly found: FoundLatents;
  /** The first row. */
  readonly offset: number;
}

/** `/runs/:run/latents`, and its rows alone for the module that scrolls on. */
export const latentsPage: Routes = (app, context) => {
  const inTurn = limited(atOnce);
  app.get("/runs/:run/latents", (c) =>
    inTurn(async () => {
      const view = await gridView(context, c.req.param("run"), c.req.url);
      // The first pictures of a run open its dataset: what it lacks is said here.
      const missing = await context.pictures.count(view.run).then(
        () => [],
        (error: Error) => [error.message],
      );
      const { files } = context;
      return c.html(<GridPage files={files} view={view} missing={missing} />);
    }));
  app.get("/runs/:run/latents/rows", (c) =>
    inTurn(async () => {
      const view = await gridView(context, c.req.param("run"), c.req.url);
      return c.html(<Rows {...view} />);
    }));
};

async function gridView(
  { store, search }: ServeContext,
  name: string,
  url: string,
): Promise<GridView> {
  const run = await store.run(name);
  const latents = await store.latents(run);
  const params = new URL(url).searchParams;
  const found = search(run, latents, params);
  const offset = readOffset(params, found.latents.length);
  return { run, latents, found, offset };
}

function GridPage(
  { files, view, missing }: {
    files: StaticFiles;
    view: GridView;
    missing: readonly string[];
  },
): JSX.Element {
  const { run, latents: { columns, problems }, found, offset } = view;
  const words = Object.fromEntries(
    columns.map((column) => [`column-${column.name}`, column]),
  );
  const { query, latents: { length: total } } = found;
  return (
    <Layout
      files={files}
      title={`Latents of ${run.name}`}
      run={run.name}
      tab="Latents"
      words={words}
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
      <Summary {...view} />
      <div
        id="grid"
        class="grid"
        data-total={total}
        data-rows={pageRows}
        data-offset={offset}
        data-source={latentRowsUrl(run.name, latentQueryText(query))}
      >
        <Rows {...view} />
      </div>
      <Pager query={query} offset={offset} total={total} />
    </Layout>
  );
}

/** The first row to show: a multiple of a page's rows. */
function readOffset(params: URLSearchParams, total: number): number {
  const text = params.get("offset") ?? "0";
  const wanted = /^\d{1,12}$/.test(text) ? Number(text) : 0;
  const most = Math.max(0, total - 1);
  return Math.floor(Math.min(wanted, most) / pageRows) * pageRows;
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
        <Term name={`column-${column.name}`} word={column} />{" "}
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

function Summary(
  { run, latents, found: { latents: order, labels } }: GridView,
): JSX.Element {
  const { dSae, images, tokens } = latents.index.info;
  const all = order.length === dSae;
  return (
    <div class="summary">
      <p role="status">
        <strong>{count(order.length)}</strong>{" "}
        {all ? "latents" : `of ${count(dSae)} latents`}, seen on {count(images)}
        {" "}
        pictures, {count(tokens)} tokens.{" "}
        {labels && labels.read < labels.total && (
          <span>
            Labels of {count(labels.read)} of {count(labels.total)}{" "}
            pictures are read so far: <a href="">look again</a>.
          </span>
        )}
        {order.length === 0 && (
          <span>
            Nothing fits: widen the bounds or{" "}
            <a href={latentsUrl(run.name)}>show all</a>.
          </span>
        )}
      </p>
      <LitBar />
    </div>
  );
}

/** How bright a patch is at a value: the scale of each row. */
function LitBar(): JSX.Element {
  return (
    <span
      class="colorbar litbar"
      role="img"
      aria-label="Patches are dim at 0 and bright at the latent's max"
    >
      <span>0</span>
      <svg viewBox="0 0 32 1" preserveAspectRatio="none" aria-hidden="true">
        {Array.from({ length: 32 }, (_, i) => {
          const grey = Math.round(88 + 147 * Math.sqrt(i / 31));
          return (
            <rect
              x={i}
              y="0"
              width="1.5"
              height="1"
              fill={`rgb(${grey},${grey},${grey})`}
            />
          );
        })}
      </svg>
      <span>max of its row</span>
    </span>
  );
}

async function Rows(
  { run, latents, found: { query, latents: order }, offset }: GridView,
): Promise<JSX.Element> {
  const shown = [...order.subarray(offset, offset + pageRows)];
  const exemplars = await Promise.all(
    shown.map((latent) =>
      latentExemplars(latents, "top", latent, stripPictures)
    ),
  );
  const names = [...new Set([query.sort, "density", "max", "purity"])];
  const columns = names.flatMap((name) =>
    latents.columns.find((column) => column.name === name) ?? []
  ).slice(0, 3);
  const { grid } = latents.index.info;
  return (
    <ol class="rows" data-offset={offset}>
      {shown.map((latent, i) => (
        <li>
          <a
            class="row"
            href={latentUrl(run.name, latent, latentQueryText(query))}
          >
            <span class="row-head">
              <span class="row-number">{latent}</span>
              <span class="row-numbers">
                {columns.map(({ title, kind, values }) => (
                  <span>
                    <span class="quiet">{title}</span>{" "}
                    {ofKind(kind, values[latent]!)}
                  </span>
                ))}
              </span>
            </span>
            <span
              class="strip"
              data-heat="lit"
              data-scale={exemplars[i]![0]?.value ?? 0}
            >
              {exemplars[i]!.map((exemplar) => (
                <Tile
                  run={run}
                  grid={grid}
                  exemplar={exemplar}
                  size="thumb"
                  alt={`picture ${exemplar.example}, ${number(exemplar.value)}`}
                />
              ))}
              {exemplars[i]!.length === 0 && (
                <span class="empty">It fired on none of the pictures</span>
              )}
            </span>
          </a>
        </li>
      ))}
    </ol>
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
