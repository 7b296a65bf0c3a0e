// A part that is not finished asks again: <div id="x" data-refresh="/address">. The answer is a page with the same id
// in it; once that part carries no data-refresh it is final. A part that time may change asks later, once the page is
// looked at: <div id="x" data-again="/address" data-after="900">, in seconds. Without this the reader reloads.
import { ask, onEveryPart, replace } from "./ask.js";

const PAUSES = [1, 2, 3, 5, 8, 13, 20, 30];

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

function shown() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((done) => document.addEventListener("visibilitychange", () => done(), { once: true })).then(shown);
}

async function fresh(part, address) {
  const answer = await ask(address).catch(() => null);
  return answer?.status === 200 ? answer.page.getElementById(part.id) : null;
}

async function follow(part) {
  for (const seconds of PAUSES) {
    await pause(seconds);
    if (!part.isConnected) return;
    const other = await fresh(part, part.dataset.refresh);
    if (other && !("refresh" in other.dataset)) {
      replace(part, other);
      return;
    }
  }
}

async function later(part) {
  while (part.isConnected) {
    await pause(Number(part.dataset.after));
    await shown();
    const other = part.isConnected && (await fresh(part, part.dataset.again));
    if (other) replace(part, other);
  }
}

function each(root, selector, work) {
  const parts = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) parts.push(root);
  parts.forEach(work);
}

onEveryPart((root) => {
  each(root, "[data-refresh][id]", follow);
  each(root, "[data-again][data-after][id]", later);
});
