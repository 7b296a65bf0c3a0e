// A part that is not finished asks again: <div id="x" data-refresh="/address">. The answer is a page with the same id
// in it; once that part carries no data-refresh it is final. A part that time may change asks later, once the page is
// looked at: <div id="x" data-again="/address" data-at="2026-03-02T12:00:00+00:00">. Without this the reader reloads.
import { ask, onEveryPart, replace } from "./ask.js";

const PAUSES = [1, 2, 3, 5, 8, 13, 20, 30];
const MINUTE = 60;
const HOUR = 3600;

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
  for (let turn = 0; part.isConnected; turn += 1) {
    await pause(PAUSES[turn] ?? MINUTE);
    await shown();
    if (!part.isConnected) return;
    const other = await fresh(part, part.dataset.refresh);
    if (other && !("refresh" in other.dataset)) {
      replace(part, other);
      return;
    }
  }
}

const secondsUntil = (at) => Math.min(Math.max((Date.parse(at) - Date.now()) / 1000, MINUTE), HOUR);

async function later(part) {
  while (part.isConnected) {
    await pause(secondsUntil(part.dataset.at));
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
  each(root, "[data-again][data-at][id]", later);
});
