// How many characters are left: <p data-count="id-of-textarea" data-left="%d characters left">.
import { onEveryPart } from "./ask.js";

onEveryPart((root) => {
  for (const note of root.querySelectorAll("[data-count]")) {
    const field = document.getElementById(note.dataset.count);
    const say = () => (note.textContent = note.dataset.left.replace("%d", field.maxLength - field.textLength));
    if (field?.maxLength > 0) field.addEventListener("input", say), say();
  }
});
