/**
 * The strongest latents of a picture, as a list.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ImageQuery, ImageView } from "../live/image_view.ts";
import { imageUrl, steerUrl } from "../urls.ts";
import { LatentBar } from "./latent_bar.tsx";
import { count } from "./numbers.ts";

/** How many latents are listed. */
const listed = 24;

/** The latents of a picture, the strongest first. */
export function ImageLatents(
  { of, asked }: { of: ImageView; asked: ImageQuery },
): JSX.Element {
  const { run, picture, latents, strongest } = of;
  return (
    <section>
      <h2>
        Latents of this picture{" "}
        <span class="quiet">
          {strongest.length > listed
            ? `the strongest ${listed} of ${count(strongest.length)}`
            : "the strongest first"}
        </span>
      </h2>
      <ol class="latent-bars wide card">
        {strongest.slice(0, listed).map(({ latent, value, patches }) => (
          <LatentBar
            run={run}
            latents={latents}
            latent={latent}
            value={value}
            full={strongest[0]!.value}
            note={patches === 1 ? "1 patch" : `${patches} patches`}
            map={imageUrl(run.name, picture.ref, { latent })}
            isShown={latent === asked.latent}
          >
            <a
              class="quiet latent-bar-more"
              href={steerUrl(run.name, { image: picture.ref, latent })}
            >
              steer
            </a>
          </LatentBar>
        ))}
      </ol>
    </section>
  );
}
