// How far an upload is: a bar below a form, with the names of what is sent.

/** A bar at the end of `form`, in place of the one before. `set(part)` moves it (0 to 1), `fail(sentence)` says why it
 * ended. */
export function progressOf(form, names) {
  form.querySelector(".progress")?.remove();
  const box = document.createElement("div");
  const label = document.createElement("label");
  const share = document.createElement("span");
  const bar = document.createElement("progress");
  box.className = "progress";
  box.setAttribute("role", "status");
  share.className = "num";
  bar.id = "upload-progress";
  bar.max = 100;
  label.htmlFor = bar.id;
  label.textContent = names;
  box.append(label, share, bar);
  form.append(box);
  return {
    name(words) {
      label.textContent = words;
    },
    set(part) {
      bar.value = Math.round(part * 100);
      share.textContent = `${bar.value}\u202f%`;
    },
    fail(sentence) {
      bar.remove();
      label.textContent = sentence ?? "";
    },
  };
}
