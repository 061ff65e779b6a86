// Forms: the error summary takes the focus, a submit is sent once, unsaved changes are guarded, passwords can be shown.
import { each } from "./dom.js";
import { announce } from "./feedback.js";

let dirty = new Set();

function guard(form) {
  form.addEventListener("input", () => dirty.add(form));
  form.addEventListener("submit", () => dirty.delete(form));
}

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented || form.hasAttribute("hx-post")) return;
    form.dataset.sent = "";
    // aria-busy and not disabled: a disabled button would drop its own name and value from the submission.
    event.submitter?.setAttribute("aria-busy", "true");
  });
}

function offerReveal(button) {
  const input = document.getElementById(button.dataset.reveal);
  if (!input) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
  input.form?.addEventListener("submit", () => (input.type = "password"));
}

function offerConfirmation(input) {
  const button = input.form?.querySelector("[data-confirm-button]");
  if (!button) return;
  const check = () => button.setAttribute("aria-disabled", String(input.value.trim() !== input.dataset.confirmName));
  input.addEventListener("input", check);
  input.form.addEventListener("submit", (event) => {
    if (button.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      event.stopImmediatePropagation();
      announce(input.dataset.confirmMismatch);
      input.focus();
    }
  });
  check();
}

function followColour(input) {
  const output = input.parentElement.querySelector("output");
  if (output) input.addEventListener("input", () => (output.textContent = input.value));
}

function keepForm(form) {
  if (form.method !== "post") return;
  if (form.hasAttribute("data-guard")) guard(form);
  sendOnce(form);
}

export function startForms(root) {
  // The order matters: a refused confirmation must stop the submit before it counts as sent.
  each(root, "[data-confirm-name]", offerConfirmation);
  each(root, "form", keepForm);
  each(root, "[data-reveal]", offerReveal);
  each(root, 'input[type="color"]', followColour);
  each(root, "[data-error-summary]", (summary) => summary.focus());
}

window.addEventListener("beforeunload", (event) => {
  dirty = new Set([...dirty].filter((form) => form.isConnected));
  if (dirty.size > 0) event.preventDefault();
});

// A page brought back from the back/forward cache must be able to send its forms again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll('button[aria-busy="true"]')) button.removeAttribute("aria-busy");
});
