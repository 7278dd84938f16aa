/**
 * `/runs/:run/steer`: edit latents of a picture and see the model's own
 * prediction change.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Routes, ServeContext } from "../context.ts";
import { clientGone } from "../live/client_gone.ts";
import { liveWords } from "../glossary.ts";
import { Layout } from "../parts/layout.tsx";
import { PredictionView } from "../parts/prediction_view.tsx";
import { SteerControls } from "../parts/steer_controls.tsx";
import type { Run } from "../runs/run_store.ts";
import { readSteerQuery } from "../live/steer_query.ts";
import { permanentUrl, steer, type Steering } from "../live/steering.ts";
import { imagesUrl, imageUrl, steerResultUrl } from "../urls.ts";

/** `/runs/:run/steer`, and its prediction alone for the module that follows the sliders. */
export const steerPage: Routes = (app, context) => {
  const { store, models, files } = context;
  app.get("/runs/:run/steer", async (c) => {
    const run = await store.run(c.req.param("run"));
    const params = new URL(c.req.url).searchParams;
    const query = readSteerQuery(params), signal = clientGone(c);
    const canSteer = await models.ask(
      run,
      signal,
      (model) => Promise.resolve(model.canSteer),
    );
    if (!canSteer) {
      return c.html(
        <Layout files={files} title="Steer" run={run.name} tab="Steer">
          <CannotSteer run={run} />
        </Layout>,
      );
    }
    const steering = await steer(context, run, query, signal);
    if (params.has("add") || params.has("remove")) {
      return c.redirect(permanentUrl(steering));
    }
    return c.html(
      <Layout
        files={files}
        title={`Steer ${run.name}`}
        run={run.name}
        tab="Steer"
        words={liveWords}
        scripts={["steer.js"]}
      >
        <SteerBody context={context} of={steering} />
      </Layout>,
    );
  });
  app.get("/runs/:run/steer/result", async (c) => {
    const run = await store.run(c.req.param("run"));
    const query = readSteerQuery(new URL(c.req.url).searchParams);
    const of = await steer(context, run, query, clientGone(c));
    return c.html(
      <PredictionView
        picture={of.picture}
        steered={of.steered}
        time={of.time}
      />,
    );
  });
};

function CannotSteer({ run }: { run: Run }): JSX.Element {
  return (
    <div class="heading">
      <h1>Steer</h1>
      <p class="lead">
        The encoder of this run,{" "}
        <code>{run.config?.encoder.use}</code>, makes no prediction that could
        change, but its latents can be{" "}
        <a href={imagesUrl(run.name)}>looked at picture by picture</a>. Runs on
        these encoders can be steered: <code>depth-nano</code> and{" "}
        <code>depth-anything</code> (depth), <code>vit</code> with a classifier
        {" "}
        (classes), <code>theia</code>{" "}
        (its teachers' features), and any other that makes predictions and can
        be paused.
      </p>
    </div>
  );
}

function SteerBody(
  { context, of }: { context: ServeContext; of: Steering },
): JSX.Element {
  const { run, picture } = of, isNumbered = picture.index !== undefined;
  const to = (image: number) => permanentUrl(of, { image: String(image) });
  return (
    <>
      <div class="heading latent-heading">
        <div>
          <h1>Steer</h1>
          <p class="lead">
            Change what the dictionary finds, and see the model's prediction
            change.
          </p>
        </div>
        <nav class="steps" aria-label="Pictures">
          {isNumbered && picture.index! > 0 && (
            <a class="button" rel="prev" href={to(picture.index! - 1)}>
              ← {picture.index! - 1}
            </a>
          )}
          <a
            class="button"
            href={imageUrl(run.name, picture.ref)}
          >
            {isNumbered ? `Picture ${picture.index}` : picture.name}
          </a>
          {isNumbered && <Next context={context} of={of} to={to} />}
          <a class="button" href={imagesUrl(run.name)}>Others</a>
        </nav>
      </div>
      <div
        class="card steer-result"
        data-steer-result={steerResultUrl(run.name)}
        aria-live="polite"
      >
        <PredictionView picture={picture} steered={of.steered} time={of.time} />
      </div>
      <SteerControls of={of} />
    </>
  );
}

async function Next(
  { context: { pictures }, of: { run, picture }, to }: {
    context: ServeContext;
    of: Steering;
    to: (image: number) => string;
  },
): Promise<JSX.Element | null> {
  const next = picture.index! + 1;
  if (next >= await pictures.count(run)) return null;
  return <a class="button" rel="next" href={to(next)}>{next} →</a>;
}
