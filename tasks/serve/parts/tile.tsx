/**
 * A picture with a latent's values over it.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { PictureSize } from "../runs/pictures.ts";
import type { Run } from "../runs/run_store.ts";
import type { Exemplar } from "../runs/latent_exemplars.ts";
import { pictureUrl } from "../urls.ts";

/**
 * A picture with its strongest patch outlined. The module `heat.js` lights the
 * patches on which the latent fires.
 */
export function Tile(
  { run, grid, exemplar, size, alt, lazy = true }: {
    run: Run;
    grid: readonly [rows: number, cols: number];
    exemplar: Exemplar;
    size: PictureSize;
    alt: string;
    lazy?: boolean;
  },
): JSX.Element {
  const { example, token, value, map } = exemplar, [rows, cols] = grid;
  return (
    <span
      class="tile"
      data-map={map.toBase64()}
      data-value={value}
      data-cols={cols}
    >
      <img
        src={pictureUrl(run, example, size)}
        alt={alt}
        loading={lazy ? "lazy" : "eager"}
        decoding="async"
        draggable={false}
      />
      <svg
        viewBox={`0 0 ${cols} ${rows}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <rect
          x={token % cols}
          y={Math.floor(token / cols)}
          width="1"
          height="1"
        />
        <rect
          x={token % cols}
          y={Math.floor(token / cols)}
          width="1"
          height="1"
        />
      </svg>
    </span>
  );
}
