// A part that is not finished asks again: <div id="x" data-refresh="/address" >. The answer is a page with the same
// id in it; once that part carries no data-refresh it is final. Without this the reader reloads.
import { ask, onEveryPart, replace } from "./ask.js";

const PAUSES = [1, 2, 3, 5, 8, 13, 20, 30];

async function follow(part) {
  for (const seconds of PAUSES) {
    await new Promise((done) => setTimeout(done, seconds * 1000));
    if (!part.isConnected) return;
    const answer = await ask(part.dataset.refresh).catch(() => null);
    const fresh = answer?.status === 200 ? answer.page.getElementById(part.id) : null;
    if (!fresh) continue;
    if (!("refresh" in fresh.dataset)) {
      replace(part, fresh);
      return;
    }
  }
}

onEveryPart((root) => {
  const parts = [...root.querySelectorAll("[data-refresh][id]")];
  if (root.matches?.("[data-refresh][id]")) parts.push(root);
  parts.forEach(follow);
});
