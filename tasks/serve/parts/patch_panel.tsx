/**
 * One patch of a picture in, its strongest latents out.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { PatchLatents } from "../live/live_model.ts";
import { liveWords } from "../glossary.ts";
import { patchFirings } from "../live/patch_view.ts";
import type { Run, RunIndex } from "../runs/run_store.ts";
import { LatentBar } from "./latent_bar.tsx";
import { number } from "./numbers.ts";
import { Term } from "./term.tsx";

/** Latents of a patch that are listed. */
const most = 10;

/** The strongest latents of a patch. */
export function PatchPanel(
  { run, latents, found, patch, shown, full, address }: {
    run: Run;
    latents: RunIndex | undefined;
    found: PatchLatents;
    patch: number;
    /** The latent whose map is shown. */
    shown: number | undefined;
    /** The value of a full bar: the same for all patches. */
    full: number;
    /** The address of this page with a patch, and perhaps a latent. */
    address: (query: { patch: number; latent: number }) => string;
  },
): JSX.Element {
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
        {firings.length > most && `, the strongest ${most} below`}.{" "}
        <Term name="patchError" word={liveWords.patchError!}>
          Reconstruction error
        </Term>{" "}
        {number(found.error[patch])}.
      </p>
      <ol class="latent-bars">
        {firings.slice(0, most).map(({ latent, value }) => (
          <LatentBar
            run={run}
            latents={latents}
            latent={latent}
            value={value}
            full={full}
            map={address({ patch, latent })}
            isShown={latent === shown}
          />
        ))}
      </ol>
    </div>
  );
}
