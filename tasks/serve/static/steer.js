/**
 * Sliders for the edits; the prediction follows them, the last move wins.
 *
 * @module
 */
import { paintAll } from "./heat.js";

paintAll(document);

const form = document.querySelector("[data-steer]");
const place = document.querySelector("[data-steer-result]");
form.querySelector("[data-show]").hidden = true;

/** From where to where a slider goes, by what is done. */
function rangeOf(row, how) {
  const most = Number(row.dataset.most);
  if (how === "scale") return { min: -4, max: 8, step: 0.1, usual: 2 };
  return {
    min: 0,
    max: most,
    step: most / 200,
    usual: Number(row.dataset.usual),
  };
}

for (const row of form.querySelectorAll("[data-edit]")) {
  const how = row.querySelector("select");
  const number = row.querySelector("input[type=number]");
  const slider = document.createElement("input");
  slider.type = "range";
  slider.setAttribute("aria-label", number.getAttribute("aria-label"));
  number.after(slider);
  const fit = () => {
    const { min, max, step } = rangeOf(row, how.value);
    const value = Number(number.value);
    // A value that was typed stays where it is: the slider grows to it.
    Object.assign(slider, {
      min: Math.min(min, value),
      max: Math.max(max, value),
      step,
    });
    slider.value = value;
    slider.disabled = number.readOnly = how.value === "ablate";
    row.classList.toggle("ablated", how.value === "ablate");
  };
  slider.addEventListener("input", () => {
    number.value = Number(Number(slider.value).toPrecision(4));
    follow();
  });
  number.addEventListener("input", () => {
    fit();
    follow();
  });
  how.addEventListener("change", () => {
    const { usual } = rangeOf(row, how.value);
    number.value = how.value === "ablate" ? 0 : usual;
    fit();
    follow();
  });
  fit();
}

for (const name of ["error", "prediction"]) {
  form.elements[name]?.addEventListener("change", () => follow());
}

/** What the form asks for, as an address has it. */
function query() {
  const params = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (name === "add" || name === "error" && value === "keep") continue;
    params.append(name, value);
  }
  return params;
}

let pending, asking;
function follow() {
  const params = query();
  const address = `${form.action}?${params}`;
  history.replaceState(null, "", address);
  form.querySelector("[data-permanent]").href = address;
  clearTimeout(pending);
  pending = setTimeout(() => ask(params), 40);
}

async function ask(params) {
  asking?.abort();
  const own = asking = new AbortController();
  place.classList.add("busy");
  try {
    const answer = await fetch(`${place.dataset.steerResult}?${params}`, {
      signal: own.signal,
    });
    const text = await answer.text();
    if (own !== asking) return;
    if (answer.ok) place.innerHTML = text;
    else complain(text);
  } catch {
    if (own === asking && !own.signal.aborted) {
      complain("");
    }
  } finally {
    if (own === asking) place.classList.remove("busy");
  }
}

/** Says why there is no prediction: the page of the problem holds it. */
function complain(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const words = page.querySelector(".problem p:not(.status)")?.textContent ??
    "The server does not answer.";
  const note = place.querySelector(".prediction-note") ?? place;
  note.textContent = words;
}

/** Arrows go to the pictures before and behind with the edits as they are now. */
for (const link of document.querySelectorAll("a[rel=prev], a[rel=next]")) {
  link.addEventListener("click", () => {
    const url = new URL(link.href), params = query();
    params.set("image", url.searchParams.get("image"));
    link.href = `${form.action}?${params}`;
  });
}
