/**
 * The dictionary as points, coloured by rank so that every part of a skewed
 * column can be told apart. Ctrl and the wheel, or two fingers, zoom; a press
 * opens a latent; arrow keys go from point to point.
 *
 * @module
 */
import { viridis } from "./color_tables.js";
import { paintAll } from "./heat.js";

const frame = document.querySelector("[data-map]");
const form = document.querySelector("[data-map-form]");
form.querySelector("select").addEventListener(
  "change",
  () => form.requestSubmit(),
);
form.querySelector("button").hidden = true;

const answer = await fetch(frame.dataset.map);
if (answer.ok) show(await answer.json());

function show({ x, y, color, column }) {
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute(
    "aria-label",
    `The dictionary on a plane, coloured by ${column.name}; arrow keys go from latent to latent, Enter opens one`,
  );
  const preview = document.createElement("div");
  preview.className = "preview";
  preview.setAttribute("aria-live", "polite");
  preview.innerHTML =
    "<p class=quiet>Point at a latent to see its pictures.</p>";
  frame.replaceChildren(canvas, preview);

  const ranks = ranksOf(color);
  const view = { zoom: 1, left: 0, top: 0 };
  const [lowX, highX] = ends(x), [lowY, highY] = ends(y);
  let chosen = -1, size = { width: 0, height: 0 };

  const place = (i) => {
    const margin = 16;
    const across = (x[i] - lowX) / (highX - lowX || 1);
    const down = 1 - (y[i] - lowY) / (highY - lowY || 1);
    return [
      (margin + across * (size.width - 2 * margin) - view.left) * view.zoom,
      (margin + down * (size.height - 2 * margin) - view.top) * view.zoom,
    ];
  };

  function draw() {
    const ratio = devicePixelRatio || 1;
    const width = frame.clientWidth - 32;
    size = {
      width,
      height: Math.round(
        Math.min(width * 0.55, Math.max(280, innerHeight * 0.52)),
      ),
    };
    canvas.width = width * ratio;
    canvas.height = size.height * ratio;
    canvas.style.height = `${size.height}px`;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const radius = Math.max(1.2, Math.min(4, 160 / Math.sqrt(x.length))) *
      Math.sqrt(view.zoom);
    context.globalAlpha = x.length > 8000 && view.zoom < 3 ? 0.6 : 0.85;
    for (let i = 0; i < x.length; i++) {
      const [px, py] = place(i), at = 3 * Math.round(255 * ranks[i]);
      if (px < -9 || py < -9 || px > width + 9 || py > size.height + 9) {
        continue;
      }
      context.fillStyle = `rgb(${viridis[at]} ${viridis[at + 1]} ${
        viridis[at + 2]
      })`;
      context.beginPath();
      context.arc(px, py, radius, 0, 7);
      context.fill();
    }
    context.globalAlpha = 1;
    if (chosen < 0) return;
    const [px, py] = place(chosen);
    context.strokeStyle = getComputedStyle(document.body).color;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(px, py, radius + 5, 0, 7);
    context.stroke();
  }

  function nearest(px, py, isIn = () => true) {
    let best = -1, least = Infinity;
    for (let i = 0; i < x.length; i++) {
      const [qx, qy] = place(i);
      const far = (qx - px) ** 2 + (qy - py) ** 2;
      if (far < least && isIn(qx - px, qy - py, i)) [best, least] = [i, far];
    }
    return [best, Math.sqrt(least)];
  }

  let pending;
  function choose(latent) {
    if (latent === chosen) return;
    chosen = latent;
    draw();
    clearTimeout(pending);
    pending = setTimeout(async () => {
      const rows = `${frame.dataset.latents}rows?q=${latent}`;
      const answer = await fetch(rows);
      if (!answer.ok || latent !== chosen) return;
      preview.innerHTML = await answer.text();
      paintAll(preview);
    }, 100);
  }

  const open = () => {
    if (chosen >= 0) location.href = frame.dataset.latents + chosen;
  };

  let drag;
  canvas.addEventListener("pointerdown", (event) => {
    drag = {
      x: event.offsetX,
      y: event.offsetY,
      moved: false,
      ...{ left: view.left, top: view.top },
    };
    if (event.pointerType === "mouse") {
      canvas.setPointerCapture(event.pointerId);
    }
  });
  canvas.addEventListener("pointermove", (event) => {
    if (
      drag && event.buttons && event.pointerType === "mouse" && view.zoom > 1
    ) {
      const [dx, dy] = [event.offsetX - drag.x, event.offsetY - drag.y];
      drag.moved ||= Math.hypot(dx, dy) > 4;
      view.left = drag.left - dx / view.zoom;
      view.top = drag.top - dy / view.zoom;
      return draw();
    }
    const [latent, far] = nearest(event.offsetX, event.offsetY);
    if (far < 24) choose(latent);
  });
  canvas.addEventListener("pointerup", (event) => {
    const moved = drag?.moved;
    drag = undefined;
    if (moved) return;
    const [latent, far] = nearest(event.offsetX, event.offsetY);
    if (far > 24) return;
    // A finger cannot hover: the first press shows, the second opens.
    if (event.pointerType === "mouse" || latent === chosen) {
      chosen = latent;
      open();
    } else choose(latent);
  });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && view.zoom === 1 && event.deltaY > 0) return;
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    const before = view.zoom;
    view.zoom = Math.min(
      40,
      Math.max(1, before * Math.exp(-event.deltaY / 300)),
    );
    view.left += event.offsetX / before - event.offsetX / view.zoom;
    view.top += event.offsetY / before - event.offsetY / view.zoom;
    if (view.zoom === 1) view.left = view.top = 0;
    draw();
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter") return open();
    const way = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    }[event.key];
    if (!way) return;
    event.preventDefault();
    const [px, py] = chosen < 0
      ? [size.width / 2, size.height / 2]
      : place(chosen);
    const [latent] = nearest(px, py, (dx, dy, i) => {
      const along = dx * way[0] + dy * way[1];
      return i !== chosen && along > 0 &&
        along >= Math.abs(dx * way[1] + dy * way[0]);
    });
    if (latent >= 0) choose(latent);
  });
  addEventListener("resize", draw);
  addEventListener("themechange", draw);
  draw();
}

function ends(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** The share of numbers below each; 0 for what is not a number. */
function ranksOf(values) {
  const order = values.map((value, i) => [value, i])
    .filter(([value]) => value !== null).sort(([a], [b]) => a - b);
  const ranks = new Float32Array(values.length);
  let same = 0;
  order.forEach(([value, i], at) => {
    if (at > 0 && value !== order[at - 1][0]) same = at;
    ranks[i] = same / Math.max(1, order.length - 1);
  });
  return ranks;
}
