/**
 * `/runs/:run/probes` and `/runs/:run/probes/:probe`: what probes have found.
 *
 * @module
 */
import { join } from "node:path";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { StoredProbe } from "../../../core/files/probe_result.ts";
import type { Routes } from "../context.ts";
import { Layout } from "../parts/layout.tsx";
import { Notices } from "../parts/notices.tsx";
import { count, number } from "../parts/numbers.ts";
import {
  Metrics,
  ProbeColumns,
  ProbeTable,
  Verdict,
  words,
} from "../parts/probe_view.tsx";
import { Problem } from "../http/problem.ts";
import type { Run } from "../runs/run_store.ts";
import { type FoundProbe, runProbe, runProbes } from "../runs/run_probes.ts";
import { figureUrl, latentsUrl, probeUrl, tableUrl } from "../urls.ts";

/** A figure may come from a stranger's probe: nothing in it may run or load. */
const figurePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** `/runs/:run/probes`, each probe's page, and its figures and tables as files. */
export const probesPage: Routes = (app, { store, files }) => {
  app.get("/runs/:run/probes", async (c) => {
    const run = await store.run(c.req.param("run"));
    const probes = await runProbes(run);
    return c.html(
      <Layout
        files={files}
        title={`Probes of ${run.name}`}
        run={run.name}
        tab="Probes"
      >
        <div class="heading">
          <h1>Probes</h1>
          <p class="lead">
            Questions about the dictionary and its model, answered on pictures
            that it was not trained on.
          </p>
        </div>
        {probes.length === 0 && <NoProbe run={run} />}
        <div class="probes">
          {probes.map((probe) => <ProbeCard run={run} probe={probe} />)}
        </div>
      </Layout>,
    );
  });
  app.get("/runs/:run/probes/:probe", async (c) => {
    const run = await store.run(c.req.param("run"));
    const name = c.req.param("probe");
    const stored = await runProbe(run, name);
    return c.html(
      <Layout
        files={files}
        title={`${name} of ${run.name}`}
        run={run.name}
        tab="Probes"
      >
        <ProbeBody run={run} name={name} stored={stored} />
      </Layout>,
    );
  });
  app.get("/runs/:run/probes/:probe/figures/:figure", async (c) => {
    const run = await store.run(c.req.param("run"));
    const { result } = await runProbe(run, c.req.param("probe"));
    const { figures = {} } = result;
    const name = c.req.param("figure").replace(/\.svg$/, "");
    if (!Object.hasOwn(figures, name)) {
      throw new Problem(404, "Cannot find this figure of the probe");
    }
    return c.body(figures[name]!.svg, 200, {
      "Content-Type": "image/svg+xml; charset=utf-8",
      "Content-Security-Policy": figurePolicy,
      "Cache-Control": "no-cache",
    });
  });
  app.get("/runs/:run/probes/:probe/tables/:table", async (c) => {
    const run = await store.run(c.req.param("run"));
    const { result } = await runProbe(run, c.req.param("probe"));
    const { tables = {} } = result;
    const name = c.req.param("table").replace(/\.csv$/, "");
    if (!Object.hasOwn(tables, name)) {
      throw new Problem(404, "Cannot find this table of the probe");
    }
    const path = join(run.folder.probes, c.req.param("probe"), "tables");
    const text = await Deno.readTextFile(join(path, `${name}.csv`));
    return c.body(text, 200, {
      "Content-Type": "text/csv; charset=utf-8",
      "Cache-Control": "no-cache",
    });
  });
};

function NoProbe({ run: { name } }: { run: Run }): JSX.Element {
  return (
    <p class="card">
      No probe has run on this dictionary yet. Begin with{" "}
      <code>deno task probe reconstruction runs/{name}</code>{" "}
      (how well it reconstructs activations, and how well the model works with
      the reconstruction), or <code>deno task probe depth runs/{name}</code>
      {" "}
      (how the model encodes depth).
    </p>
  );
}

/** How many numbers of a probe its card shows. */
const shownMetrics = 6;

function ProbeCard(
  { run, probe: { name, stored, problem } }: { run: Run; probe: FoundProbe },
): JSX.Element {
  if (!stored) {
    return (
      <section class="card">
        <h2>{words(name)}</h2>
        <Notices of={[problem!]} />
      </section>
    );
  }
  const { verdict = [], metrics, figures = {} } = stored.result;
  const first = Object.keys(figures)[0];
  const all = Object.entries(metrics);
  return (
    <section class="card probe-card">
      <div>
        <h2>
          <a href={probeUrl(run.name, name)}>{words(name)}</a>
        </h2>
        {verdict.length > 0 && (
          <ul class="verdict">
            {verdict.map((line) => <li>{line.replace(/\.?$/, ".")}</li>)}
          </ul>
        )}
        <dl class="pairs probe-pairs">
          {all.slice(0, shownMetrics).map((
            [name, { value, unit, meaning }],
          ) => (
            <>
              <dt title={meaning}>{words(name)}</dt>
              <dd>{number(value)}{unit && ` ${unit}`}</dd>
            </>
          ))}
        </dl>
        <p>
          <a href={probeUrl(run.name, name)}>
            {all.length > shownMetrics
              ? `All ${all.length} numbers, figures and tables`
              : "Figures and tables"}
          </a>
        </p>
      </div>
      {first !== undefined && (
        <a href={probeUrl(run.name, name)}>
          <img
            class="probe-thumb"
            src={figureUrl(run.name, name, first)}
            alt={figures[first]!.caption}
            loading="lazy"
          />
        </a>
      )}
    </section>
  );
}

function ProbeBody(
  { run, name, stored: { info, result } }: {
    run: Run;
    name: string;
    stored: StoredProbe;
  },
): JSX.Element {
  const { figures = {}, tables = {}, perLatent = {} } = result;
  const options = Object.entries(info.options)
    .map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return (
    <>
      <div class="heading">
        <h1>{words(name)}</h1>
        <p class="lead">
          {[
            `dataset ${String(info.dataset.use)}`,
            `${count(info.heldOut)} pictures not trained on`,
            ...options,
          ].join(" · ")}
        </p>
      </div>
      <Verdict of={result} />
      {Object.keys(figures).length > 0 && (
        <section>
          <h2>Figures</h2>
          <div class="charts">
            {Object.entries(figures).map(([figure, { caption }]) => (
              <figure class="card probe-figure">
                <img
                  src={figureUrl(run.name, name, figure)}
                  alt={caption}
                />
                <figcaption class="quiet">{caption}</figcaption>
              </figure>
            ))}
          </div>
        </section>
      )}
      <section>
        <h2>Numbers</h2>
        <Metrics of={result} />
      </section>
      {Object.keys(perLatent).length > 0 && (
        <section>
          <h2>
            For each latent{" "}
            <span class="quiet">columns that latents can be sorted by</span>
          </h2>
          <ProbeColumns
            of={result}
            href={(column) =>
              latentsUrl(run.name, { sort: `${name}.${column}` })}
          />
        </section>
      )}
      {Object.keys(tables).length > 0 && (
        <section>
          <h2>Tables</h2>
          {Object.entries(tables).map(([table, of]) => (
            <ProbeTable
              name={table}
              table={of}
              file={tableUrl(run.name, name, table)}
            />
          ))}
        </section>
      )}
    </>
  );
}
