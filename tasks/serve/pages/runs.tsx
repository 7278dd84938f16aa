/**
 * `/`: all runs, side by side.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Routes } from "../context.ts";
import { Layout } from "../parts/layout.tsx";
import { Sparkline } from "../parts/line_chart.tsx";
import { number, share, short } from "../parts/numbers.ts";
import { RunState } from "../parts/run_state.tsx";
import { Term } from "../parts/term.tsx";
import { last } from "../runs/run_metrics.ts";
import type { Run } from "../runs/run_store.ts";
import { latentsUrl, runTableUrl, runUrl } from "../urls.ts";

/** `/`, and the table alone for the module that follows a training. */
export const runsPage: Routes = (app, { store, files }) => {
  app.get("/", async (c) => {
    const runs = await store.list();
    return c.html(
      <Layout files={files} title="Runs" scripts={["live.js"]}>
        <div class="heading">
          <h1>Runs</h1>
          <p class="lead">
            Each run is a dictionary of directions, called latents: the tokens
            of a vision transformer are written as sums of a few of them.
          </p>
        </div>
        <div class="card scroll" data-live={runTableUrl} data-on={isLive(runs)}>
          <RunTable runs={runs} />
        </div>
      </Layout>,
    );
  });
  app.get("/parts/runs", async (c) => {
    const runs = await store.list();
    c.header("X-Live", isLive(runs) ?? "no");
    return c.html(<RunTable runs={runs} />);
  });
};

function isLive(runs: readonly Run[]): "yes" | undefined {
  return runs.some(({ state }) => state === "training") ? "yes" : undefined;
}

function RunTable({ runs }: { runs: readonly Run[] }): JSX.Element {
  return (
    <table class="runs">
      <thead>
        <tr>
          <th>Run</th>
          <th>State</th>
          <th>
            <Term name="encoder" />
          </th>
          <th>
            <Term name="hook" />
          </th>
          <th class="num">
            <Term name="dSae" />
          </th>
          <th class="num">
            <Term name="tokens" />
          </th>
          <th class="num">
            <Term name="fvu" />
          </th>
          <th>
            <span class="visually-hidden">FVU over tokens</span>
          </th>
          <th class="num">
            <Term name="l0" />
          </th>
          <th class="num">
            <Term name="dead" />
          </th>
        </tr>
      </thead>
      <tbody>{runs.map((run) => <RunRow run={run} />)}</tbody>
    </table>
  );
}

function RunRow({ run }: { run: Run }): JSX.Element {
  const { name, config, results, series } = run;
  const dSae = config?.sparsifier.dSae;
  const fvu = results?.fvu ?? last(series.values.fvu);
  const dead = results?.dead ?? last(series.values.dead);
  const tokens = results?.trainedTokens ?? last(series.tokens);
  const aimed = results?.targetL0;
  return (
    <tr class={config ? undefined : "bare"}>
      <th scope="row">
        <a href={runUrl(name)}>{name}</a>
        {run.indexed && <a class="quick" href={latentsUrl(name)}>latents</a>}
        {run.problems.length > 0 && (
          <span class="warn" title={run.problems.join("\n")}>
            {run.problems[0]}
          </span>
        )}
      </th>
      <td class="of-state">
        <RunState run={run} />
      </td>
      <td class="of-encoder" data-label="encoder">
        {config?.encoder.use ?? "–"}
      </td>
      <td class="of-hook code" data-label="hook">{config?.hook ?? "–"}</td>
      <td class="num" data-label="latents">
        {typeof dSae === "number" ? dSae.toLocaleString("en") : "–"}
      </td>
      <td class="num" data-label="tokens">
        {Number.isNaN(tokens) ? "–" : short(tokens)}
      </td>
      <td class="num strong" data-label="FVU">{number(fvu)}</td>
      <td class="of-curve">
        <Sparkline
          values={series.values.fvu ?? []}
          label={`FVU of ${name} while it trained`}
        />
      </td>
      <td class="num" data-label="L0">
        {number(results?.l0 ?? last(series.values.l0))}
        {typeof aimed === "number" && <span class="quiet">{` / ${aimed}`}
        </span>}
      </td>
      <td class="num" data-label="dead">{share(dead)}</td>
    </tr>
  );
}
