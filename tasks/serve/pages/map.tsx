/**
 * `/runs/:run/map`: the dictionary as points on a plane, and how its numbers
 * are distributed.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Routes } from "../context.ts";
import type { LatentColumn } from "../runs/latent_columns.ts";
import { colorOf } from "../live/color_map.ts";
import { ColorBar } from "../parts/color_bar.tsx";
import { ColumnHistogram } from "../parts/histogram.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notices } from "../parts/notices.tsx";
import { count } from "../parts/numbers.ts";
import { extent } from "../runs/extent.ts";
import { Term } from "../parts/term.tsx";
import { Problem } from "../http/problem.ts";
import type { RunIndex } from "../runs/run_store.ts";
import { apiPlaneUrl, latentsUrl, latentUrl } from "../urls.ts";

/** `/runs/:run/map`. */
export const mapPage: Routes = (app, { store, files }) => {
  app.get("/runs/:run/map", async (c) => {
    const run = await store.run(c.req.param("run"));
    const latents = await store.latents(run), { columns } = latents;
    const name = c.req.query("color") || columns[0]!.name;
    const column = columns.find((one) => one.name === name);
    if (!column) {
      throw new Problem(
        400,
        `Cannot find column "${name.slice(0, 40)}": this run has ${
          columns.map((one) => one.name).join(", ")
        }`,
      );
    }
    const words = Object.fromEntries(
      columns.map((one) => [`column-${one.name}`, one]),
    );
    return c.html(
      <Layout
        files={files}
        title={`Map of ${run.name}`}
        run={run.name}
        tab="Map"
        words={words}
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
        <form class="toolbar" method="get" data-map-form>
          <label class="inline">
            <span>Colour</span>
            <select name="color">
              {columns.map(({ name: each, title }) => (
                <option value={each} selected={each === name}>{title}</option>
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
        <div
          class="card dictionary"
          data-map={apiPlaneUrl(run.name, { color: name })}
          data-latents={latentUrl(run.name, "")}
        >
          <DensityMap
            latents={latents}
            column={column}
            run={run.name}
          />
        </div>
        <section>
          <h2>
            Distributions{" "}
            <span class="quiet">press a bar to see its latents</span>
          </h2>
          <div class="charts">
            {columns.map((each) => (
              <figure class="card">
                <figcaption>
                  <Term name={`column-${each.name}`} word={each} />
                </figcaption>
                <ColumnHistogram column={each} path={latentsUrl(run.name)} />
              </figure>
            ))}
          </div>
        </section>
      </Layout>,
    );
  });
};

/** Cells of the map that is shown where scripts are off. */
const [cellsAcross, cellsDown] = [48, 28];

/** The share of numbers below each; 0 for what is not a number. */
function ranksOf(values: Float32Array): Float32Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const first = new Map<number, number>();
  sorted.forEach((value, i) => {
    if (!first.has(value)) first.set(value, i / Math.max(1, sorted.length - 1));
  });
  return values.map((value) => first.get(value) ?? 0);
}

/** The plane in cells, each coloured by mean rank and leading to one of its latents. */
function DensityMap(
  { run, latents: { index }, column }: {
    run: string;
    latents: RunIndex;
    column: LatentColumn;
  },
): JSX.Element {
  const { plane } = index;
  const x = extent(plane.filter((_, i) => i % 2 === 0)) ?? [0, 1];
  const y = extent(plane.filter((_, i) => i % 2 === 1)) ?? [0, 1];
  const cells = new Map<
    number,
    { latent: number; count: number; sum: number }
  >();
  const ranks = ranksOf(column.values);
  const place = (value: number, [low, high]: [number, number], many: number) =>
    Math.min(many - 1, Math.floor(many * (value - low) / (high - low || 1)));
  for (let latent = 0; latent < index.info.dSae; latent++) {
    const col = place(plane[2 * latent]!, x, cellsAcross);
    const row = place(plane[2 * latent + 1]!, y, cellsDown);
    const key = row * cellsAcross + col;
    const cell = cells.get(key) ?? { latent, count: 0, sum: 0 };
    cell.count++;
    cell.sum += ranks[latent]!;
    cells.set(key, cell);
  }
  return (
    <svg
      class="cells"
      viewBox={`0 0 ${cellsAcross} ${cellsDown}`}
      role="img"
      aria-label={`The dictionary on a plane, coloured by ${column.title}`}
    >
      {[...cells].map(([key, { latent, count: many, sum }]) => (
        <a href={latentUrl(run, latent)}>
          <title>{`${count(many)} latents, among them ${latent}`}</title>
          <rect
            x={key % cellsAcross}
            y={cellsDown - 1 - Math.floor(key / cellsAcross)}
            width="0.94"
            height="0.94"
            rx="0.2"
            fill={colorOf("viridis", sum / many)}
            fill-opacity={Math.min(1, 0.35 + Math.log2(1 + many) / 8)}
          />
        </a>
      ))}
    </svg>
  );
}
