/**
 * `/runs/:run/images/:index`: the latents of one picture, patch by patch.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { overlayDataUrl } from "../live/color_map.ts";
import type { Routes } from "../context.ts";
import { left } from "../live/client_gone.ts";
import { liveWords } from "../glossary.ts";
import {
  type Asked,
  askedOf,
  layerOf,
  lookAt,
  type Looked,
  patchOf,
} from "../live/image_view.ts";
import { LatentBar } from "../parts/latent_bar.tsx";
import { Layout } from "../parts/layout.tsx";
import { MapLegend } from "../parts/map_legend.tsx";
import { count, number } from "../parts/numbers.ts";
import { PatchPanel } from "../parts/patch_panel.tsx";
import { PictureStage } from "../parts/picture_stage.tsx";
import { extent } from "../runs/extent.ts";
import { Term } from "../parts/term.tsx";
import type { Run } from "../runs/run_store.ts";
import type { ShownPicture } from "../live/shown_picture.ts";
import {
  apiImageLatentsUrl,
  imagesUrl,
  imageUrl,
  patchUrl,
  steerUrl,
} from "../urls.ts";

/** Latents of the picture that are listed. */
const listed = 24;

/** `/runs/:run/images/:index`, and its list of one patch's latents alone. */
export const imagePage: Routes = (app, context) => {
  const { store, pictures, files } = context;
  app.get("/runs/:run/images/random", async (c) => {
    const run = await store.run(c.req.param("run"));
    const at = Math.floor(Math.random() * await pictures.count(run));
    return c.redirect(imageUrl(run.name, at));
  });
  app.get("/runs/:run/images/:index", async (c) => {
    const of = await lookAt(context, c.req.param(), left(c));
    const asked = askedOf(new URL(c.req.url).searchParams, of);
    const { run, picture } = of;
    const total = picture.index === undefined ? 0 : await pictures.count(run);
    return c.html(
      <Layout
        files={files}
        title={`${titleOf(picture)} of ${run.name}`}
        run={run.name}
        tab="Images"
        words={liveWords}
        scripts={["image.js"]}
      >
        <Heading of={of} total={total} asked={asked} />
        <Picture of={of} asked={asked} />
        <Strongest of={of} asked={asked} />
      </Layout>,
    );
  });
  app.get("/runs/:run/images/:index/patch", async (c) => {
    const of = await lookAt(context, c.req.param(), left(c));
    const asked = askedOf(new URL(c.req.url).searchParams, of);
    return c.html(<Panel of={of} asked={asked} />);
  });
};

function titleOf({ index, name }: ShownPicture): string {
  return index === undefined ? name : `Picture ${index}`;
}

function Heading(
  { of, total, asked }: { of: Looked; total: number; asked: Asked },
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
        <h1>{titleOf(picture)}</h1>
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
          on a <Term name="patch" word={liveWords.patch!} />;{" "}
          <Term name="pictureFvu" word={liveWords.pictureFvu!} />{" "}
          {number(found.fvu)}.
        </p>
      </div>
      <nav class="steps" aria-label="Pictures">
        {index !== undefined && <Steps run={run} index={index} total={total} />}
        <a class="button" href={imagesUrl(run.name)}>All</a>
        <a class="button main" href={steer}>
          Steer
        </a>
      </nav>
    </div>
  );
}

function Steps(
  { run, index, total }: { run: Run; index: number; total: number },
): JSX.Element {
  const to = (at: number | string) => imageUrl(run.name, at);
  return (
    <>
      {index > 0
        ? <a class="button" rel="prev" href={to(index - 1)}>← {index - 1}</a>
        : <span class="button off" aria-hidden="true">←</span>}
      <a class="button" href={to("random")} rel="nofollow">Random</a>
      {index + 1 < total
        ? <a class="button" rel="next" href={to(index + 1)}>{index + 1} →</a>
        : <span class="button off" aria-hidden="true">→</span>}
    </>
  );
}

async function Picture(
  { of, asked }: { of: Looked; asked: Asked },
): Promise<JSX.Element> {
  const { run, picture, found: { grid, error } } = of;
  const patch = patchOf(of, asked), [height, width] = grid;
  const map = layerOf(of, asked);
  const overlay = map && await overlayDataUrl(
    { data: map.data, width, height },
    map.high,
  );
  const worst = extent(error)?.[1] ?? 0;
  const layers = [
    ["Picture", { patch }, asked.layer === undefined && !map],
    [
      "Reconstruction error",
      { patch, layer: "error" },
      asked.layer === "error",
    ],
  ] as const;
  return (
    <div
      class="image-view"
      data-image-view
      data-source={apiImageLatentsUrl(run.name, picture.ref)}
      data-panel={patchUrl(run.name, picture.ref)}
      data-worst={worst}
    >
      <div class="card image-card">
        <PictureStage
          picture={picture}
          grid={grid}
          patch={patch}
          overlay={overlay}
          href={(patch) => imageUrl(run.name, picture.ref, { ...asked, patch })}
        />
        <div class="layers">
          <span class="choices">
            {layers.map(([name, query, isOn]) => (
              <a
                class="button"
                href={imageUrl(run.name, picture.ref, query)}
                data-layer={"layer" in query ? query.layer : "none"}
                aria-current={isOn ? "true" : undefined}
              >
                {name}
              </a>
            ))}
          </span>
          <span class="layer-legend" data-legend>
            <strong data-legend-name>{map?.name ?? ""}</strong>
            <span data-legend-scale hidden={!map}>
              <MapLegend
                range={{ map: "inferno", low: 0, high: map?.high ?? 1 }}
                label={map?.name ?? "value"}
              />
            </span>
          </span>
        </div>
        <p class="quiet hint">
          Point at a patch to see its latents; press it, or use the arrow keys,
          to stay there. Press a bar to see where its latent fires.
        </p>
      </div>
      <div class="card" data-panel-place aria-live="polite">
        <Panel of={of} asked={{ ...asked, patch }} />
      </div>
    </div>
  );
}

function Panel({ of, asked }: { of: Looked; asked: Asked }): JSX.Element {
  return (
    <PatchPanel
      run={of.run}
      latents={of.latents}
      found={of.found}
      patch={patchOf(of, asked)}
      shown={asked.latent}
      full={of.strongest[0]?.value ?? 0}
      address={(query) => imageUrl(of.run.name, of.picture.ref, query)}
    />
  );
}

function Strongest(
  { of, asked }: { of: Looked; asked: Asked },
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
