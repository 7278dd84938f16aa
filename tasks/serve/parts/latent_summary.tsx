/**
 * How many latents were found, and on what they were seen.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { LatentList } from "../runs/latent_list.ts";
import { latentsUrl } from "../urls.ts";
import { count } from "./numbers.ts";

/** How many latents were found, in a sentence, and the scale of their rows. */
export function LatentSummary(
  { run, latents, found: { latents: order, labels } }: LatentList,
): JSX.Element {
  const { dSae, images, tokens } = latents.index.info;
  const all = order.length === dSae;
  return (
    <div class="summary">
      <p role="status">
        <strong>{count(order.length)}</strong>{" "}
        {all ? "latents" : `of ${count(dSae)} latents`}, seen on {count(images)}
        {" "}
        pictures, {count(tokens)} tokens.{" "}
        {labels && labels.read < labels.total && (
          <span>
            Labels of {count(labels.read)} of {count(labels.total)}{" "}
            pictures are read so far: <a href="">look again</a>.
          </span>
        )}
        {order.length === 0 && (
          <span>
            Nothing matches: widen the bounds or{" "}
            <a href={latentsUrl(run.name)}>show all</a>.
          </span>
        )}
      </p>
      <LitBar />
    </div>
  );
}

/** How bright a patch is at a value: the scale of each row. */
function LitBar(): JSX.Element {
  return (
    <span
      class="colorbar litbar"
      role="img"
      aria-label="Patches are dim at 0 and bright at the latent's max"
    >
      <span>0</span>
      <svg viewBox="0 0 32 1" preserveAspectRatio="none" aria-hidden="true">
        {Array.from({ length: 32 }, (_, i) => {
          const grey = Math.round(88 + 147 * Math.sqrt(i / 31));
          return (
            <rect
              x={i}
              y="0"
              width="1.5"
              height="1"
              fill={`rgb(${grey},${grey},${grey})`}
            />
          );
        })}
      </svg>
      <span>max of its row</span>
    </span>
  );
}
