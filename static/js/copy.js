// Copy buttons: <button hidden data-copy="text" data-copied="Copied">. Without this they stay hidden.
import { onEveryPart } from "./ask.js";

if (navigator.clipboard) {
  onEveryPart((root) => {
    for (const button of root.querySelectorAll("button[data-copy]")) button.hidden = false;
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const words = button.querySelector("span") ?? button;
    const before = words.textContent;
    if (before === button.dataset.copied) return;
    words.setAttribute("role", "status");
    words.textContent = button.dataset.copied;
    setTimeout(() => (words.textContent = before), 10_000);
  });
}
