/**
 * `/runs/:run`: a run's settings, results and curves.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Routes } from "../context.ts";
import { Layout } from "../parts/layout.tsx";
import { Notices } from "../parts/notices.tsx";
import { count } from "../parts/numbers.ts";
import { RunNumbers } from "../parts/run_numbers.tsx";
import { RunState } from "../parts/run_state.tsx";
import type { Run } from "../runs/run_store.ts";
import {
  apiMetricsUrl,
  apiRunUrl,
  latentsUrl,
  runNumbersUrl,
} from "../urls.ts";

/** `/runs/:run`, and its numbers alone for the module that follows a training. */
export const runPage: Routes = (app, { store, files }) => {
  app.get("/runs/:run", async (c) => {
    const run = await store.run(c.req.param("run"));
    const { name, config, state } = run;
    return c.html(
      <Layout
        files={files}
        title={name}
        run={name}
        tab="Overview"
        scripts={["live.js"]}
      >
        <div class="heading">
          <h1>
            {name} <RunState run={run} />
          </h1>
          {config && <Sentence run={run} />}
        </div>
        <Notices of={run.problems} />
        <div
          data-live={runNumbersUrl(name)}
          data-metrics={apiMetricsUrl(name)}
          data-from={run.series.bytes}
          data-on={state === "training" ? "yes" : undefined}
        >
          <RunNumbers run={run} />
        </div>
        {config && <Settings run={run} />}
      </Layout>,
    );
  });
  app.get("/runs/:run/numbers", async (c) => {
    const run = await store.run(c.req.param("run"));
    c.header("X-Live", run.state === "training" ? "yes" : "no");
    return c.html(<RunNumbers run={run} />);
  });
};

function Sentence(
  { run: { config, indexed, name, state } }: { run: Run },
): JSX.Element {
  const { dSae } = config!.sparsifier;
  return (
    <p class="lead">
      {typeof dSae === "number" ? `${count(dSae)} latents` : "A dictionary"} on
      {" "}
      <code>{config!.hook ?? "the default hook"}</code> of{" "}
      {config!.encoder.use}. {indexed
        ? <a href={latentsUrl(name)}>Look at the latents</a>
        : state === "training"
        ? "It will be indexed once it is trained."
        : (
          <span>
            No index yet: <code>deno task index runs/{name}</code>
          </span>
        )}
    </p>
  );
}

function Settings({ run }: { run: Run }): JSX.Element {
  const { config, folder, provenance, name } = run;
  const groups = Object.entries({
    ...config!,
    "source of the activations": provenance,
  }).filter(([key]) => key !== "name");
  const single = groups.filter(([, value]) => typeof value !== "object");
  const parts = groups.filter(([, value]) =>
    typeof value === "object" && Object.keys(value ?? {}).length > 0
  );
  return (
    <section>
      <h2>Settings</h2>
      <p class="quiet">
        <code>{folder.config}</code>, as <a href={apiRunUrl(name)}>JSON</a>
      </p>
      <div class="settings">
        <SettingCard title="run" values={Object.fromEntries(single)} />
        {parts.map(([key, value]) => (
          <SettingCard title={key} values={value as Record<string, unknown>} />
        ))}
      </div>
    </section>
  );
}

function SettingCard(
  { title, values }: { title: string; values: Record<string, unknown> },
): JSX.Element {
  return (
    <div class="card">
      <h3>{title}</h3>
      <dl class="pairs">
        {Object.entries(values).map(([key, value]) => (
          <>
            <dt>{key}</dt>
            <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
          </>
        ))}
      </dl>
    </div>
  );
}
