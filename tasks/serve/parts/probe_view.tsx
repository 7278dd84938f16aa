/**
 * The verdict, numbers and tables of a probe.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Metric, ProbeResult, Table } from "../../../core/probe.ts";
import { count, number } from "./numbers.ts";
import { extent } from "../runs/extent.ts";

/** The verdict of a probe. */
export function Verdict(
  { of: { verdict = [] } }: { of: ProbeResult },
): JSX.Element | null {
  if (verdict.length === 0) return null;
  return (
    <ul class="verdict card">
      {verdict.map((line) => <li>{line.replace(/\.?$/, ".")}</li>)}
    </ul>
  );
}

/** The numbers of a probe, each with its interval and what it means. */
export function Metrics({ of: { metrics } }: { of: ProbeResult }): JSX.Element {
  return (
    <div class="card scroll">
      <table class="metrics">
        <thead>
          <tr>
            <th>Metric</th>
            <th class="num">Value</th>
            <th>95 % interval</th>
            <th>Meaning</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(metrics).map(([name, metric]) => (
            <tr>
              <th scope="row">{words(name)}</th>
              <td class="num strong">{withUnit(metric)}</td>
              <td>
                <Interval metric={metric} />
              </td>
              <td class="quiet">{metric.meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A name as words: `fvu_by_place` is `fvu by place`. */
export function words(name: string): string {
  return name.replaceAll("_", " ");
}

function withUnit({ value, unit }: Metric): JSX.Element {
  return (
    <>
      {number(value)} {unit && <span class="quiet">{unit}</span>}
    </>
  );
}

/** The interval in numbers, and where the value lies in it. */
function Interval(
  { metric: { value, low, high } }: { metric: Metric },
): JSX.Element {
  if (low === undefined || high === undefined) {
    return <span class="quiet">none estimated</span>;
  }
  const place = high > low ? 4 + 56 * (value - low) / (high - low) : 32;
  return (
    <span class="interval">
      <span class="num">{number(low)}</span>
      <svg viewBox="0 0 64 12" aria-hidden="true">
        <path class="axis" d="M4 6H60M4 2V10M60 2V10" />
        <circle class="dot" cx={place} cy="6" r="3" />
      </svg>
      <span class="num">{number(high)}</span>
    </span>
  );
}

/** The most rows of a table that are shown. */
const mostRows = 200;

/** A table; `file` is the address of the whole table. */
export function ProbeTable(
  { name, table: { caption, columns, rows }, file }: {
    name: string;
    table: Table;
    file?: string;
  },
): JSX.Element {
  const names = Object.keys(columns);
  const isNumber = new Set(
    names.filter((column) =>
      rows.every((row) => typeof row[column] !== "string")
    ),
  );
  return (
    <details class="card probe-table" open={rows.length <= 12}>
      <summary>
        <strong>{words(name)}</strong> {caption}{" "}
        <span class="quiet">({count(rows.length)} rows)</span>
      </summary>
      {file && (
        <p>
          <a href={file} download>{name}.csv</a>
          {rows.length > mostRows &&
            <span class="quiet">, all rows; below the first {mostRows}</span>}
        </p>
      )}
      <div class="scroll">
        <table>
          <thead>
            <tr>
              {names.map((column) => (
                <th
                  class={isNumber.has(column) ? "num" : undefined}
                  title={columns[column]}
                >
                  {words(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, mostRows).map((row) => (
              <tr>
                {names.map((column) => {
                  const cell = row[column];
                  return typeof cell === "string"
                    ? <td>{cell}</td>
                    : <td class="num">{number(cell)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <dl class="column-words">
        {names.map((column) => (
          <>
            <dt>{words(column)}</dt>
            <dd class="quiet">{columns[column]}</dd>
          </>
        ))}
      </dl>
    </details>
  );
}

/** The per-latent columns of a probe; `href` is where the latents are sorted by one. */
export function ProbeColumns(
  { of: { perLatent = {} }, href }: {
    of: ProbeResult;
    href?: (name: string) => string;
  },
): JSX.Element | null {
  const columns = Object.entries(perLatent);
  if (columns.length === 0) return null;
  return (
    <div class="card scroll">
      <table class="probe-columns">
        <thead>
          <tr>
            <th>Column</th>
            <th class="num">From</th>
            <th class="num">To</th>
            <th class="num">Latents</th>
            <th>Meaning</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(([name, { values, meaning, unit }]) => {
            const [low, high] = extent(values) ?? [NaN, NaN];
            const known = values.filter((value) => !Number.isNaN(value));
            return (
              <tr>
                <th scope="row">
                  {href
                    ? (
                      <a
                        href={href(name)}
                        title="The latents, sorted by this"
                      >
                        {words(name)}
                      </a>
                    )
                    : words(name)}
                </th>
                <td class="num">{number(low)}</td>
                <td class="num">{number(high)}</td>
                <td class="num">{count(known.length)}</td>
                <td class="quiet">{meaning}{unit && `, in ${unit}`}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
