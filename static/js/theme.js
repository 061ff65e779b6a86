import { each } from "./dom.js";

// The theme switch: system, light or dark. Buttons carry data-theme-choice; the parent menu is shown only with scripts.
function chosen() {
  return document.documentElement.dataset.theme ?? "system";
}

function remember(choice) {
  try {
    if (choice === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", choice);
  } catch {
    // Storage is switched off in this browser: the choice lasts for this page.
  }
}

function show() {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen()));
  }
}

function choose(choice) {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  remember(choice);
  show();
}

export function startTheme(root) {
  each(root, "[data-theme-menu]", (menu) => (menu.hidden = false));
  each(root, "[data-theme-choice]", (button) => {
    button.addEventListener("click", () => choose(button.dataset.themeChoice));
  });
  show();
}
