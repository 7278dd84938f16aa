/**
 * The neighbours of a latent, as a list.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Neighbours } from "../../../core/latents/neighbours.ts";
import type { Run, RunIndex } from "../runs/run_store.ts";
import { filled } from "../runs/latent_exemplars.ts";
import { latentUrl, pictureUrl } from "../urls.ts";
import { Term } from "./term.tsx";

/** The neighbours of a latent, the nearest first, each with some of its pictures. */
export function NeighbourList(
  { run, latents, latent, of, word }: {
    run: Run;
    latents: RunIndex;
    latent: number;
    of: Neighbours;
    /** How nearness is measured: a key of the words of all pages. */
    word: string;
  },
): JSX.Element {
  const others = Array.from({ length: of.count }, (_, i) => ({
    other: of.latent[latent * of.count + i]!,
    cosine: of.cosine[latent * of.count + i]!,
  })).filter(({ other }) => other >= 0);
  return (
    <div class="card">
      <h3>
        <Term name={word} />
      </h3>
      {others.length === 0 && <p class="quiet">None.</p>}
      <ol class="near">
        {others.map(({ other, cosine }) => (
          <li>
            <a href={latentUrl(run.name, other)}>
              <span class="near-number">{other}</span>
              <span class="near-bar" aria-hidden="true">
                <svg viewBox="0 0 100 4" preserveAspectRatio="none">
                  <rect class="track" width="100" height="4" />
                  <rect width={Math.max(0, 100 * cosine)} height="4" />
                </svg>
              </span>
              <span class="near-cosine">
                {cosine.toFixed(2).replace("-", "−")}
              </span>
              <span class="near-pictures">
                {filled(latents.index.top, other).slice(0, 4).map((
                  { example },
                ) => (
                  <img
                    src={pictureUrl(run, example, "thumb")}
                    alt=""
                    loading="lazy"
                    decoding="async"
                  />
                ))}
              </span>
            </a>
          </li>
        ))}
      </ol>
    </div>
  );
}
