// The command palette: Ctrl-K or Cmd-K, type, arrow keys, Enter. A combobox over a listbox (WAI-ARIA APG pattern).
const LIMIT = 50;
let items = [];
let shown = [];
let selected = 0;

function score(item, words) {
  const label = item.label.toLowerCase();
  const text = `${label} ${item.group.toLowerCase()}`;
  if (!words.every((word) => text.includes(word))) return -1;
  return words.length > 0 && label.startsWith(words[0]) ? 2 : 1;
}

function matching(all, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return all
    .map((item) => [score(item, words), item])
    .filter(([points]) => points > 0)
    .sort(([a], [b]) => b - a)
    .map(([, item]) => item)
    .slice(0, LIMIT);
}

function row(item, index) {
  const element = document.createElement("li");
  element.className = "palette__item";
  element.id = `palette-item-${index}`;
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", "false");
  const label = document.createElement("span");
  label.textContent = item.label;
  const group = document.createElement("span");
  group.className = "palette__group";
  group.textContent = item.group;
  element.append(label, group);
  element.addEventListener("click", () => location.assign(item.url));
  return element;
}

function select(dialog, index) {
  const rows = [...dialog.querySelectorAll(".palette__item")];
  selected = rows.length === 0 ? -1 : (index + rows.length) % rows.length;
  rows.forEach((element, at) => element.setAttribute("aria-selected", String(at === selected)));
  rows[selected]?.scrollIntoView({ block: "nearest" });
  dialog.querySelector("input").setAttribute("aria-activedescendant", rows[selected]?.id ?? "");
}

function refresh(dialog) {
  shown = matching(items, dialog.querySelector("input").value);
  dialog.querySelector(".palette__list").replaceChildren(...shown.map(row));
  dialog.querySelector(".palette__list").hidden = shown.length === 0;
  dialog.querySelector(".palette__none").hidden = shown.length > 0;
  select(dialog, 0);
}

function open(dialog) {
  dialog.querySelector("input").value = "";
  dialog.showModal();
  refresh(dialog);
}

function onInputKey(dialog, event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    select(dialog, selected + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter" && shown[selected]) {
    event.preventDefault();
    location.assign(shown[selected].url);
  }
}

export function startPalette() {
  const dialog = document.getElementById("palette");
  const data = document.getElementById("palette-data");
  if (!dialog || !data) return;
  items = JSON.parse(data.textContent);
  dialog.querySelector("input").addEventListener("input", () => refresh(dialog));
  dialog.querySelector("input").addEventListener("keydown", (event) => onInputKey(dialog, event));
  const apple = /Mac|iPhone|iPad/.test(navigator.platform);
  for (const button of document.querySelectorAll("[data-palette-open]")) {
    button.hidden = false;
    if (apple) button.querySelector("kbd").textContent = "⌘K";
    button.addEventListener("click", () => open(dialog));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      if (dialog.open) dialog.close();
      else open(dialog);
    }
  });
}
