/**
 * The heading of a picture's page, and the way to other pictures.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { liveWords } from "../glossary.ts";
import type { ImageQuery, ImageView } from "../live/image_view.ts";
import type { ShownPicture } from "../live/shown_picture.ts";
import { imagesUrl, imageUrl, steerUrl } from "../urls.ts";
import { count, number } from "./numbers.ts";
import { Step } from "./step.tsx";
import { Term } from "./term.tsx";

/** What a picture is called. */
export function imageTitle({ index, name }: ShownPicture): string {
  return index === undefined ? name : `Picture ${index}`;
}

/** What a picture is, and links to others; `total` is the length of the dataset. */
export function ImageHeading(
  { of, asked, total }: { of: ImageView; asked: ImageQuery; total: number },
): JSX.Element {
  const { run, picture, found, strongest } = of;
  const { index, name, labels, width, height } = picture;
  const known = Object.entries(labels)
    .map(([key, value]) => `${key} ${value}`).slice(0, 4);
  const steer = steerUrl(run.name, {
    image: picture.ref,
    latent: asked.latent ?? strongest[0]?.latent ?? "",
  });
  return (
    <div class="heading latent-heading">
      <div>
        <h1>{imageTitle(picture)}</h1>
        <p class="lead">
          {[
            ...index === undefined ? ["your own picture"] : [name],
            `${width}×${height}`,
            ...known,
          ].join(" · ")}
        </p>
        <p class="lead">
          {count(strongest.length)} of {count(of.dSae)}{" "}
          latents fire in this picture,{" "}
          {number(found.codes.values.length / (found.grid[0] * found.grid[1]))}
          {" "}
          per <Term name="patch" word={liveWords.patch!} />
          {/* One token, or tokens all alike, have no variance to explain. */}
          {Number.isFinite(found.fvu) && (
            <>
              ; <Term name="pictureFvu" word={liveWords.pictureFvu!} />{" "}
              {number(found.fvu)}
            </>
          )}.
        </p>
      </div>
      <nav class="steps" aria-label="Pictures">
        {index !== undefined && (
          <Steps run={run.name} index={index} total={total} />
        )}
        <a class="button" href={imagesUrl(run.name)}>All</a>
        <a class="button main" href={steer}>Steer</a>
      </nav>
    </div>
  );
}

function Steps(
  { run, index, total }: { run: string; index: number; total: number },
): JSX.Element {
  const to = (at: number) =>
    at >= 0 && at < total ? imageUrl(run, at) : undefined;
  return (
    <>
      <Step rel="prev" href={to(index - 1)} name={index - 1} />
      <a class="button" href={imageUrl(run, "random")} rel="nofollow">
        Random
      </a>
      <Step rel="next" href={to(index + 1)} name={index + 1} />
    </>
  );
}
