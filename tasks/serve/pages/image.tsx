/**
 * `/runs/:run/images/:index`: the latents of one picture, patch by patch.
 *
 * @module
 */
import type { Routes } from "../context.ts";
import { liveWords } from "../glossary.ts";
import { clientGone } from "../live/client_gone.ts";
import { imageView, readImageQuery } from "../live/image_view.ts";
import { ImageCard } from "../parts/image_card.tsx";
import { ImageHeading, imageTitle } from "../parts/image_heading.tsx";
import { ImageLatents } from "../parts/image_latents.tsx";
import { Layout } from "../parts/layout.tsx";
import { PatchPanel } from "../parts/patch_panel.tsx";
import { imageUrl } from "../urls.ts";

/** `/runs/:run/images/:index`, a random picture, and the latents of one patch alone. */
export const imagePage: Routes = (app, context) => {
  const { store, pictures, files } = context;
  app.get("/runs/:run/images/random", async (c) => {
    const run = await store.run(c.req.param("run"));
    const at = Math.floor(Math.random() * await pictures.count(run));
    return c.redirect(imageUrl(run.name, at));
  });
  app.get("/runs/:run/images/:index", async (c) => {
    const of = await imageView(context, c.req.param(), clientGone(c));
    const asked = readImageQuery(new URL(c.req.url).searchParams, of);
    const { run, picture } = of;
    const total = picture.index === undefined ? 0 : await pictures.count(run);
    return c.html(
      <Layout
        files={files}
        title={`${imageTitle(picture)} of ${run.name}`}
        run={run.name}
        tab="Images"
        words={liveWords}
        scripts={["image.js"]}
      >
        <ImageHeading of={of} asked={asked} total={total} />
        <ImageCard of={of} asked={asked} />
        <ImageLatents of={of} asked={asked} />
      </Layout>,
    );
  });
  app.get("/runs/:run/images/:index/patch", async (c) => {
    const of = await imageView(context, c.req.param(), clientGone(c));
    const asked = readImageQuery(new URL(c.req.url).searchParams, of);
    return c.html(<PatchPanel of={of} asked={asked} />);
  });
};
