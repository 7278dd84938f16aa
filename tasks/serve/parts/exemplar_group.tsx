/**
 * Pictures that show a latent, side by side.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Exemplar } from "../runs/latent_exemplars.ts";
import type { Pictures } from "../runs/pictures.ts";
import type { LatentView } from "../runs/latent_view.ts";
import { imageUrl } from "../urls.ts";
import { number } from "./numbers.ts";
import { Tile } from "./tile.tsx";

/** Pictures of a latent, all on one scale of colours. */
export function ExemplarGroup(
  { view, pictures, of, title, note, lazy }: {
    view: LatentView;
    pictures: Pictures;
    of: readonly Exemplar[];
    title: string;
    note: string;
    /** Whether its pictures are loaded when they come near. */
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
          <ExemplarCard
            view={view}
            pictures={pictures}
            exemplar={exemplar}
            lazy={lazy}
          />
        ))}
      </div>
    </section>
  );
}

function ExemplarCard(
  { view: { run, latents }, pictures, exemplar, lazy }: {
    view: LatentView;
    pictures: Pictures;
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
