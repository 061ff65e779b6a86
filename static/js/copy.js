// Copy buttons. The value stays selectable text; the button appears only where the clipboard can be written.
import { each } from "./dom.js";
import { announce } from "./feedback.js";

function valueOf(button) {
  return button.dataset.copy || document.getElementById(button.dataset.copyFrom).textContent;
}

async function copy(button) {
  await navigator.clipboard.writeText(valueOf(button));
  button.dataset.copied = "";
  announce(button.dataset.copiedText);
  setTimeout(() => delete button.dataset.copied, 2000);
}

export function startCopy(root) {
  // Browsers offer the clipboard in secure contexts only.
  if (!navigator.clipboard) return;
  each(root, "button[data-copy]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  });
}
