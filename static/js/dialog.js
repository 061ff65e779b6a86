// A link with data-dialog="<id>" opens that <dialog>; without scripts it follows its href to the page of the same purpose.
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (!dialog) return;
      event.preventDefault();
      dialog.showModal();
    } else if (event.target.closest("dialog [data-dialog-close]")) {
      event.preventDefault();
      event.target.closest("dialog").close();
    } else if (event.target.matches("dialog[open]")) {
      event.target.close();
    }
  });
}
