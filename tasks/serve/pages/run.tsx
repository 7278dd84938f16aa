/**
 * `/runs/:run`: a run's settings, results and curves.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Routes } from "../context.ts";
import { Layout } from "../parts/layout.tsx";
import { LineChart } from "../parts/line_chart.tsx";
import { Notices } from "../parts/notice.tsx";
import { count, number, share, short } from "../parts/numbers.ts";
import { Term } from "../parts/term.tsx";
import type { Run } from "../runs/run_store.ts";
import { last } from "../runs/run_metrics.ts";
import {
  apiMetricsUrl,
  apiRunUrl,
  latentsUrl,
  runNumbersUrl,
} from "../urls.ts";
import { State } from "./runs.tsx";

/** `/runs/:run` and its numbers alone, for the page that follows a training. */
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
            {name} <State run={run} />
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
          <Numbers run={run} />
        </div>
        {config && <Settings run={run} />}
      </Layout>,
    );
  });
  app.get("/runs/:run/numbers", async (c) => {
    const run = await store.run(c.req.param("run"));
    c.header("X-Live", run.state === "training" ? "yes" : "no");
    return c.html(<Numbers run={run} />);
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
        ? "It is indexed when it is trained."
        : (
          <span>
            No index yet: <code>deno task index runs/{name}</code>
          </span>
        )}
    </p>
  );
}

/** A run's results and curves. */
export function Numbers({ run }: { run: Run }): JSX.Element {
  return (
    <>
      <Results run={run} />
      <Curves run={run} />
    </>
  );
}

function Figure(
  { word, value, note }: { word: string; value: string; note?: string },
): JSX.Element {
  return (
    <div class="figure">
      <dt>
        <Term name={word} />
      </dt>
      <dd>{value}{note && <span class="quiet">{note}</span>}</dd>
    </div>
  );
}

function Results(
  { run: { results, series, config } }: { run: Run },
): JSX.Element {
  if (!results) {
    const tokens = last(series.tokens), total = config?.train.tokens ?? NaN;
    return (
      <dl class="figures">
        <Figure
          word="fvu"
          value={number(last(series.values.fvu))}
          note="of the last step"
        />
        <Figure
          word="l0"
          value={number(last(series.values.l0))}
          note="of the last step"
        />
        <Figure word="dead" value={share(last(series.values.dead))} />
        <Figure
          word="trained"
          value={Number.isNaN(tokens) ? "–" : `${short(tokens)}`}
          note={Number.isNaN(total) ? "" : `of ${short(total)} tokens`}
        />
      </dl>
    );
  }
  return (
    <dl class="figures">
      <Figure word="fvu" value={number(results.fvu)} />
      <Figure
        word="l0"
        value={number(results.l0)}
        note={results.targetL0 === null ? "" : `aimed at ${results.targetL0}`}
      />
      <Figure
        word="dead"
        value={share(results.dead)}
        note={`in ${short(results.deadTokens)} tokens`}
      />
      <Figure word="silent" value={share(results.silent)} />
      {results.threshold !== null && (
        <Figure word="threshold" value={number(results.threshold)} />
      )}
      <Figure
        word="measured"
        value={short(results.tokens)}
        note={`tokens, ${count(results.images)} pictures`}
      />
      <Figure
        word="trained"
        value={short(results.trainedTokens)}
        note={`tokens, ${count(results.steps)} steps`}
      />
      <Figure
        word="skipped"
        value={count(results.skippedImages)}
        note="pictures"
      />
    </dl>
  );
}

const curves = [
  ["fvu", number],
  ["loss", number],
  ["l0", number],
  ["dead", share],
] as const;

function Curves({ run: { series } }: { run: Run }): JSX.Element {
  return (
    <section>
      <h2>Training</h2>
      <div class="charts four">
        {curves.map(([name, format]) => (
          <figure class="card">
            <figcaption>
              <Term name={name} /> <span class="quiet">over tokens</span>
            </figcaption>
            <LineChart
              tokens={series.tokens}
              values={series.values[name] ?? []}
              label={name}
              format={format}
            />
          </figure>
        ))}
      </div>
    </section>
  );
}

function Settings({ run }: { run: Run }): JSX.Element {
  const { config, folder, provenance, name } = run;
  const groups = Object.entries({
    ...config!,
    "what made the activations": provenance,
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
