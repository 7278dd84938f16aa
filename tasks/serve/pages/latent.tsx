/**
 * `/runs/:run/latents/:latent`: everything that is known of one latent.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Routes } from "../context.ts";
import { concurrencyLimit } from "../http/concurrency_limit.ts";
import type { StaticFiles } from "../http/static_files.ts";
import { ColorBar } from "../parts/color_bar.tsx";
import { ExemplarGroup } from "../parts/exemplar_group.tsx";
import { LatentCounts } from "../parts/latent_counts.tsx";
import { ColumnTerm, columnTerms } from "../parts/column_term.tsx";
import { Layout } from "../parts/layout.tsx";
import { NeighbourList } from "../parts/neighbour_list.tsx";
import { Notices } from "../parts/notices.tsx";
import { count, number, ofKind } from "../parts/numbers.ts";
import { Step } from "../parts/step.tsx";
import {
  type LatentPair,
  type LatentView,
  latentView,
} from "../runs/latent_view.ts";
import type { Pictures } from "../runs/pictures.ts";
import { latentsUrl, latentUrl } from "../urls.ts";

/** Pages that are made at once: each takes a megabyte while it is made. */
const atOnce = 16;

/** `/runs/:run/latents/:latent`. */
export const latentPage: Routes = (app, context) => {
  const inTurn = concurrencyLimit(atOnce), { files, pictures } = context;
  app.get("/runs/:run/latents/:latent", (c) =>
    inTurn(async () => {
      const { run: name, latent } = c.req.param();
      const params = new URL(c.req.url).searchParams;
      const view = await latentView(context, name, latent, params);
      return c.html(
        <LatentPage view={view} files={files} pictures={pictures} />,
      );
    }));
};

function LatentPage(
  { view, files, pictures }: {
    view: LatentView;
    files: StaticFiles;
    pictures: Pictures;
  },
): JSX.Element {
  const { run, latents: { columns }, latent, pair } = view;
  return (
    <Layout
      files={files}
      title={`Latent ${latent} of ${run.name}`}
      run={run.name}
      tab="Latents"
      words={columnTerms(columns)}
      scripts={["latent.js"]}
    >
      <div class="heading latent-heading">
        <h1>
          <span class="quiet">Latent</span>{" "}
          <a
            href={latentUrl(run.name, latent)}
            title="The permanent address of this latent"
          >
            {latent}
          </a>
        </h1>
        <Steps run={run.name} pair={pair} />
      </div>
      <Notices of={view.problems} />
      <dl class="figures">
        {columns.map((column) => (
          <div class="figure">
            <dt>
              <ColumnTerm column={column} />
            </dt>
            <dd>{ofKind(column.kind, column.values[latent]!)}</dd>
          </div>
        ))}
      </dl>
      {view.top.length === 0
        ? <Silent view={view} />
        : <Shown view={view} pictures={pictures} />}
      <Neighbourhood view={view} />
    </Layout>
  );
}

function Steps(
  { run, pair: { previous, next, text } }: { run: string; pair: LatentPair },
): JSX.Element {
  const to = (other: number) =>
    other >= 0 ? latentUrl(run, other, text) : undefined;
  return (
    <nav class="steps" aria-label="Latents">
      <Step rel="prev" href={to(previous)} name={previous} title="Arrow left" />
      <a class="button" href={latentsUrl(run, text)}>All</a>
      <Step rel="next" href={to(next)} name={next} title="Arrow right" />
    </nav>
  );
}

function Silent({ view }: { view: LatentView }): JSX.Element {
  return (
    <p class="card quiet silent">
      This latent fired on none of the {count(view.latents.index.info.tokens)}
      {" "}
      tokens that were indexed, so there are no pictures to show.
    </p>
  );
}

/** The pictures of a latent that fired, on one scale, and what was counted. */
function Shown(
  { view, pictures }: { view: LatentView; pictures: Pictures },
): JSX.Element {
  const { top, chance, latents, latent } = view;
  return (
    <>
      <div class="toolbar">
        <ColorBar
          scale="inferno"
          from="0"
          to={number(top[0]!.value)}
          label="Value of the latent, in all pictures of this page"
        />
        <span class="choices" data-choices hidden></span>
      </div>
      <ExemplarGroup
        view={view}
        pictures={pictures}
        of={top}
        title="Top"
        note="the pictures with its largest values"
        lazy={false}
      />
      <ExemplarGroup
        view={view}
        pictures={pictures}
        of={chance}
        title="At random"
        note="some of all the pictures on which it fires"
        lazy
      />
      <LatentCounts latents={latents} latent={latent} />
    </>
  );
}

function Neighbourhood({ view }: { view: LatentView }): JSX.Element {
  const { run, latents, latent } = view, { alike, together } = latents.index;
  const of = { run, latents, latent };
  return (
    <section>
      <h2>Neighbours</h2>
      <div class="charts">
        <NeighbourList {...of} of={alike} word="byDirection" />
        <NeighbourList {...of} of={together} word="byFiring" />
      </div>
    </section>
  );
}
