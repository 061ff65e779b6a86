// Menus are <details>: they open without scripts. Here they also close by Escape, by a click elsewhere, and by each other,
// and the arrow keys walk their entries.
const OPEN = "details.menu[open], details.nav-fold[open]";

function close(menu, { focus = false } = {}) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

function closeOthers(target) {
  for (const menu of document.querySelectorAll(OPEN)) {
    if (!menu.contains(target)) close(menu);
  }
}

function walk(menu, step) {
  const items = [...menu.querySelectorAll(".menu__item")];
  if (items.length === 0) return;
  const at = items.indexOf(document.activeElement);
  const next = at === -1 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length;
  items[next].focus();
}

function onKey(event) {
  const menu = event.target.closest?.(OPEN);
  if (event.key === "Escape") {
    const open = menu ?? document.querySelector(OPEN);
    if (open) close(open, { focus: true });
  } else if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    walk(menu, event.key === "ArrowDown" ? 1 : -1);
  }
}

export function startMenus() {
  document.addEventListener("click", (event) => closeOthers(event.target));
  document.addEventListener("focusin", (event) => closeOthers(event.target));
  document.addEventListener("keydown", onKey);
}
