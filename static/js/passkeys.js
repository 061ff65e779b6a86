// Passkeys when signing in: the page holds the options (WebAuthn level 3, their JSON forms), and what the browser answers
// goes into the page's form. A button begins it; what went wrong is said in the page's own words.
import { each } from "./dom.js";

const bytes = (text) => {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
};

const text = (buffer) => {
  const characters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(characters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
};

const named = (list) => (list ?? []).map((item) => ({ ...item, id: bytes(item.id) }));

function requestOptions(json) {
  return { ...json, challenge: bytes(json.challenge), allowCredentials: named(json.allowCredentials) };
}

function creationOptions(json) {
  const user = { ...json.user, id: bytes(json.user.id) };
  return { ...json, user, challenge: bytes(json.challenge), excludeCredentials: named(json.excludeCredentials) };
}

function answerOf(credential) {
  const given = credential.response;
  const response = { clientDataJSON: text(given.clientDataJSON) };
  if (given.attestationObject) {
    response.attestationObject = text(given.attestationObject);
    response.transports = given.getTransports?.() ?? [];
  } else {
    response.authenticatorData = text(given.authenticatorData);
    response.signature = text(given.signature);
    if (given.userHandle) response.userHandle = text(given.userHandle);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}

async function ask(form, signal) {
  const json = JSON.parse(form.dataset.options);
  const credential =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: creationOptions(json), signal })
      : await navigator.credentials.get({ publicKey: requestOptions(json), signal });
  form.elements.credential.value = answerOf(credential);
  form.requestSubmit();
}

function offer(form) {
  if (!window.PublicKeyCredential) return;
  const [button, missing, failed] = ["start", "missing", "failed"].map((name) =>
    form.querySelector(`[data-passkey-${name}]`),
  );
  button.hidden = false;
  if (missing) missing.hidden = true;
  let running;
  const begin = async (isAsked) => {
    // A browser asks for one at a time: whoever presses the button again wants it asked anew.
    running?.abort();
    const present = (running = new AbortController());
    failed.hidden = true;
    button.setAttribute("aria-busy", "true");
    try {
      await ask(form, present.signal);
    } catch {
      if (present !== running) return;
      // Which of them it was, browsers do not tell: no passkey, the person said no, or the time was up.
      button.removeAttribute("aria-busy");
      failed.hidden = !isAsked;
      if (isAsked) failed.focus();
    }
  };
  button.addEventListener("click", () => begin(true));
  const enter = (event) => {
    // Enter in a field presses no button: it is as good as the one that begins.
    if (event.submitter || form.elements.credential.value) return;
    event.preventDefault();
    begin(true);
  };
  // Before the form counts as sent (`forms.js`).
  form.addEventListener("submit", enter, { capture: true });
  // Who comes here pressed a button for it. Some browsers want it pressed on this page, and then nothing was wrong.
  if (form.dataset.passkey === "get") begin(false);
}

// The account that this device remembers: browsers offer its passkey among what they would fill in.
async function fillIn(form) {
  if (!(await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) return;
  const response = await fetch(form.dataset.passkeyAutofill, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
  });
  if (response.status !== 200) return;
  const begun = await response.json();
  const publicKey = requestOptions(begun.options);
  const credential = await navigator.credentials.get({ publicKey, mediation: "conditional" });
  form.elements.credential.value = answerOf(credential);
  form.elements.turn.value = begun.turn;
  form.action = begun.action;
  form.requestSubmit();
}

export function startPasskeys(root) {
  each(root, "form[data-passkey]", offer);
  // Somebody who chooses nothing, or something else, ends it; there is nothing to say about that.
  each(root, "form[data-passkey-autofill]", (form) => fillIn(form).catch(() => undefined));
}
