// Passkeys: <form hidden data-passkey="get|create" data-options="{…}"> with <input data-answer>. The form shows itself
// where the browser knows passkeys; it is sent like any other once the device has answered.
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

async function answer(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const error = form.querySelector("[role=alert]");
  error.hidden = true;
  try {
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: asked(form) });
    form.querySelector("[data-answer]").value = said(credential);
  } catch {
    error.hidden = false;
    return;
  }
  form.submit();
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", answer);
  }
}
