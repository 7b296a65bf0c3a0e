// Ask our own server and get a document back. XMLHttpRequest parses HTML itself, without running scripts and
// without a text-to-HTML sink, so Trusted Types need no exception; and it alone reports how far an upload is.

/** The page at `url` as a Document; `sent` is FormData or nothing. Rejects when there is no answer that is a page. */
export function ask(url, sent = null, progress = null) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(sent ? "POST" : "GET", url);
    request.responseType = "document";
    request.setRequestHeader("Accept", "text/html");
    if (progress) request.upload.addEventListener("progress", progress);
    request.addEventListener("load", () => {
      if (request.response) resolve({ page: request.response, url: request.responseURL, status: request.status });
      else reject(new Error("no page"));
    });
    request.addEventListener("error", () => reject(new Error("no answer")));
    request.send(sent);
  });
}

/** Put `fresh` (a node of another document) in the place of `old`, and tell the other modules. */
export function replace(old, fresh) {
  const node = document.importNode(fresh, true);
  old.replaceWith(node);
  document.dispatchEvent(new CustomEvent("replaced", { detail: node }));
  return node;
}

/** Do `work` on what is on the page now, and on every part that comes later. */
export function onEveryPart(work) {
  work(document);
  document.addEventListener("replaced", (event) => work(event.detail));
}
