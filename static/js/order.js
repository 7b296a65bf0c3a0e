// Dragging to another place: <ol data-order> with <li data-item="id">, a hidden handle [data-grip] in each, and per
// item a <select name="place-id"> beside a button "place:id". A drop chooses the place and presses that button, so
// the server orders as it does without this. Escape puts it back. The buttons keep the focus where it was.
import { ask, onEveryPart, replace } from "./ask.js";

const said = document.createElement("p");
said.className = "sr";
said.setAttribute("aria-live", "polite");
document.body.append(said);

onEveryPart((root) => {
  for (const grip of root.querySelectorAll("[data-order] [data-grip]")) grip.hidden = false;
});

let held = null;

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip || event.button !== 0) return;
  const item = grip.closest("[data-item]");
  event.preventDefault();
  grip.setPointerCapture(event.pointerId);
  held = { grip, item, list: item.parentElement, before: item.nextElementSibling };
  item.classList.add("held");
});

document.addEventListener("pointermove", (event) => {
  if (!held) return;
  const { item, list } = held;
  const others = [...list.children].filter((one) => one !== item);
  const below = others.find((one) => {
    const box = one.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  if ((below ?? null) !== item.nextElementSibling) list.insertBefore(item, below ?? null);
  const edge = 80;
  if (event.clientY < edge) scrollBy(0, -12);
  else if (event.clientY > innerHeight - edge) scrollBy(0, 12);
});

document.addEventListener("pointerup", () => {
  if (!held) return;
  const { item, list, before } = held;
  letGo();
  if (item.nextElementSibling === before) return;
  const select = item.querySelector("select[name^='place-']");
  select.selectedIndex = [...list.children].indexOf(item);
  press(item, "place");
});

document.addEventListener("pointercancel", back);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && held) back();
});

function back() {
  if (!held) return;
  held.list.insertBefore(held.item, held.before);
  letGo();
}

function letGo() {
  held.item.classList.remove("held");
  held = null;
}

function press(item, act) {
  const button = item.querySelector(`button[value^="${act}:"]`);
  button?.form.requestSubmit(button);
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const act = submitter?.value.split(":")[0];
  if (!["up", "down", "place"].includes(act) || !form.querySelector("[data-order]")) return;
  event.preventDefault();
  const value = submitter.value;
  const answer = await ask(form.action, new FormData(form, submitter)).catch(() => null);
  const fresh = answer?.page.querySelector("main");
  if (!fresh) {
    withButton(form, submitter).submit(); // without an answer, the browser says so in its own words
    return;
  }
  const at = scrollY;
  const main = replace(document.querySelector("main"), fresh);
  scrollTo(0, at);
  const same = main.querySelector(`button[value="${CSS.escape(value)}"]`);
  const item = main.querySelector(`[data-item="${CSS.escape(value.split(":")[1])}"]`);
  (same && !same.disabled ? same : item?.querySelector("button:not(:disabled), select"))?.focus();
  said.textContent = main.querySelector(".flashes")?.textContent.trim() ?? "";
});

function withButton(form, submitter) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = submitter.name;
  field.value = submitter.value;
  form.append(field);
  return form;
}
