/**
 * The page of a report.
 *
 * @module
 */
import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import { words } from "../serve/glossary.ts";
import { RunNumbers } from "../serve/parts/run_numbers.tsx";
import { ColorBar } from "../serve/parts/color_bar.tsx";
import { columnTerms } from "../serve/parts/column_term.tsx";
import { Notices } from "../serve/parts/notices.tsx";
import { count } from "../serve/parts/numbers.ts";
import {
  Metrics,
  ProbeColumns,
  ProbeTable,
  Verdict,
  words as asWords,
} from "../serve/parts/probe_view.tsx";
import { Meanings } from "../serve/parts/term.tsx";
import type { Run, RunIndex } from "../serve/runs/run_store.ts";
import type { FoundProbe } from "../serve/runs/run_probes.ts";
import { PictureStore, ReportLatents, type ShownLatent } from "./latents.tsx";
import type { ReportPictures } from "./pictures.ts";

/** Styles that only the report needs. */
const ownStyle = `
main{max-width:1104px}
.store{position:absolute}
.report-latents{list-style:none}
.report-latents>li{display:grid;grid-template-columns:176px minmax(0,1fr);gap:8px 24px;
  padding:12px 0;border-bottom:1px solid var(--line);break-inside:avoid}
.report-latents h3{font-size:18px;margin:0}
.report-latents h3 a{color:inherit;text-decoration:none}
.report-latents .pairs{font-size:13px;line-height:18px}
.report-strip{display:flex;flex-wrap:wrap;gap:8px}
.report-strip figure{width:96px}
.report-strip svg{display:block;width:96px;height:auto;border-radius:4px;background:var(--sunk)}
.report-strip rect{fill:none;stroke-width:3px;stroke:rgb(0 0 0/70%);vector-effect:non-scaling-stroke}
.report-strip .over{stroke:#fff;stroke-width:1.25px}
.report-strip figcaption{margin:2px 0 0;font-size:12px;font-weight:400;color:var(--quiet)}
.report-words dt{font-weight:550}
.report-words dd{margin:0 0 8px;color:var(--quiet);max-width:80ch}
.report-probe{margin-top:24px}
.report-probe h3{font-size:17px;margin-bottom:12px}
.report-probe>*+*{margin-top:16px}
@media (max-width:720px){
  .report-latents>li{grid-template-columns:minmax(0,1fr)}
  .report-strip figure,.report-strip svg{width:72px}
}
`;

/** What a report shows. */
interface ReportPageProps {
  /** The run. */
  readonly run: Run;
  /** Its latents, where it has an index. */
  readonly latents: RunIndex | undefined;
  /** The latents that are shown. */
  readonly shown: readonly ShownLatent[];
  /** Their pictures. */
  readonly pictures: ReportPictures;
  /** Results of probes. */
  readonly probes: readonly FoundProbe[];
  /** What could not be shown. */
  readonly problems: readonly string[];
  /** The title of the column that chooses the latents. */
  readonly sort: string;
  /** The style sheet of the pages. */
  readonly style: string;
}

/** The whole file except its first line. */
export function ReportPage(props: ReportPageProps): JSX.Element {
  const { run, latents, shown, pictures, probes, problems } = props;
  const columns = columnTerms(latents?.columns ?? []);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${run.name} · Tessera`}</title>
        <style>
          {raw(`${props.style}${ownStyle}`.replaceAll("</", "<\\/"))}
        </style>
      </head>
      <body>
        <PictureStore of={pictures} />
        <main>
          <div class="heading">
            <h1>{run.name}</h1>
            <Sentence run={run} />
          </div>
          <Notices of={problems} />
          <RunNumbers run={run} />
          {latents && shown.length > 0 && (
            <Latents {...props} latents={latents} />
          )}
          {probes.length > 0 && (
            <section>
              <h2>Probes</h2>
              {probes.map((probe) => <Probe probe={probe} />)}
            </section>
          )}
          <Settings run={run} />
          <section>
            <details>
              <summary>
                <strong>What the words mean</strong>
              </summary>
              <dl class="report-words">
                {Object.values({ ...words, ...columns }).map((word) => (
                  <>
                    <dt>{word.title}</dt>
                    <dd>{word.definition}.</dd>
                  </>
                ))}
              </dl>
            </details>
          </section>
        </main>
        <Meanings more={columns} />
      </body>
    </html>
  );
}

function Sentence({ run: { config } }: { run: Run }): JSX.Element {
  const dSae = config?.sparsifier.dSae;
  return (
    <p class="lead">
      {typeof dSae === "number" ? `${count(dSae)} latents` : "A dictionary"} on
      {" "}
      <code>{config?.hook ?? "the default hook"}</code> of{" "}
      {config?.encoder.use ?? "an encoder"}, trained by Tessera.
    </p>
  );
}

function Latents(
  { latents, shown, pictures, sort }: ReportPageProps & {
    latents: RunIndex;
  },
): JSX.Element {
  const { images, dSae } = latents.index.info;
  return (
    <section>
      <div class="latent-heading">
        <h2>
          Latents{" "}
          <span class="quiet">
            {count(shown.length)} of {count(dSae)}, by {sort}, seen on{" "}
            {count(images)} pictures
          </span>
        </h2>
        <ColorBar
          scale="inferno"
          from="0"
          to="max of its row"
          label="Value of the latent"
        />
      </div>
      <ReportLatents
        latents={latents}
        shown={shown}
        pictures={pictures}
        sort={sort}
      />
    </section>
  );
}

function Probe({ probe: { name, stored, problem } }: { probe: FoundProbe }) {
  if (!stored) return <Notices of={[problem!]} />;
  const { result } = stored, { figures = {}, tables = {} } = result;
  return (
    <div class="report-probe">
      <h3>{asWords(name)}</h3>
      <Verdict of={result} />
      <Metrics of={result} />
      {Object.keys(figures).length > 0 && (
        <div class="charts">
          {Object.values(figures).map(({ svg, caption }) => (
            <figure class="card probe-figure">
              <img src={svgUrl(svg)} alt={caption} />
              <figcaption class="quiet">{caption}</figcaption>
            </figure>
          ))}
        </div>
      )}
      <ProbeColumns of={result} />
      {Object.entries(tables).map(([table, of]) => (
        <ProbeTable name={table} table={of} />
      ))}
    </div>
  );
}

/** An SVG as a `data:` URL: in a picture no script runs. */
function svgUrl(svg: string): string {
  const bytes = new TextEncoder().encode(svg);
  return `data:image/svg+xml;base64,${bytes.toBase64()}`;
}

function Settings({ run: { config, provenance } }: { run: Run }): JSX.Element {
  return (
    <section>
      <details>
        <summary>
          <strong>Settings</strong>
        </summary>
        <pre class="card"><code>{JSON.stringify(config, null, 2)}</code></pre>
        <p>Where the activations come from:</p>
        <pre class="card"><code>{JSON.stringify(provenance, null, 2)}</code></pre>
      </details>
    </section>
  );
}
