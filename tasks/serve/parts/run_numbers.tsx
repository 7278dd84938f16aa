/**
 * A run's results and its curves.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { last } from "../runs/run_metrics.ts";
import type { Run } from "../runs/run_store.ts";
import { LineChart } from "./line_chart.tsx";
import { count, number, share, short } from "./numbers.ts";
import { Term } from "./term.tsx";

/** A run's results and curves. */
export function RunNumbers({ run }: { run: Run }): JSX.Element {
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
