// A form that saves itself: <form data-autosave="paper badges">. A moment after somebody types, the form is sent as its
// button would send it, and the parts of the answer with these ids take the place of those on the page: the preview
// follows the typing. What cannot be saved yet stays as typed; the button says why. Without this there is the button.
import { ask, replace } from "./ask.js";

const PAUSE = 800;
const waiting = new Set();
let timer = 0;
let last = Promise.resolve();
let isSending = false;
let isLeaving = false;

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("form[data-autosave]")) return;
  waiting.add(form);
  clearTimeout(timer);
  const isChoice = event.target.matches("select, [type=checkbox], [type=radio]");
  timer = setTimeout(() => (last = last.then(saveAll)), isChoice ? 0 : PAUSE);
});

// A button says the same and more: what is on its way arrives first, so that the older words never come last.
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  waiting.delete(form);
  if (!isSending || !form.matches("form[data-autosave]")) return;
  event.preventDefault();
  isLeaving = true;
  last = last.then(() => {
    isLeaving = false;
    form.requestSubmit(submitter);
  });
});

// Whoever leaves before the moment is over loses nothing.
addEventListener("pagehide", () => waiting.forEach((form) => navigator.sendBeacon(form.action, new FormData(form))));

async function saveAll() {
  for (const form of [...waiting]) {
    waiting.delete(form);
    isSending = true;
    const answer = await ask(form.action, new FormData(form)).catch(() => null);
    isSending = false;
    if (answer?.status === 200) await show(form, answer.page);
    else tell("not");
  }
}

async function show(form, page) {
  const focused = document.activeElement;
  const isTyping = focused?.matches("input:not([type=checkbox], [type=radio]), textarea");
  for (const id of form.dataset.autosave.split(" ")) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !fresh || (isTyping && old.contains(focused))) continue;
    await drawn(fresh);
    if (isAhead(old)) continue;
    replace(old, fresh);
  }
  if (focused?.id && !focused.isConnected) document.getElementById(focused.id)?.focus();
  tell("words");
}

/** Whether what was typed last is saved: an older "saved" must not stand beside what is not. */
function tell(which) {
  const saved = document.getElementById("saved");
  if (saved) saved.textContent = saved.dataset[which];
}

/** Something in it was typed or chosen since its form was sent: the next answer will know of it. */
function isAhead(part) {
  return isLeaving || [...waiting].some((form) => part.contains(form) || form.contains(part));
}

/** Until the first picture of a part is here, so that the old one is not taken away for a white box. */
async function drawn(part) {
  const first = part.querySelector("img[src]");
  if (!first) return;
  const picture = new Image();
  picture.src = first.getAttribute("src");
  await picture.decode().catch(() => null);
}
