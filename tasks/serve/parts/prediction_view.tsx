/**
 * A prediction before and after an edit, side by side.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import {
  type ColorRange,
  mapDataUrl,
  type NumberMap,
} from "../live/color_map.ts";
import type { Steered } from "../live/live_model.ts";
import { liveWords } from "../glossary.ts";
import {
  asMaps,
  differenceOf,
  featureShift,
  topClasses,
} from "../live/prediction_pair.ts";
import type { ShownPicture } from "../live/shown_picture.ts";
import { MapLegend } from "./map_legend.tsx";
import { count, number, share } from "./numbers.ts";
import { extent } from "../runs/extent.ts";
import { Term } from "./term.tsx";

/** What a view shows. */
interface ViewProps {
  readonly picture: ShownPicture;
  readonly steered: Steered;
}

/** The picture, the model's prediction, and the prediction with the edit. */
export function PredictionView(
  { picture, steered, time }: ViewProps & {
    /** Milliseconds that it took. */
    time: number;
  },
): JSX.Element {
  const { kind, meaning } = steered.prediction;
  const Panels = kind === "depth" && steered.clean.shape[2] === 1
    ? Depth
    : kind === "logits"
    ? Classes
    : Features;
  return (
    <div class="prediction" data-kind={kind}>
      <Panels picture={picture} steered={steered} />
      <p class="prediction-note">
        <Changed steered={steered} />{" "}
        <span class="quiet">
          {kind}: {meaning}. Computed in {count(time)} ms.
        </span>
      </p>
    </div>
  );
}

/** What the edit did, in a sentence. */
function Changed({ steered }: { steered: Steered }): JSX.Element {
  const { mean, largest, range } = differenceOf(steered);
  const { changed, changedSpecials, prediction: { kind } } = steered;
  if (changed + changedSpecials === 0) {
    return (
      <strong>
        Nothing changes: the edit leaves every activation as it is.
      </strong>
    );
  }
  const patches = changed === 1 ? "1 patch" : `${count(changed)} patches`;
  const specials = changedSpecials === 0
    ? ""
    : ` and ${changedSpecials} special ${
      changedSpecials === 1 ? "token" : "tokens"
    }`;
  const far = kind === "depth"
    ? `the prediction moves by ${number(mean)} on average and ${
      number(largest)
    } at most, ${share(mean / range)} and ${
      share(largest / range)
    } of its clean range`
    : `the prediction's numbers move by ${number(mean)} on average and ${
      number(largest)
    } at most`;
  return <strong>The edit changes {patches}{specials}; {far}.</strong>;
}

function Picture({ picture }: { picture: ShownPicture }): JSX.Element {
  return (
    <figure class="panel">
      <figcaption>Picture</figcaption>
      <img src={picture.url("large")} alt={picture.name} />
      <p class="quiet panel-note">{picture.name}</p>
    </figure>
  );
}

async function MapPanel(
  { title, map, range, label, name, picture }: {
    title: JSX.Element | string;
    map: NumberMap;
    range: ColorRange;
    label: string;
    /** The name by which tests and modules find it. */
    name: string;
    picture: ShownPicture;
  },
): Promise<JSX.Element> {
  return (
    <figure class="panel">
      <figcaption>{title}</figcaption>
      <span class="panel-frame">
        {/* The picture gives the frame its shape, since a model may see it squeezed. */}
        <img src={picture.url("large")} alt="" class="panel-shape" />
        <img
          class="panel-map"
          data-map-name={name}
          src={await mapDataUrl(map, range)}
          alt={`${label}, from ${number(range.low)} to ${number(range.high)}`}
        />
      </span>
      <MapLegend range={range} label={label} />
    </figure>
  );
}

function Depth({ picture, steered }: ViewProps): JSX.Element {
  const { clean, edited, difference } = asMaps(steered);
  const both = [clean, edited].map(({ data }) => extent(data) ?? [0, 0]);
  const range: ColorRange = {
    map: "viridis",
    low: Math.min(...both.map(([low]) => low!)),
    high: Math.max(...both.map(([, high]) => high!)),
  };
  const [low, high] = extent(difference.data) ?? [0, 0];
  const most = Math.max(-low, high);
  return (
    <div class="panels">
      <Picture picture={picture} />
      <MapPanel
        title="Clean"
        name="clean"
        map={clean}
        range={range}
        label="clean prediction"
        picture={picture}
      />
      <MapPanel
        title="Edited"
        name="edited"
        map={edited}
        range={range}
        label="edited prediction"
        picture={picture}
      />
      <MapPanel
        title={
          <Term name="difference" word={liveWords.difference!}>
            Difference
          </Term>
        }
        name="difference"
        map={difference}
        range={{ map: "blueOrange", low: -most, high: most }}
        label="edited minus clean"
        picture={picture}
      />
    </div>
  );
}

function Classes({ picture, steered }: ViewProps): JSX.Element {
  const classes = topClasses(steered);
  const bar = (value: number, when: string) => (
    <span class={`class-bar ${when}`}>
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="100" height="8" />
        <rect width={Math.max(0, 100 * value)} height="8" />
      </svg>
      <span class="num">{share(value)}</span>
    </span>
  );
  return (
    <div class="panels two">
      <Picture picture={picture} />
      <figure class="panel">
        <figcaption>
          Classes <span class="quiet">the five likeliest before and after</span>
        </figcaption>
        <table class="classes">
          <thead>
            <tr>
              <th>Class</th>
              <th>Clean</th>
              <th>Edited</th>
            </tr>
          </thead>
          <tbody>
            {classes.map(({ name, clean, edited }) => (
              <tr>
                <th scope="row">{name}</th>
                <td>{bar(clean, "before")}</td>
                <td>{bar(edited, "after")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </figure>
    </div>
  );
}

function Features({ picture, steered }: ViewProps): JSX.Element {
  const { shift, norm, cosine } = featureShift(steered);
  const high = extent(shift.data)?.[1] ?? 0;
  const label = "length of the difference of the features";
  return (
    <div class="panels two">
      <Picture picture={picture} />
      {shift.width > 0 && (
        <MapPanel
          title={
            <Term name="shift" word={liveWords.shift!}>
              Shift of the features
            </Term>
          }
          name="difference"
          map={shift}
          range={{ map: "inferno", low: 0, high }}
          label={label}
          picture={picture}
        />
      )}
      <p class="quiet panel-note">
        Features have a length of {number(norm)}{" "}
        on average; the cosine of before and after is {number(cosine)}.
      </p>
    </div>
  );
}
