/**
 * The form that asks for latents.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { LatentColumn } from "../runs/latent_columns.ts";
import type { LatentQuery } from "../runs/latent_query.ts";
import type { Run } from "../runs/run_store.ts";
import { latentsUrl } from "../urls.ts";
import { ColumnTerm } from "./column_term.tsx";

/** Search, order and bounds of a run's latents. */
export function LatentFilter(
  { run, columns, query }: {
    run: Run;
    columns: readonly LatentColumn[];
    query: LatentQuery;
  },
): JSX.Element {
  const bounds = [
    ...new Set([...Object.keys(query.min), ...Object.keys(query.max)]),
  ];
  return (
    <form
      class="filter card"
      method="get"
      action={latentsUrl(run.name)}
    >
      <label class="wide">
        <span>Search</span>
        <input
          type="search"
          name="q"
          value={query.q}
          placeholder="Number, range or label"
          autocomplete="off"
        />
      </label>
      <label>
        <span>Sort by</span>
        <select name="sort">
          <option value="latent" selected={query.sort === "latent"}>
            number
          </option>
          {columns.map(({ name, title }) => (
            <option value={name} selected={query.sort === name}>{title}</option>
          ))}
        </select>
      </label>
      <label>
        <span>Order</span>
        <select name="order">
          <option value="desc" selected={query.order === "desc"}>
            largest first
          </option>
          <option value="asc" selected={query.order === "asc"}>
            smallest first
          </option>
        </select>
      </label>
      <details class="wide" open={bounds.length > 0}>
        <summary>
          Bounds{bounds.length > 0 && ` on ${bounds.join(", ")}`}
        </summary>
        <div class="bounds">
          {columns.map((column) => <Bounds column={column} query={query} />)}
        </div>
      </details>
      <div class="wide actions">
        <button type="submit" class="button">Show</button>
        <a class="quiet" href={latentsUrl(run.name)}>Reset</a>
      </div>
    </form>
  );
}

function Bounds(
  { column, query }: { column: LatentColumn; query: LatentQuery },
): JSX.Element {
  const { name, title } = column;
  const input = (side: "min" | "max") => (
    <input
      type="number"
      step="any"
      name={`${side}.${name}`}
      value={query[side][name]}
      placeholder={side}
      aria-label={`${title}, ${side === "min" ? "at least" : "at most"}`}
    />
  );
  return (
    <div class="bound">
      <ColumnTerm column={column} />
      {input("min")}
      {input("max")}
    </div>
  );
}
