/**
 * Follows a run that trains: asks every two seconds whether its log has grown,
 * and then updates the numbers. Where nothing trains it asks less often, since a
 * training may begin.
 *
 * @module
 */
const [often, seldom] = [2000, 15_000];

for (const part of document.querySelectorAll("[data-live]")) follow(part);

async function follow(part) {
  const { live, metrics } = part.dataset;
  let from = Number(part.dataset.from ?? 0), isOn = "on" in part.dataset;
  let rest = 0;
  for (;;) {
    await new Promise((done) => setTimeout(done, isOn ? often : seldom));
    if (document.hidden) continue;
    try {
      if (metrics && isOn) {
        const answer = await fetch(`${metrics}?from=${from}`);
        const { next, restarted, lines } = await answer.json();
        // Without a new line the run may have ended: look every fifth time.
        if (!restarted && lines.length === 0 && ++rest % 5 !== 0) continue;
        from = restarted ? 0 : next;
      }
      const answer = await fetch(live);
      if (!answer.ok) continue;
      isOn = answer.headers.get("x-live") === "yes";
      show(part, await answer.text());
    } catch {
      // The server was stopped: it may come back.
    }
  }
}

const shown = new WeakMap();

/** Replaces the content of a part if it has changed, and keeps the focus where it was. */
function show(part, text) {
  if (shown.get(part) === text) return;
  shown.set(part, text);
  const places = () => [...part.querySelectorAll("a, button")];
  const at = places().indexOf(document.activeElement);
  part.innerHTML = text;
  if (at >= 0) places()[at]?.focus();
}
