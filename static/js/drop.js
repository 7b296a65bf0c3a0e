// Drop zones and uploads: <form data-upload data-lost="..."> with a <div data-drop> in it. The file field inside is the
// real thing and works without this; this adds dropping, the names of what was chosen, and how far an upload is.
import { ask, replace } from "./ask.js";
import { progressOf } from "./progress.js";

const zoneOf = (event) => (event.target instanceof Element ? event.target.closest("[data-drop]") : null);

for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.add("over");
  });
}

document.addEventListener("dragleave", (event) => {
  const zone = zoneOf(event);
  if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("over");
});

document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  const field = zone?.querySelector("input[type=file]");
  if (!field || !event.dataTransfer.files.length) return;
  event.preventDefault();
  zone.classList.remove("over");
  field.files = event.dataTransfer.files;
  if (field.form?.matches("[data-upload]")) field.form.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-upload]") || event.defaultPrevented) return;
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((field) => [...field.files]);
  if (!files.length) return;
  event.preventDefault();
  send(form, event.submitter, files);
});

async function send(form, submitter, files) {
  const sent = new FormData(form, submitter);
  const shown = progressOf(form, files.map((file) => file.name).join(", "));
  if (submitter) submitter.disabled = true;
  try {
    const answer = await ask(form.action, sent, (event) => shown.set(event.loaded / event.total));
    arrive(answer);
  } catch {
    shown.fail(form.dataset.lost);
  } finally {
    if (submitter) submitter.disabled = false;
  }
}

function arrive({ page, url, status }) {
  if (status < 400) history.pushState(null, "", url);
  document.title = page.title;
  replace(document.querySelector("main"), page.querySelector("main")).focus();
}

// What "back" leads to was replaced on the page: then the real page is asked for.
addEventListener("popstate", () => location.reload());
