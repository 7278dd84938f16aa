/**
 * All latents in one long list, of which pieces are fetched when they come near
 * and dropped when they are far.
 *
 * @module
 */
import { paintAll } from "./heat.js";

const grid = document.getElementById("grid");
const { total, rows, offset, source } = grid.dataset;
const [all, perPiece, first] = [Number(total), Number(rows), Number(offset)];

/** How many pieces are kept, those out of sight included. */
const most = 40;

const rowHeight = () =>
  parseFloat(
    getComputedStyle(document.documentElement).getPropertyValue("--row"),
  );

const pieces = [];
const filled = new Set();

function layOut() {
  const given = grid.querySelector(".rows");
  const list = document.createDocumentFragment();
  for (let from = 0; from < all; from += perPiece) {
    const piece = document.createElement("div");
    piece.className = "chunk";
    piece.dataset.from = from;
    if (from === first && given) {
      piece.append(given);
      filled.add(piece);
    }
    pieces.push(piece);
    list.append(piece);
  }
  grid.replaceChildren(list);
  size();
  document.querySelector(".pager").hidden = true;
}

function size() {
  const height = rowHeight();
  for (const piece of pieces) {
    const count = Math.min(perPiece, all - Number(piece.dataset.from));
    piece.style.height = `${count * height}px`;
  }
}

async function fill(piece) {
  if (filled.has(piece)) return;
  filled.add(piece);
  try {
    const answer = await fetch(`${source}&offset=${piece.dataset.from}`);
    if (!answer.ok) throw new Error(String(answer.status));
    piece.innerHTML = await answer.text();
    paintAll(piece);
  } catch {
    filled.delete(piece);
    piece.textContent =
      "These latents could not be read; scroll again to try again.";
  }
}

function dropFar() {
  if (filled.size <= most) return;
  const middle = scrollY + innerHeight / 2;
  const far = [...filled].sort((a, b) =>
    distance(b, middle) - distance(a, middle)
  );
  for (const piece of far.slice(0, filled.size - most)) {
    if (piece.contains(document.activeElement)) continue;
    piece.replaceChildren();
    filled.delete(piece);
  }
}

const distance = (piece, middle) =>
  Math.abs(piece.offsetTop + piece.offsetHeight / 2 - middle);

/** Puts the reader's place into the address, so that it can be shared and returned to. */
let pending;
function remember() {
  clearTimeout(pending);
  pending = setTimeout(() => {
    const seen = pieces.find((piece) =>
      piece.getBoundingClientRect().bottom > 64
    );
    if (!seen) return;
    const url = new URL(location.href);
    if (seen === pieces[0]) url.searchParams.delete("offset");
    else url.searchParams.set("offset", seen.dataset.from);
    if (url.href !== location.href) history.replaceState(null, "", url);
    dropFar();
  }, 250);
}

/** Moves from row to row with the arrow keys. */
function step(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = document.activeElement?.closest?.(".row");
  if (!by || !row) return;
  const all = [...grid.querySelectorAll(".row")];
  const next = all[all.indexOf(row) + by];
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

if (all > 0) {
  layOut();
  paintAll(grid);
  if (first > 0) {
    history.scrollRestoration = "manual";
    pieces[first / perPiece].scrollIntoView();
  }
  const watch = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) fill(target);
      }
    },
    { rootMargin: "800px 0px" },
  );
  pieces.forEach((piece) => watch.observe(piece));
  addEventListener("scroll", remember, { passive: true });
  addEventListener("resize", size);
  grid.addEventListener("keydown", step);
}

for (const select of document.querySelectorAll(".filter select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// Empty fields are left out of the address.
document.querySelector(".filter").addEventListener(
  "formdata",
  ({ formData }) => {
    for (const [name, value] of [...formData]) {
      if (value === "") formData.delete(name);
    }
  },
);
