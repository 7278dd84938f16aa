/**
 * What was counted of a latent over all tokens.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { histogramBins } from "../../../core/latents/latent_counts.ts";
import type { RunIndex } from "../runs/run_store.ts";
import { ValueHistogram } from "./histogram.tsx";
import { PlaceMap } from "./place_map.tsx";
import { Term } from "./term.tsx";

/** A latent's values, and the patches where it fires. */
export function LatentCounts(
  { latents: { index }, latent }: { latents: RunIndex; latent: number },
): JSX.Element {
  const { grid } = index.info, tokens = grid[0] * grid[1];
  const bins = latent * histogramBins;
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
