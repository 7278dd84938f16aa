/**
 * `/runs/:run/images`: the pictures of the dataset, and a place to drop your own.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Routes, ServeContext } from "../context.ts";
import {
  isDropped,
  keptPictures,
  mostBytes,
} from "../live/dropped_pictures.ts";
import { Layout } from "../parts/layout.tsx";
import { Notices } from "../parts/notices.tsx";
import { count } from "../parts/numbers.ts";
import { Step } from "../parts/step.tsx";
import { pictureSides, type PictureSize } from "../runs/pictures.ts";
import { pictureRegion } from "../runs/picture_region.ts";
import { Problem } from "../http/problem.ts";
import { readUpload } from "../live/read_upload.ts";
import type { Run } from "../runs/run_store.ts";
import {
  apiPicturesUrl,
  droppedUrl,
  imagesUrl,
  imageUrl,
  pictureUrl,
} from "../urls.ts";

/** How many pictures a page has. */
const onePage = 48;

/** `/runs/:run/images`, the pictures sent to it, and their files. */
export const imagesPage: Routes = (app, context) => {
  const { store, pictures, dropped, files } = context;
  app.get("/runs/:run/images", async (c) => {
    const run = await store.run(c.req.param("run"));
    const { total, problems } = await pictures.count(run).then(
      (total) => ({ total, problems: [] }),
      (error: Error) => ({ total: 0, problems: [error.message] }),
    );
    const from = firstOf(c.req.query("from"), total);
    return c.html(
      <Layout
        files={files}
        title={`Images of ${run.name}`}
        run={run.name}
        tab="Images"
        scripts={["drop.js"]}
      >
        <div class="heading">
          <h1>Images</h1>
          <p class="lead">
            See which latents fire on each patch of a picture: your own, or any
            of the dataset.
          </p>
        </div>
        <Notices of={problems} />
        <DropZone run={run} />
        <Own context={context} run={run} />
        {total > 0 && <OfDataset run={run} from={from} total={total} />}
      </Layout>,
    );
  });
  app.post("/runs/:run/images", async (c) => {
    const run = await store.run(c.req.param("run"));
    const { name, bytes } = await readUpload(c.req.raw, mostBytes);
    const { id } = await dropped.add(name, bytes);
    return c.redirect(imageUrl(run.name, id), 303);
  });
  app.get("/runs/:run/dropped/:id/:size", async (c) => {
    const run = await store.run(c.req.param("run"));
    const { id, size } = c.req.param();
    if (!Object.hasOwn(pictureSides, size) || !isDropped(id)) {
      throw new Problem(404, "Cannot find this picture");
    }
    const bytes = await seen(run, dropped.get(id).image, size as PictureSize);
    return c.body(bytes, 200, {
      "Content-Type": "image/jpeg",
      "Cache-Control": "private, max-age=3600",
    });
  });
};

/** The first picture of the page. */
function firstOf(text: string | undefined, total: number): number {
  const wanted = /^\d{1,12}$/.test(text ?? "") ? Number(text) : 0;
  return Math.max(0, Math.min(wanted, total - 1));
}

/** What the encoder sees of a picture, as JPEG. */
async function seen(
  run: Run,
  { data, width, height }: Parameters<typeof pictureRegion>[0] & {
    data: Uint8Array;
  },
  size: PictureSize,
): Promise<Uint8Array<ArrayBuffer>> {
  const region = pictureRegion(
    { width, height },
    run.provenance.preprocessing,
  );
  const { default: sharp } = await import("sharp");
  const side = pictureSides[size];
  const buffer = await sharp(data, { raw: { width, height, channels: 3 } })
    .extract(region)
    .resize(side, side, { fit: "inside", withoutEnlargement: true })
    .jpeg({ quality: 85 }).toBuffer();
  return new Uint8Array(buffer);
}

function DropZone({ run }: { run: Run }): JSX.Element {
  return (
    <form
      class="drop-zone"
      method="post"
      action={imagesUrl(run.name)}
      enctype="multipart/form-data"
      data-drop={apiPicturesUrl(run.name)}
      data-most={mostBytes}
    >
      <label>
        <strong>Look at your own picture</strong>
        <span class="quiet" data-drop-hint>
          JPEG, PNG or WebP, at most {Math.round(mostBytes / 2 ** 20)} MB
        </span>
        <input
          type="file"
          name="picture"
          accept="image/jpeg,image/png,image/webp"
          required
        />
      </label>
      <button class="button main" type="submit">Look at it</button>
      <p class="drop-problem" role="alert" data-drop-problem hidden></p>
    </form>
  );
}

function Own(
  { context: { dropped }, run }: { context: ServeContext; run: Run },
): JSX.Element | null {
  const own = dropped.list();
  if (own.length === 0) return null;
  return (
    <section>
      <h2>
        Your own{" "}
        <span class="quiet">
          the last {keptPictures} are kept in memory while the server runs
        </span>
      </h2>
      <ul class="thumbs">
        {own.map(({ id, name }) => (
          <Thumb
            href={imageUrl(run.name, id)}
            src={droppedUrl(run.name, id, "thumb")}
            name={name}
          />
        ))}
      </ul>
    </section>
  );
}

function OfDataset(
  { run, from, total }: { run: Run; from: number; total: number },
): JSX.Element {
  const shown = Math.min(onePage, total - from);
  const to = (from: number) => imagesUrl(run.name, { from });
  return (
    <section>
      <div class="latent-heading images-heading">
        <h2>
          From the dataset{" "}
          <span class="quiet">
            {count(from)} to {count(from + shown - 1)} of {count(total)}
          </span>
        </h2>
        <form class="steps" method="get">
          <Step
            rel="prev"
            href={from > 0 ? to(Math.max(0, from - onePage)) : undefined}
          />
          <input
            class="go-to"
            name="from"
            inputmode="numeric"
            pattern="[0-9]*"
            placeholder="Number"
            aria-label="Number of the first picture shown"
          />
          <a
            class="button"
            rel="nofollow"
            href={imageUrl(run.name, "random")}
          >
            Random
          </a>
          <Step
            rel="next"
            href={from + onePage < total ? to(from + onePage) : undefined}
          />
        </form>
      </div>
      <ul class="thumbs">
        {Array.from({ length: shown }, (_, i) => (
          <Thumb
            href={imageUrl(run.name, from + i)}
            src={pictureUrl(run, from + i, "thumb")}
            name={String(from + i)}
          />
        ))}
      </ul>
    </section>
  );
}

function Thumb(
  { href, src, name }: { href: string; src: string; name: string },
): JSX.Element {
  return (
    <li>
      <a href={href}>
        <img src={src} alt="" loading="lazy" decoding="async" />
        <span>{name}</span>
      </a>
    </li>
  );
}
