// Tables whose rows can be ticked: all of a page at once, how many are, and no button that would find nothing to act on.
// One more box stands for what other pages have too: the server finds those, and asks before anything is done to them.
// The boxes belong to the form by their `form` attribute and stand outside of it, so that their events pass it by.
import { each } from "./dom.js";

function boxesOf(form) {
  const boxes = [...form.elements].filter((element) => element.type === "checkbox");
  const [all, beyond] = ["[data-select-all]", "[data-select-beyond]"].map((kind) => boxes.find((box) => box.matches(kind)));
  return { all, beyond, rows: boxes.filter((box) => box.name && box !== beyond) };
}

function show(form) {
  const { all, beyond, rows } = boxesOf(form);
  const chosen = rows.filter((row) => row.checked).length;
  form.querySelector("[data-selected-count]").textContent = chosen;
  for (const button of form.querySelectorAll("button")) button.disabled = chosen === 0 && !beyond?.checked;
  all.checked = chosen === rows.length;
  all.indeterminate = chosen > 0 && chosen < rows.length;
}

function follow(event) {
  const form = event.target.form;
  if (!form?.matches("[data-bulk]")) return;
  const { all, rows } = boxesOf(form);
  if (event.target === all) for (const row of rows) row.checked = all.checked;
  show(form);
}

function offer(form) {
  boxesOf(form).all.closest("label").hidden = false;
  show(form);
}

export function startBulk(root) {
  each(root, "form[data-bulk]", offer);
}

document.addEventListener("change", follow);
