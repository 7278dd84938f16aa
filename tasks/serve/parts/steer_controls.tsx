/**
 * The form of a steering: its edits, and latents to add.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { SteerEdit } from "../live/live_model.ts";
import { liveWords } from "../glossary.ts";
import { permanentUrl, type Steering } from "../live/steering.ts";
import { LatentBar } from "./latent_bar.tsx";
import { latentUrl, steerUrl } from "../urls.ts";
import { count, number } from "./numbers.ts";
import { Term } from "./term.tsx";

/** How many latents of the picture are offered. */
const offered = 16;

/** The form, whose fields are the query of its address. The module `steer.js` adds sliders. */
export function SteerControls({ of }: { of: Steering }): JSX.Element {
  const { run, picture, query, edits } = of;
  return (
    <form
      class="steer-controls"
      data-steer
      method="get"
      action={steerUrl(run.name)}
    >
      <input type="hidden" name="image" value={picture.ref} />
      {query.patches && (
        <input type="hidden" name="patches" value={query.patches.join()} />
      )}
      <div class="card">
        <h2>Edits</h2>
        {edits.length === 0 && (
          <p class="quiet">
            None: add a latent below, or from the list beside.
          </p>
        )}
        {edits.length === 0 && <input type="hidden" name="latent" value="" />}
        <ol class="edits">
          {edits.map((edit, i) => <EditRow of={of} edit={edit} at={i} />)}
        </ol>
        <Choices of={of} />
        <p class="quiet steer-foot">
          What is <Term name="set" word={liveWords.set!} />,{" "}
          <Term name="scale" word={liveWords.scale!} />,{" "}
          <Term name="ablate" word={liveWords.ablate!} />,{" "}
          <Term name="keepError" word={liveWords.keepError!} />?{" "}
          <button class="button" type="submit" data-show>Show</button>{" "}
          <a href={permanentUrl(of)} data-permanent>Permanent link</a>
        </p>
      </div>
      <Offered of={of} />
    </form>
  );
}

/** A latent to add, the prediction to see, and what happens to the error. */
function Choices(
  { of: { dSae, predictions, steered, query } }: { of: Steering },
): JSX.Element {
  return (
    <div class="steer-more">
      <label class="add-latent">
        <span>Add a latent by its number</span>
        <span class="with-button">
          <input
            name="add"
            inputmode="numeric"
            pattern="[0-9]*"
            placeholder={`0 to ${dSae - 1}`}
          />
          <button class="button" type="submit">Add</button>
        </span>
      </label>
      {predictions.length > 1 && (
        <label>
          <span>Prediction</span>
          <select name="prediction">
            {predictions.map(({ hook, kind }) => (
              <option
                value={hook}
                selected={hook === steered.prediction.hook}
              >
                {hook} ({kind})
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        <span>What the dictionary misses</span>
        <select name="error">
          <option value="keep" selected={query.keepError}>
            is kept: see the edit alone
          </option>
          <option value="lose" selected={!query.keepError}>
            is lost: see the reconstruction
          </option>
        </select>
      </label>
    </div>
  );
}

/** The strongest latents of the picture, each with a button that adds it. */
function Offered(
  { of: { run, latents, strongest, edits } }: { of: Steering },
): JSX.Element {
  const chosen = new Set(edits.map(({ latent }) => latent));
  return (
    <div class="card">
      <h2>
        Latents of this picture{" "}
        <span class="quiet">
          the strongest {Math.min(offered, strongest.length)} of{" "}
          {count(strongest.length)}
        </span>
      </h2>
      <ol class="latent-bars wide">
        {strongest.slice(0, offered).map(({ latent, value }) => (
          <LatentBar
            run={run}
            latents={latents}
            latent={latent}
            value={value}
            full={strongest[0]!.value}
          >
            {chosen.has(latent)
              ? <span class="quiet latent-bar-more">edited</span>
              : (
                <button
                  type="submit"
                  class="button latent-bar-more"
                  name="add"
                  value={latent}
                >
                  Add
                </button>
              )}
          </LatentBar>
        ))}
      </ol>
    </div>
  );
}

function EditRow(
  { of, edit: { latent, how, value }, at }: {
    of: Steering;
    edit: SteerEdit;
    at: number;
  },
): JSX.Element {
  const { strongest, latents, run } = of;
  const here = strongest.find((one) => one.latent === latent);
  const ever = latents?.index.columns.max?.[latent];
  const most = Math.max(here?.value ?? 0, ever ?? 0) || 1;
  return (
    <li
      class="edit"
      data-edit
      data-most={Number((4 * most).toPrecision(2))}
      data-usual={Number((2 * most).toPrecision(2))}
    >
      <a
        class="latent-bar-number"
        href={latentUrl(run.name, latent)}
      >
        {latent}
      </a>
      <input type="hidden" name="latent" value={latent} />
      <select name="how" aria-label={`What is done to latent ${latent}`}>
        {(["set", "scale", "ablate"] as const).map((name) => (
          <option value={name} selected={name === how}>
            {{ set: "set to", scale: "scale by", ablate: "ablate" }[name]}
          </option>
        ))}
      </select>
      <input
        type="number"
        name="value"
        step="any"
        value={value}
        aria-label={`Value for latent ${latent}`}
        readonly={how === "ablate"}
      />
      <button
        type="submit"
        class="button"
        name="remove"
        value={at}
        aria-label={`Remove the edit of latent ${latent}`}
        title="Remove this edit"
      >
        ✕
      </button>
      <span class="quiet edit-note">
        {here
          ? `at most ${number(here.value)} here, on ${here.patches} ${
            here.patches === 1 ? "patch" : "patches"
          }`
          : "does not fire in this picture"}
        {ever !== undefined && `; ${number(ever)} in the index`}
      </span>
    </li>
  );
}
