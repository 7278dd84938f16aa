/**
 * Sends a picture that is dropped or pasted anywhere on the page, and opens its
 * page.
 *
 * @module
 */
const zone = document.querySelector("[data-drop]");
const problem = zone.querySelector("[data-drop-problem]");
const hint = zone.querySelector("[data-drop-hint]");
const input = zone.querySelector("input[type=file]");
const most = Number(zone.dataset.most);

hint.textContent =
  `Drop it here, paste it, or choose a file. ${hint.textContent}`;
zone.querySelector("button").hidden = true;

async function send(file) {
  problem.hidden = true;
  if (file.size > most) {
    const mb = (bytes) => `${Math.round(bytes / 2 ** 20)} MB`;
    return complain(
      `Cannot take ${mb(file.size)}: at most ${
        mb(most)
      } can be sent; make the picture smaller first`,
    );
  }
  zone.classList.add("busy");
  try {
    const form = new FormData();
    form.set("picture", file);
    const answer = await fetch(zone.dataset.drop, {
      method: "POST",
      body: form,
    });
    const { links, error } = await answer.json();
    if (!answer.ok) return complain(error);
    location.href = links.page;
  } catch {
    complain("Cannot send the picture: the server does not answer");
  } finally {
    zone.classList.remove("busy");
  }
}

function complain(text) {
  problem.textContent = `${text}.`;
  problem.hidden = false;
  input.value = "";
}

input.addEventListener("change", () => {
  if (input.files[0]) send(input.files[0]);
});

addEventListener("dragover", (event) => {
  event.preventDefault();
  zone.classList.add("over");
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) zone.classList.remove("over");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("over");
  const file = event.dataTransfer.files[0];
  if (file) send(file);
});
addEventListener("paste", (event) => {
  const file = event.clipboardData.files[0];
  if (file) send(file);
});
