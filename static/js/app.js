// The entry point: everything here enhances pages that work without it.
import { startBulk } from "./bulk.js";
import { startCopy } from "./copy.js";
import { startFeedback } from "./feedback.js";
import { startFilePreview } from "./file-preview.js";
import { startForms } from "./forms.js";
import { startMenus } from "./menu.js";
import { startPalette } from "./palette.js";
import { startPasskeyErrors } from "./passkey.js";
import { startPasskeys } from "./passkeys.js";
import { startTheme } from "./theme.js";

const starters = [startBulk, startCopy, startFilePreview, startForms, startPasskeys, startTheme];

// `enhance` runs over new content too, whenever htmx has put some in.
function enhance(root) {
  for (const start of starters) start(root);
}

enhance(document);
startFeedback();
startMenus();
startPalette();
startPasskeyErrors();
// htmx reports the whole body once at the start; that has been enhanced above.
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) enhance(event.detail.elt);
});
