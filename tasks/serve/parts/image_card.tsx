/**
 * A picture with a map over it, beside the latents of one of its patches.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { overlayDataUrl } from "../live/color_map.ts";
import {
  type ImageQuery,
  type ImageView,
  layerOf,
  patchOf,
} from "../live/image_view.ts";
import { extent } from "../runs/extent.ts";
import { apiImageLatentsUrl, imageUrl, patchUrl } from "../urls.ts";
import { MapLegend } from "./map_legend.tsx";
import { PatchPanel } from "./patch_panel.tsx";
import { PictureStage } from "./picture_stage.tsx";

/** The picture and a patch of it. The module `image.js` moves from patch to patch. */
export async function ImageCard(
  { of, asked }: { of: ImageView; asked: ImageQuery },
): Promise<JSX.Element> {
  const { run, picture, found: { grid, error } } = of;
  const patch = patchOf(of, asked), [height, width] = grid;
  const map = layerOf(of, asked);
  const overlay = map && await overlayDataUrl(
    { data: map.data, width, height },
    map.high,
  );
  return (
    <div
      class="image-view"
      data-image-view
      data-source={apiImageLatentsUrl(run.name, picture.ref)}
      data-panel={patchUrl(run.name, picture.ref)}
      data-worst={extent(error)?.[1] ?? 0}
    >
      <div class="card image-card">
        <PictureStage
          picture={picture}
          grid={grid}
          patch={patch}
          overlay={overlay}
          href={(patch) => imageUrl(run.name, picture.ref, { ...asked, patch })}
        />
        <Layers of={of} asked={asked} patch={patch} />
        <p class="quiet hint">
          Point at a patch to see its latents; press it, or use the arrow keys,
          to stay there. Press a bar to see where its latent fires.
        </p>
      </div>
      <div class="card" data-panel-place aria-live="polite">
        <PatchPanel of={of} asked={{ ...asked, patch }} />
      </div>
    </div>
  );
}

/** What may lie over the picture, and the scale of what does. */
function Layers(
  { of, asked, patch }: { of: ImageView; asked: ImageQuery; patch: number },
): JSX.Element {
  const { run, picture } = of, map = layerOf(of, asked);
  const layers = [
    ["Picture", { patch }, asked.layer === undefined && !map],
    [
      "Reconstruction error",
      { patch, layer: "error" },
      asked.layer === "error",
    ],
  ] as const;
  return (
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
  );
}
