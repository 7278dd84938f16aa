/**
 * `/runs/:run/map`: the dictionary as points on a plane, and how its numbers
 * are distributed.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Routes } from "../context.ts";
import { ColorBar } from "../parts/color_bar.tsx";
import { ColumnTerm, columnTerms } from "../parts/column_term.tsx";
import { DensityMap } from "../parts/density_map.tsx";
import { ColumnHistogram } from "../parts/histogram.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notices } from "../parts/notices.tsx";
import { count } from "../parts/numbers.ts";
import { Term } from "../parts/term.tsx";
import { findColumn } from "../runs/find_column.ts";
import type { LatentColumn } from "../runs/latent_columns.ts";
import { apiPlaneUrl, latentsUrl, latentUrl } from "../urls.ts";

/** `/runs/:run/map`. */
export const mapPage: Routes = (app, { store, files }) => {
  app.get("/runs/:run/map", async (c) => {
    const run = await store.run(c.req.param("run"));
    const latents = await store.latents(run), { columns } = latents;
    const name = c.req.query("color") || columns[0]!.name;
    const column = findColumn(columns, name);
    return c.html(
      <Layout
        files={files}
        title={`Map of ${run.name}`}
        run={run.name}
        tab="Map"
        words={columnTerms(columns)}
        scripts={["map.js"]}
      >
        <div class="heading">
          <h1>
            <Term name="plane">Map of the dictionary</Term>
          </h1>
          <p class="lead">
            {count(latents.index.info.dSae)}{" "}
            latents; those near each other point in similar directions. Press
            one to see it.
          </p>
        </div>
        <Notices of={latents.problems} />
        <ColorForm columns={columns} column={column} />
        <div
          class="card dictionary"
          data-map={apiPlaneUrl(run.name, { color: name })}
          data-latents={latentUrl(run.name, "")}
        >
          <DensityMap run={run.name} latents={latents} column={column} />
        </div>
        <Distributions run={run.name} columns={columns} />
      </Layout>,
    );
  });
};

/** Chooses the column that colours the points. */
function ColorForm(
  { columns, column }: {
    columns: readonly LatentColumn[];
    column: LatentColumn;
  },
): JSX.Element {
  return (
    <form class="toolbar" method="get" data-map-form>
      <label class="inline">
        <span>Colour</span>
        <select name="color">
          {columns.map(({ name, title }) => (
            <option value={name} selected={name === column.name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button">Show</button>
      <ColorBar
        scale="viridis"
        from="smallest"
        to="largest"
        label={column.title}
      />
    </form>
  );
}

function Distributions(
  { run, columns }: { run: string; columns: readonly LatentColumn[] },
): JSX.Element {
  return (
    <section>
      <h2>
        Distributions <span class="quiet">press a bar to see its latents</span>
      </h2>
      <div class="charts">
        {columns.map((column) => (
          <figure class="card">
            <figcaption>
              <ColumnTerm column={column} />
            </figcaption>
            <ColumnHistogram column={column} path={latentsUrl(run)} />
          </figure>
        ))}
      </div>
    </section>
  );
}
