/**
 * The report's list of latents with their top pictures.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Exemplar } from "../serve/runs/latent_exemplars.ts";
import { number, ofKind } from "../serve/parts/numbers.ts";
import { ColumnTerm } from "../serve/parts/column_term.tsx";
import type { RunIndex } from "../serve/runs/run_store.ts";
import type { ReportPicture, ReportPictures } from "./pictures.ts";

/** A latent as the report shows it. */
export interface ShownLatent {
  /** Its number. */
  readonly latent: number;
  /** Its largest value: the end of the colours in its row. */
  readonly scale: number;
  /** Its top pictures, each with its map as a `data:` URL. */
  readonly top: readonly (Exemplar & { readonly overlay: string })[];
}

/** All pictures of the report, each once; `use` elements draw them. */
export function PictureStore(
  { of: { shown } }: { of: ReportPictures },
): JSX.Element {
  return (
    <svg class="store" width="0" height="0" aria-hidden="true">
      <defs>
        {[...shown.values()].map(({ id, url, width, height }) => (
          <image id={id} href={url} width={width} height={height} />
        ))}
      </defs>
    </svg>
  );
}

/** The columns shown beside a latent. */
function columnsOf(
  { columns }: RunIndex,
  sort: string,
): RunIndex["columns"] {
  const names = new Set([sort, "density", "max", "purity"]);
  return [...names].flatMap((name) =>
    columns.find((column) => column.name === name) ?? []
  ).slice(0, 4);
}

/** A row for each latent. */
export function ReportLatents(
  { latents, shown, pictures, sort }: {
    latents: RunIndex;
    shown: readonly ShownLatent[];
    pictures: ReportPictures;
    sort: string;
  },
): JSX.Element {
  const columns = columnsOf(latents, sort), { grid } = latents.index.info;
  return (
    <ol class="report-latents">
      {shown.map(({ latent, top }) => (
        <li id={`latent-${latent}`}>
          <div>
            <h3>
              <a href={`#latent-${latent}`}>{latent}</a>
            </h3>
            <dl class="pairs">
              {columns.map((column) => (
                <>
                  <dt>
                    <ColumnTerm column={column} />
                  </dt>
                  <dd>{ofKind(column.kind, column.values[latent]!)}</dd>
                </>
              ))}
            </dl>
          </div>
          <div class="report-strip">
            {top.length === 0 && <p class="quiet">It never fires.</p>}
            {top.map((exemplar) => (
              <Shown
                exemplar={exemplar}
                grid={grid}
                picture={pictures.shown.get(exemplar.example)}
              />
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Shown(
  { exemplar: { example, value, token, overlay }, grid, picture }: {
    exemplar: ShownLatent["top"][number];
    grid: readonly [rows: number, cols: number];
    picture: ReportPicture | undefined;
  },
): JSX.Element {
  const { width, height } = picture ?? { width: 96, height: 96 };
  const [rows, cols] = grid;
  const cell = {
    x: token % cols * width / cols,
    y: Math.floor(token / cols) * height / rows,
    width: width / cols,
    height: height / rows,
  };
  return (
    <figure>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`picture ${example}, value ${number(value)}`}
      >
        {picture && <use href={`#${picture.id}`} />}
        <image
          href={overlay}
          width={width}
          height={height}
          preserveAspectRatio="none"
        />
        <rect class="under" {...cell} />
        <rect class="over" {...cell} />
      </svg>
      <figcaption>{number(value)}</figcaption>
    </figure>
  );
}
