/**
 * `/runs/:run/latents/:n`: all that is known of one latent.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { histogramBins } from "../../../core/latents/latent_counts.ts";
import type { Routes, ServeContext } from "../context.ts";
import { latentQueryText } from "../runs/latent_query.ts";
import { ColorBar } from "../parts/color_bar.tsx";
import { type Exemplar, latentExemplars } from "../runs/latent_exemplars.ts";
import { ValueHistogram } from "../parts/histogram.tsx";
import { limited } from "../http/concurrency_limit.ts";
import { Layout } from "../parts/layout.tsx";
import { Notices } from "../parts/notice.tsx";
import { count, number, ofKind } from "../parts/numbers.ts";
import { PlaceMap } from "../parts/place_map.tsx";
import { NeighbourList } from "../parts/neighbour_list.tsx";
import { Term } from "../parts/term.tsx";
import { Tile } from "../parts/tile.tsx";
import type { Run, RunIndex } from "../runs/run_store.ts";
import { pictureProblems } from "../runs/picture_problems.ts";
import { latentNumber } from "../runs/address_numbers.ts";
import { imageUrl, latentsUrl, latentUrl } from "../urls.ts";

/** Pages that are made at once: each takes a megabyte while it is made. */
const atOnce = 16;

/** All that the page of a latent shows. */
interface LatentView {
  readonly context: ServeContext;
  readonly run: Run;
  readonly latents: RunIndex;
  readonly latent: number;
  readonly top: readonly Exemplar[];
  readonly chance: readonly Exemplar[];
  /** The latents before and behind it, in the order that the address has; -1 where there is none. */
  readonly pair: Pair;
  /** Sentences on what cannot be shown. */
  readonly problems: readonly string[];
}

interface Pair {
  readonly previous: number;
  readonly next: number;
  /** The order, as an address has it; empty for that of the numbers. */
  readonly text: string;
}

/** `/runs/:run/latents/:latent`. */
export const latentPage: Routes = (app, context) => {
  const inTurn = limited(atOnce);
  app.get("/runs/:run/latents/:latent", (c) =>
    inTurn(async () => {
      const { run: name, latent } = c.req.param();
      const params = new URL(c.req.url).searchParams;
      const view = await latentView(context, name, latent, params);
      return c.html(<LatentPage view={view} />);
    }));
};

async function latentView(
  context: ServeContext,
  name: string,
  text: string,
  params: URLSearchParams,
): Promise<LatentView> {
  const run = await context.store.run(name);
  const latents = await context.store.latents(run);
  const latent = latentNumber(text, latents.index.info.dSae);
  const top = await latentExemplars(latents, "top", latent);
  const chance = await latentExemplars(latents, "chance", latent);
  const pictures = await pictureProblems(context.pictures, run, [
    ...top,
    ...chance,
  ]);
  return {
    context,
    run,
    latents,
    latent,
    top,
    chance,
    pair: pairOf(context, run, latents, latent, params),
    problems: [...latents.problems, ...pictures],
  };
}

function pairOf(
  { search }: ServeContext,
  run: Run,
  latents: RunIndex,
  latent: number,
  params: URLSearchParams,
): Pair {
  if (params.has("sort")) {
    const { query, latents: order } = search(run, latents, params);
    return { ...around(order, latent), text: latentQueryText(query) };
  }
  const isLast = latent + 1 === latents.index.info.dSae;
  return { previous: latent - 1, next: isLast ? -1 : latent + 1, text: "" };
}

function LatentPage({ view }: { view: LatentView }): JSX.Element {
  const { context: { files }, run, latents: { columns }, latent, pair } = view;
  const words = Object.fromEntries(
    columns.map((column) => [`column-${column.name}`, column]),
  );
  return (
    <Layout
      files={files}
      title={`Latent ${latent} of ${run.name}`}
      run={run.name}
      tab="Latents"
      words={words}
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
        <Steps run={run} pair={pair} />
      </div>
      <Notices of={view.problems} />
      <dl class="figures">
        {columns.map((column) => (
          <div class="figure">
            <dt>
              <Term name={`column-${column.name}`} word={column} />
            </dt>
            <dd>{ofKind(column.kind, column.values[latent]!)}</dd>
          </div>
        ))}
      </dl>
      {view.top.length === 0 ? <Silent view={view} /> : <Shown view={view} />}
      <Neighbourhood view={view} />
    </Layout>
  );
}

function Silent({ view }: { view: LatentView }): JSX.Element {
  return (
    <p class="card quiet silent">
      This latent fired on none of the {count(view.latents.index.info.tokens)}
      {" "}
      tokens that were looked at: nothing shows what it would fire on.
    </p>
  );
}

/** The pictures of a latent that fired, on one scale, and what was counted. */
function Shown({ view }: { view: LatentView }): JSX.Element {
  const { top, chance } = view;
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
      <Group
        view={view}
        of={top}
        title="Top"
        note="the pictures with its largest values"
        lazy={false}
      />
      <Group
        view={view}
        of={chance}
        title="By chance"
        note="some of all the pictures on which it fires"
        lazy
      />
      <Counted view={view} />
    </>
  );
}

function Group(
  { view, of, title, note, lazy }: {
    view: LatentView;
    of: readonly Exemplar[];
    title: string;
    note: string;
    lazy: boolean;
  },
): JSX.Element {
  const scale = view.top[0]!.value;
  return (
    <section>
      <h2>
        {title} <span class="quiet">{note}</span>
      </h2>
      <div class="exemplars" data-heat="heat" data-scale={scale}>
        {of.map((exemplar) => (
          <ExemplarCard view={view} exemplar={exemplar} lazy={lazy} />
        ))}
      </div>
    </section>
  );
}

/** What was counted over all tokens: values, and places. */
function Counted({ view }: { view: LatentView }): JSX.Element {
  const { latents: { index }, latent } = view, { grid } = index.info;
  const bins = latent * histogramBins, tokens = grid[0] * grid[1];
  return (
    <div class="charts counted">
      <figure class="card">
        <figcaption>
          Values{" "}
          <span class="quiet">
            tokens on which it fires, by value (each bar is half an octave)
          </span>
        </figcaption>
        <ValueHistogram
          counts={index.histogram.subarray(bins, bins + histogramBins)}
        />
      </figure>
      <figure class="card">
        <figcaption>
          <Term name="places">Where in the picture</Term>{" "}
          <span class="quiet">sum of its values at each patch</span>
        </figcaption>
        <PlaceMap
          places={index.places.subarray(latent * tokens, (latent + 1) * tokens)}
          grid={grid}
        />
      </figure>
    </div>
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

/** The latents before and behind one in an order; -1 where there is none. */
function around(order: Uint32Array, latent: number) {
  const at = order.indexOf(latent);
  return {
    previous: at > 0 ? order[at - 1]! : -1,
    next: at >= 0 ? order[at + 1] ?? -1 : -1,
  };
}

function Steps(
  { run, pair: { previous, next, text } }: { run: Run; pair: Pair },
): JSX.Element {
  const to = (other: number) => latentUrl(run.name, other, text);
  return (
    <nav class="steps" aria-label="Latents">
      {previous >= 0
        ? (
          <a class="button" rel="prev" href={to(previous)} title="Arrow left">
            ← {previous}
          </a>
        )
        : <span class="button off" aria-hidden="true">←</span>}
      <a class="button" href={latentsUrl(run.name, text)}>All</a>
      {next >= 0
        ? (
          <a class="button" rel="next" href={to(next)} title="Arrow right">
            {next} →
          </a>
        )
        : <span class="button off" aria-hidden="true">→</span>}
    </nav>
  );
}

function ExemplarCard(
  { view: { context: { pictures }, run, latents }, exemplar, lazy }: {
    view: LatentView;
    exemplar: Exemplar;
    lazy: boolean;
  },
): JSX.Element {
  const { example, value, token } = exemplar, { grid } = latents.index.info;
  const known = pictures.known(run, example);
  const labels = Object.values(known?.labels ?? {}).map(String);
  const row = Math.floor(token / grid[1]), col = token % grid[1];
  return (
    <figure class="exemplar">
      <a href={imageUrl(run.name, example)}>
        <Tile
          run={run}
          grid={grid}
          exemplar={exemplar}
          size="large"
          alt={known?.id ?? `picture ${example}`}
          lazy={lazy}
        />
      </a>
      <figcaption>
        <strong>{number(value)}</strong>
        <span
          class="quiet"
          title={`${known?.id ?? ""} row ${row}, column ${col}`}
        >
          {labels.length > 0 ? labels[0] : `picture ${example}`}
        </span>
      </figcaption>
    </figure>
  );
}
