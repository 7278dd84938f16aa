/**
 * A latent in a list: its value as a bar, and some of its top pictures.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Run, RunIndex } from "../runs/run_store.ts";
import { type Exemplar, latentExemplars } from "../runs/latent_exemplars.ts";
import { latentUrl } from "../urls.ts";
import { number } from "./numbers.ts";
import { Tile } from "./tile.tsx";

/** How many pictures a row shows. */
const stripPictures = 4;

/** What a {@linkcode LatentBar} shows. */
interface LatentBarProps {
  /** The run. */
  readonly run: Run;
  /** The run's index; without it there are no pictures. */
  readonly latents: RunIndex | undefined;
  /** The latent. */
  readonly latent: number;
  /** Its value. */
  readonly value: number;
  /** The value of a full bar. */
  readonly full: number;
  /** A note beside the value. */
  readonly note?: string;
  /** Where its map is shown. */
  readonly map?: string;
  /** Whether its map is shown now. */
  readonly isShown?: boolean;
  /** What ends the row. */
  readonly children?: unknown;
}

/** A row of a list of latents. */
export async function LatentBar(
  { run, latents, latent, value, full, note, map, isShown, children }:
    LatentBarProps,
): Promise<JSX.Element> {
  const isKnown = latents !== undefined && latent < latents.index.info.dSae;
  const top = isKnown
    ? await latentExemplars(latents, "top", latent, stripPictures)
    : [];
  const bar = (
    <svg
      class="value-bar"
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect class="track" width="100" height="6" />
      <rect
        width={full > 0 ? Math.max(0, 100 * value / full) : 0}
        height="6"
      />
    </svg>
  );
  return (
    <li class="latent-bar">
      <a
        class="latent-bar-number"
        href={latentUrl(run.name, latent)}
        title={`All about latent ${latent}`}
      >
        {latent}
      </a>
      {map === undefined
        ? <span class="latent-bar-value">{bar}{number(value)}</span>
        : (
          <a
            class="latent-bar-value"
            href={map}
            data-latent={latent}
            aria-current={isShown ? "true" : undefined}
            title={`Show where latent ${latent} fires in this picture`}
          >
            {bar}
            <span>{number(value)}</span>
            {note && <span class="quiet">{note}</span>}
          </a>
        )}
      <Strip run={run} latents={latents} top={top} />
      {children}
    </li>
  );
}

function Strip(
  { run, latents, top }: {
    run: Run;
    latents: RunIndex | undefined;
    top: readonly Exemplar[];
  },
): JSX.Element | null {
  if (!latents || top.length === 0) return null;
  return (
    <span
      class="latent-bar-strip"
      data-heat="lit"
      data-scale={top[0]!.value}
      aria-hidden="true"
    >
      {top.map((exemplar) => (
        <Tile
          run={run}
          grid={latents.index.info.grid}
          exemplar={exemplar}
          size="thumb"
          alt=""
        />
      ))}
    </span>
  );
}
