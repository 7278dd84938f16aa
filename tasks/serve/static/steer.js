/**
 * Sliders for the edits; the prediction follows them, and the last move wins.
 *
 * @module
 */
import { paintAll } from "./heat.js";

paintAll(document);

const form = document.querySelector("[data-steer]");
const place = document.querySelector("[data-steer-result]");
form.querySelector("[data-show]").hidden = true;

/** The range of a slider, by what the edit does. */
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
    // A value that was typed stays, and the slider's range grows to hold it.
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

/** What the form asks for, as the query of an address. */
function query() {
  const params = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (name === "add" || name === "error" && value === "keep") continue;
    params.append(name, value);
  }
  return params;
}

let pending, wanted, isAsking = false;
function follow() {
  wanted = query();
  const address = `${form.action}?${wanted}`;
  form.querySelector("[data-permanent]").href = address;
  // Browsers refuse to change the address more than about ten times a second.
  clearTimeout(pending);
  pending = setTimeout(() => history.replaceState(null, "", address), 250);
  if (!isAsking) ask();
}

/** Asks one question at a time until nothing has moved meanwhile, so that even a slow model follows a slider. */
async function ask() {
  isAsking = true;
  place.classList.add("busy");
  while (wanted) {
    const address = `${place.dataset.steerResult}?${wanted}`;
    wanted = undefined;
    try {
      const answer = await fetch(address), text = await answer.text();
      if (answer.ok) place.innerHTML = text;
      else complain(text);
    } catch {
      complain("");
    }
  }
  isAsking = false;
  place.classList.remove("busy");
}

/** Says why there is no prediction, as the page of the problem explains it. */
function complain(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const words = page.querySelector(".problem p:not(.status)")?.textContent ??
    "The server does not answer.";
  const note = place.querySelector(".prediction-note") ?? place;
  note.textContent = words;
}

/** Links to other pictures take the edits along as they are now. */
for (const link of document.querySelectorAll("a[rel=prev], a[rel=next]")) {
  link.addEventListener("click", () => {
    const url = new URL(link.href), params = query();
    params.set("image", url.searchParams.get("image"));
    link.href = `${form.action}?${params}`;
  });
}
