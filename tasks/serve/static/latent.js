/**
 * One latent: buttons for how its values are drawn, arrow keys to the next one,
 * its pictures as one PNG.
 *
 * @module
 */
import { inferno } from "./color_tables.js";
import { paintAll, paintGroup } from "./heat.js";

paintAll(document);

const groups = [...document.querySelectorAll("[data-heat]")];
const choices = document.querySelector("[data-choices]");

const drawings = [
  ["Smooth", { heat: "heat" }],
  ["Patches", { heat: "heat", patches: "" }],
  ["Lit", { heat: "lit" }],
  ["Pictures", { heat: "none" }],
];

if (choices) {
  const buttons = drawings.map(([name, how], i) => {
    const button = buttonOf(name, () => {
      for (const group of groups) {
        delete group.dataset.patches;
        Object.assign(group.dataset, how);
        paintGroup(group);
      }
      buttons.forEach((one) =>
        one.setAttribute("aria-pressed", one === button)
      );
    });
    button.setAttribute("aria-pressed", i === 0);
    return button;
  });
  choices.append(...buttons, buttonOf("Copy as PNG", copy));
  choices.hidden = false;
}

function buttonOf(name, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = name;
  button.addEventListener("click", () => onClick(button));
  return button;
}

addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input, select, textarea")) return;
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (rel) document.querySelector(`a[rel=${rel}]`)?.click();
});

/** Copies the top pictures as they are drawn now, with the scale below; without a clipboard, saves them as a file. */
async function copy(button) {
  const name = button.textContent;
  const blob = await new Promise((done) => sheet().toBlob(done, "image/png"));
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
    button.textContent = "Copied";
  } catch {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${document.title.replace(/[^\w-]+/g, "-")}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    button.textContent = "Saved";
  }
  setTimeout(() => button.textContent = name, 2000);
}

function sheet() {
  const group = groups[0],
    tiles = [...group.querySelectorAll(".tile")].slice(0, 16);
  const [side, gap, head, foot] = [192, 8, 40, 40];
  const cols = Math.min(8, tiles.length), rows = Math.ceil(tiles.length / cols);
  const canvas = document.createElement("canvas");
  canvas.width = gap + cols * (side + gap);
  canvas.height = head + rows * (side + gap) + foot;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#1c1e22";
  context.font = "600 18px system-ui, sans-serif";
  context.fillText(document.title, gap, 26);
  tiles.forEach((tile, i) => {
    const x = gap + (i % cols) * (side + gap);
    const y = head + Math.floor(i / cols) * (side + gap);
    drawTile(context, tile, x, y, side);
  });
  drawScale(context, Number(group.dataset.scale), gap, canvas.height - 26);
  return canvas;
}

function drawTile(context, tile, x, y, side) {
  const image = tile.querySelector("img"), over = tile.querySelector("canvas");
  if (!image.naturalWidth) return;
  const by = Math.min(side / image.naturalWidth, side / image.naturalHeight);
  const width = image.naturalWidth * by, height = image.naturalHeight * by;
  const left = x + (side - width) / 2, top = y + (side - height) / 2;
  context.drawImage(image, left, top, width, height);
  if (!over) return;
  context.imageSmoothingEnabled = !over.classList.contains("patches");
  context.drawImage(over, left, top, width, height);
  context.imageSmoothingEnabled = true;
}

function drawScale(context, scale, x, y) {
  for (let step = 0; step < 256; step++) {
    const at = 3 * step;
    context.fillStyle = `rgb(${inferno[at]} ${inferno[at + 1]} ${
      inferno[at + 2]
    })`;
    context.fillRect(x + 24 + step, y, 1, 10);
  }
  context.fillStyle = "#62656d";
  context.font = "14px system-ui, sans-serif";
  context.fillText("0", x, y + 10);
  context.fillText(scale.toPrecision(4), x + 288, y + 10);
}
