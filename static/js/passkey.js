// allauth's WebAuthn scripts report what went wrong as an event; the person must see it in words.
export function startPasskeyErrors() {
  document.addEventListener("allauth.error", (event) => {
    const notice = document.getElementById("passkey-error");
    if (!notice || !event.detail.tags.includes("webauthn")) return;
    event.preventDefault();
    notice.hidden = false;
    notice.focus();
  });
}
