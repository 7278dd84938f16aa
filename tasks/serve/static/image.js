/**
 * One picture: shows the latents of the patch under the pointer and maps over the
 * picture; arrow keys go from patch to patch.
 *
 * @module
 */
import { inferno } from "./color_tables.js";
import { paintAll, smooth } from "./heat.js";

const view = document.querySelector("[data-image-view]");
const stage = view.querySelector("[data-stage]");
const panel = view.querySelector("[data-panel-place]");
const [rows, cols] = [Number(stage.dataset.rows), Number(stage.dataset.cols)];
const pieces = new Map();

/** The patch that was pressed, the one that is shown, and what lies over the picture. */
const state = {
  held: new URL(location.href).searchParams.get("patch"),
  patch: Number(panel.querySelector("[data-patch]").dataset.patch),
  ...layerOf(location.href),
};

paintAll(document);
pieces.set(keyOf(state.patch), panel.innerHTML);

const codes = fetch(view.dataset.source).then((answer) => answer.json());

function layerOf(href) {
  const { searchParams } = new URL(href);
  const latent = searchParams.get("latent");
  return {
    latent: latent === null ? undefined : Number(latent),
    layer: latent === null && searchParams.get("layer") === "error"
      ? "error"
      : undefined,
  };
}

function keyOf(patch) {
  return `${patch} ${state.latent}`;
}

/** Moves the mark to a patch, and shows its latents once the pointer rests. */
let pending;
function show(patch, wait = 30) {
  if (patch === state.patch) return;
  state.patch = patch;
  for (const mark of stage.querySelectorAll(".stage-mark")) {
    mark.setAttribute("x", patch % cols);
    mark.setAttribute("y", Math.floor(patch / cols));
  }
  clearTimeout(pending);
  const known = pieces.get(keyOf(patch));
  if (known !== undefined) fill(known);
  else pending = setTimeout(() => ask(patch), wait);
}

let asking;
async function ask(patch) {
  asking?.abort();
  asking = new AbortController();
  const query = new URLSearchParams({ patch });
  if (state.latent !== undefined) query.set("latent", state.latent);
  try {
    const answer = await fetch(`${view.dataset.panel}?${query}`, {
      signal: asking.signal,
    });
    if (!answer.ok) return;
    const piece = await answer.text();
    pieces.set(keyOf(patch), piece);
    if (patch === state.patch) fill(piece);
  } catch {
    // Another patch is asked for now.
  }
}

function fill(piece) {
  panel.innerHTML = piece;
  paintAll(panel);
  mark();
}

function patchAt(event) {
  const box = stage.getBoundingClientRect();
  const within = (place, count) =>
    Math.min(count - 1, Math.max(0, Math.floor(place * count)));
  const col = within((event.clientX - box.left) / box.width, cols);
  const row = within((event.clientY - box.top) / box.height, rows);
  return row * cols + col;
}

stage.addEventListener("pointermove", (event) => {
  if (state.held === null && event.pointerType === "mouse") {
    show(patchAt(event));
  }
});

stage.addEventListener("click", (event) => {
  event.preventDefault();
  const patch = patchAt(event);
  const isHeld = state.held !== null && Number(state.held) === patch;
  hold(isHeld ? null : patch);
  show(patch, 0);
});

function hold(patch) {
  state.held = patch === null ? null : String(patch);
  stage.classList.toggle("held", patch !== null);
  remember();
}

stage.addEventListener("keydown", (event) => {
  const [down, across] = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
  }[event.key] ?? [0, 0];
  if (event.key === "Escape") hold(null);
  if (!down && !across || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  const row = Math.floor(state.patch / cols) + down;
  const col = state.patch % cols + across;
  if (row < 0 || row >= rows || col < 0 || col >= cols) return;
  const patch = row * cols + col;
  hold(patch);
  show(patch, 0);
});

addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input, select, textarea")) return;
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (rel) document.querySelector(`a[rel=${rel}]`)?.click();
});

/** Puts what is shown into the address, so that it can be shared and returned to. */
function remember() {
  const url = new URL(location.href);
  const put = (name, value) =>
    value === undefined || value === null
      ? url.searchParams.delete(name)
      : url.searchParams.set(name, value);
  put("patch", state.held);
  put("latent", state.latent);
  put("layer", state.layer);
  history.replaceState(null, "", url);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-latent], a[data-layer]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { latent, layer } = layerOf(link.href);
  // Pressed again, the map goes away.
  state.latent = latent === state.latent ? undefined : latent;
  state.layer = layer;
  remember();
  draw();
  mark();
});

function mark() {
  for (const link of document.querySelectorAll("a[data-latent]")) {
    const isOn = Number(link.dataset.latent) === state.latent;
    if (isOn) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  for (const link of view.querySelectorAll("a[data-layer]")) {
    const isOn = state.latent === undefined &&
      link.dataset.layer === (state.layer ?? "none");
    if (isOn) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/** Draws the chosen map in place of the one from the server. */
async function draw() {
  const { latent, layer } = state;
  const legend = view.querySelector("[data-legend]");
  const name = legend.querySelector("[data-legend-name]");
  const scale = legend.querySelector("[data-legend-scale]");
  const found = await codes;
  if (latent !== state.latent || layer !== state.layer) return;
  stage.querySelector(".stage-map")?.remove();
  const isOn = latent !== undefined || layer === "error";
  scale.hidden = !isOn;
  name.textContent = !isOn
    ? ""
    : latent === undefined
    ? "Error of each patch"
    : `Latent ${latent}`;
  if (!isOn) return;
  const data = latent === undefined
    ? Float32Array.from(found.error, (one) => one ?? 0)
    : mapOf(found, latent);
  const high = data.reduce((a, b) => Math.max(a, b), 0);
  const ends = scale.querySelectorAll(".map-ends span");
  [0, high / 2, high].forEach((value, i) => {
    if (ends[i]) ends[i].textContent = String(Number(value.toPrecision(3)));
  });
  stage.querySelector("img").after(canvasOf(data, high));
}

function mapOf({ offsets, latents, values }, latent) {
  const map = new Float32Array(rows * cols);
  for (let patch = 0; patch < map.length; patch++) {
    for (let i = offsets[patch]; i < offsets[patch + 1]; i++) {
      if (latents[i] === latent) map[patch] = values[i];
    }
  }
  return map;
}

function canvasOf(data, high) {
  const by = 8, fine = smooth({ data, cols, rows }, by);
  const canvas = document.createElement("canvas");
  canvas.className = "stage-map";
  canvas.width = fine.cols;
  canvas.height = fine.rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(fine.cols, fine.rows);
  fine.data.forEach((one, i) => {
    const value = high > 0 ? Math.min(1, Math.max(0, one / high)) : 0;
    const at = 3 * Math.round(255 * value);
    image.data.set(
      [inferno[at], inferno[at + 1], inferno[at + 2], 120 + 95 * value],
      4 * i,
    );
  });
  context.putImageData(image, 0, 0);
  return canvas;
}
