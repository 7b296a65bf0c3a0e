// Several files in one form: <form data-each data-lost="..." data-kept="...">. They go a few megabytes at a time, one
// request after the other, so that a bar tells how far they are and a lost connection costs little. What is wrong with
// one keeps none of the others out. Without this the form sends them all at once.
import { ask, replace } from "./ask.js";
import { progressOf } from "./progress.js";

const GROUP_BYTES = 8_000_000;
const GROUP_FILES = 20;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-each]") || event.defaultPrevented) return;
  const field = form.querySelector("input[type=file]");
  if (!field.files.length) return;
  event.preventDefault();
  sendAll(form, field, event.submitter);
});

async function sendAll(form, field, submitter) {
  const files = [...field.files];
  const total = files.reduce((sum, file) => sum + file.size, 0) || 1;
  const shown = progressOf(form, files[0].name);
  const refused = [];
  let sent = 0;
  let done = 0;
  let kept = 0;
  let last = null;
  if (submitter) submitter.disabled = true;
  try {
    for (const group of groupsOf(files)) {
      const size = group.reduce((sum, file) => sum + file.size, 0);
      const number = done + group.length;
      shown.name(files.length > 1 ? `${group.at(-1).name} (${number} / ${files.length})` : group[0].name);
      const answer = await ask(addressOf(form), fieldsWith(form, field, group, files.length > 1), (event) =>
        shown.set((sent + (size * event.loaded) / event.total) / total),
      );
      sent += size;
      done = number;
      if (answer.status < 400) last = answer;
      else refused.push(...reasons(answer.page, group));
      kept += answer.status < 400 ? group.length : addedOf(answer.page);
    }
    arrive(form, field, last, refused, files.length, kept);
  } catch {
    if (refused.length) tell(form, refused, kept);
    choose(field, files.slice(done)); // those that arrived are not sent twice
    shown.fail(form.dataset.lost);
  } finally {
    if (submitter) submitter.disabled = false;
  }
}

/** Not form.action: this form asks for an "action" too, and a form's fields hide its own properties. */
function addressOf(form) {
  return new URL(form.getAttribute("action") || "", location.href).href;
}

function choose(field, files) {
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  field.files = chosen.files;
}

/** Small files together, a large one by itself. */
function groupsOf(files) {
  const groups = [];
  let bytes = Infinity;
  for (const file of files) {
    if (bytes + file.size > GROUP_BYTES || groups.at(-1).length === GROUP_FILES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1).push(file);
    bytes += file.size;
  }
  return groups;
}

/** The form as it is, with some of its files. A title is for a single file; the rest is said of each. */
function fieldsWith(form, field, group, hasCompany) {
  const data = new FormData(form);
  data.delete(field.name);
  for (const file of group) data.append(field.name, file, file.name);
  if (hasCompany) data.delete("title");
  return data;
}

/** How many of a group were kept although others were not. */
function addedOf(page) {
  return Number(page.querySelector("[data-added]")?.dataset.added ?? 0);
}

function reasons(page, group) {
  const found = [...page.querySelectorAll(".error span")].map((one) => one.textContent.trim());
  const names = group.map((file) => file.name).join(", ");
  return found.length ? found : [`${names}: ${page.querySelector("main p")?.textContent.trim() ?? ""}`];
}

/** All went well: the page it leads to. Some did not: the form stays, and says which and why. */
function arrive(form, field, last, refused, count, kept) {
  if (!refused.length) {
    if (count > 1) return location.assign(last.url);
    history.pushState(null, "", last.url);
    document.title = last.page.title;
    replace(document.querySelector("main"), last.page.querySelector("main")).focus();
    return;
  }
  form.querySelector(".progress")?.remove();
  field.value = "";
  tell(form, refused, kept);
}

/** Which files were not kept, and why; and that the others were. */
function tell(form, refused, kept) {
  for (const old of form.querySelectorAll(".error-list, .error")) old.remove();
  const list = document.createElement("ul");
  list.className = "error-list";
  list.setAttribute("role", "alert");
  list.tabIndex = -1;
  for (const words of kept ? [...refused, form.dataset.kept] : refused) {
    const item = document.createElement("li");
    if (words !== form.dataset.kept) item.className = "error";
    item.textContent = words;
    list.append(item);
  }
  form.querySelector("[data-drop]").after(list);
  list.scrollIntoView({ block: "center" });
  list.focus({ preventScroll: true });
}
