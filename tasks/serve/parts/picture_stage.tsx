/**
 * A picture under its grid of patches, with a map over it.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ShownPicture } from "../live/shown_picture.ts";

/** The most patches that are links: more would make the page slow. */
const mostLinks = 1600;

/** A picture whose patches can be pressed. The module `image.js` moves the mark and draws other maps. */
export function PictureStage(
  { picture, grid: [rows, cols], patch, overlay, href }: {
    picture: ShownPicture;
    grid: readonly [rows: number, cols: number];
    /** The patch that is marked. */
    patch: number;
    /** The data URL of a map that lies over it. */
    overlay: string | undefined;
    /** Where a press on a patch leads. */
    href: (patch: number) => string;
  },
): JSX.Element {
  const mark = { x: patch % cols, y: Math.floor(patch / cols) };
  return (
    <div
      class="stage"
      data-stage
      data-cols={cols}
      data-rows={rows}
      tabindex={0}
      role="group"
      aria-label="The picture's patches: arrow keys go from patch to patch"
    >
      <img
        class="stage-picture"
        src={picture.url("large")}
        alt={picture.name}
      />
      {overlay && <img class="stage-map" src={overlay} alt="" />}
      <svg
        viewBox={`0 0 ${cols} ${rows}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path class="stage-grid" d={gridPath(rows, cols)} />
        {rows * cols <= mostLinks &&
          Array.from(
            { length: rows * cols },
            (_, i) => (
              <a href={href(i)} tabindex={-1}>
                <rect
                  class="stage-cell"
                  x={i % cols}
                  y={Math.floor(i / cols)}
                  width="1"
                  height="1"
                />
              </a>
            ),
          )}
        {["under", "over"].map((name) => (
          <rect
            class={`stage-mark ${name}`}
            x={mark.x}
            y={mark.y}
            width="1"
            height="1"
          />
        ))}
      </svg>
    </div>
  );
}

/** The lines between patches. */
function gridPath(rows: number, cols: number): string {
  const down = Array.from(
    { length: cols - 1 },
    (_, i) => `M${i + 1} 0V${rows}`,
  );
  const across = Array.from(
    { length: rows - 1 },
    (_, i) => `M0 ${i + 1}H${cols}`,
  );
  return [...down, ...across].join("");
}
