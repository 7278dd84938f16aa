/**
 * The strongest latents of one patch of a picture.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { liveWords } from "../glossary.ts";
import {
  type ImageQuery,
  type ImageView,
  patchOf,
} from "../live/image_view.ts";
import { patchFirings } from "../live/picture_latents.ts";
import { imageUrl } from "../urls.ts";
import { LatentBar } from "./latent_bar.tsx";
import { number } from "./numbers.ts";
import { Term } from "./term.tsx";

/** How many latents are listed. */
const most = 10;

/** The strongest latents of the patch that is looked at. */
export function PatchPanel(
  { of, asked }: { of: ImageView; asked: ImageQuery },
): JSX.Element {
  const { run, picture, latents, found } = of, patch = patchOf(of, asked);
  const firings = patchFirings(found, patch), [, cols] = found.grid;
  return (
    <div class="patch-panel" data-patch={patch}>
      <h2>
        Patch{" "}
        <span class="quiet">
          row {Math.floor(patch / cols)}, column {patch % cols}
        </span>
      </h2>
      <p class="quiet">
        {firings.length === 1
          ? "1 latent fires here"
          : `${firings.length} latents fire here`}
        {firings.length > most && `, the strongest ${most} below`}.
        {Number.isFinite(found.error[patch]) && (
          <>
            {" "}
            <Term name="patchError" word={liveWords.patchError!}>
              Reconstruction error
            </Term>{" "}
            {number(found.error[patch])}.
          </>
        )}
      </p>
      <ol class="latent-bars">
        {firings.slice(0, most).map(({ latent, value }) => (
          <LatentBar
            run={run}
            latents={latents}
            latent={latent}
            value={value}
            // Bars of all patches are on one scale.
            full={of.strongest[0]?.value ?? 0}
            map={imageUrl(run.name, picture.ref, { patch, latent })}
            isShown={latent === asked.latent}
          />
        ))}
      </ol>
    </div>
  );
}
