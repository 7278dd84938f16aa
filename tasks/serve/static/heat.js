/**
 * Draws a latent's values over its pictures. `data-map` of a picture holds a
 * byte for each patch, where 255 stands for `data-value`; `data-scale` of a group
 * is the value of the brightest colour in all its pictures.
 *
 * @module
 */
import { inferno } from "./color_tables.js";

/** Draws over all pictures in `root`. */
export function paintAll(root) {
  for (const group of root.querySelectorAll("[data-heat]")) paintGroup(group);
  if (root.matches?.("[data-heat]")) paintGroup(root);
}

/** Draws over the pictures of one group as its `data-heat` says: `lit`, `heat` or `none`; `data-patches` turns smoothing off. */
export function paintGroup(group) {
  const { heat, scale, patches } = group.dataset;
  for (const tile of group.querySelectorAll(".tile[data-map]")) {
    const old = tile.querySelector("canvas");
    if (heat === "none") {
      old?.remove();
      continue;
    }
    const canvas = old ?? document.createElement("canvas");
    const values = valuesOf(tile, Number(scale));
    if (heat === "lit") drawLit(canvas, values);
    else drawHeat(canvas, patches === undefined ? smooth(values, 8) : values);
    canvas.classList.toggle("patches", patches !== undefined || heat === "lit");
    if (old) continue;
    const image = tile.querySelector("img");
    canvas.hidden = !image.complete;
    image.addEventListener("load", () => canvas.hidden = false);
    image.after(canvas);
  }
}

/** A picture's values from 0 to 1, where 1 stands for `scale`. */
export function valuesOf(tile, scale) {
  const bytes = Uint8Array.from(
    atob(tile.dataset.map),
    (c) => c.charCodeAt(0),
  );
  const cols = Number(tile.dataset.cols), rows = bytes.length / cols;
  const by = scale > 0 ? Number(tile.dataset.value) / scale / 255 : 0;
  return { data: Float32Array.from(bytes, (byte) => byte * by), cols, rows };
}

/** The values on a grid `by` times as fine, interpolated linearly between the middles of patches. */
export function smooth({ data, cols, rows }, by) {
  const width = cols * by, height = rows * by;
  const out = new Float32Array(width * height);
  const at = (place, most) => {
    const x = Math.min(most - 1, Math.max(0, (place + 0.5) / by - 0.5));
    const first = Math.floor(x);
    return [first, Math.min(most - 1, first + 1), x - first];
  };
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = at(y, rows);
    for (let x = 0; x < width; x++) {
      const [left, right, across] = at(x, cols);
      const above = data[top * cols + left] * (1 - across) +
        data[top * cols + right] * across;
      const below = data[bottom * cols + left] * (1 - across) +
        data[bottom * cols + right] * across;
      out[y * width + x] = above * (1 - down) + below * down;
    }
  }
  return { data: out, cols: width, rows: height };
}

/** Keeps patches bright where the latent fires, and dims the others. */
function drawLit(canvas, { data, cols, rows }) {
  draw(canvas, cols, rows, (pixels, i) => {
    pixels[4 * i] = pixels[4 * i + 1] = pixels[4 * i + 2] = 12;
    pixels[4 * i + 3] = 148 * (1 - Math.sqrt(data[i]));
  });
}

/** Draws values as colours, nearly opaque where they are large. */
function drawHeat(canvas, { data, cols, rows }) {
  draw(canvas, cols, rows, (pixels, i) => {
    const value = Math.min(1, data[i]), step = 3 * Math.round(255 * value);
    pixels[4 * i] = inferno[step];
    pixels[4 * i + 1] = inferno[step + 1];
    pixels[4 * i + 2] = inferno[step + 2];
    pixels[4 * i + 3] = 120 + 95 * value;
  });
}

function draw(canvas, width, height, fill) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) fill(image.data, i);
  context.putImageData(image, 0, 0);
}
