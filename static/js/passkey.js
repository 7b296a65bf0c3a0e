// Passkeys: <form hidden data-passkey="get|create" data-options="{…}"> with <input data-answer>. The form shows itself
// where the browser knows passkeys; it is sent like any other once the device has answered. With data-offered, the
// browser also offers passkeys in the field of the address (autocomplete="… webauthn"), before anything is pressed.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

function asked(form) {
  const options = JSON.parse(form.dataset.options);
  options.challenge = bytes(options.challenge);
  if (form.dataset.passkey === "get") return { ...options, allowCredentials: named(options.allowCredentials) };
  const user = { ...options.user, id: bytes(options.user.id) };
  return { ...options, user, excludeCredentials: named(options.excludeCredentials) };
}

function said(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const given = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(given),
  });
}

let offer; // the browser asks one question at a time: whoever presses the button ends what was offered

function send(form, credential) {
  form.querySelector("[data-answer]").value = said(credential);
  form.submit();
}

async function answer(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const error = form.querySelector("[role=alert]");
  error.hidden = true;
  offer?.abort();
  try {
    send(form, await navigator.credentials[form.dataset.passkey]({ publicKey: asked(form) }));
  } catch {
    error.hidden = false;
  }
}

async function offered(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  offer = new AbortController();
  try {
    const { signal } = offer;
    send(form, await navigator.credentials.get({ mediation: "conditional", publicKey: asked(form), signal }));
  } catch {
    // Nothing was chosen there: the button and the password are still on the page.
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", answer);
    if ("offered" in form.dataset) offered(form);
  }
}
