// What the page says back: the live region for screen readers, messages that can be closed, and failed htmx requests.
export function announce(text) {
  const region = document.getElementById("live");
  if (region && text && region.textContent !== text) region.textContent = text;
}

function showFailure(text) {
  const template = document.getElementById("failure-toast");
  const place = document.getElementById("toasts");
  if (!template || !place) return;
  const toast = template.content.cloneNode(true);
  toast.querySelector("[data-toast-text]").textContent = text;
  place.replaceChildren(toast);
}

function closeToast(event) {
  const button = event.target.closest("[data-toast-close]");
  if (button) button.closest(".toast").remove();
}

// Good news leaves by itself, unless somebody is at it with the pointer or the keyboard. Bad news stays until closed.
function expire(toast) {
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else toast.remove();
  };
  setTimeout(leave, 8000);
}

function textFor(kind) {
  return document.getElementById("failure-toast")?.dataset[kind] ?? "";
}

export function startFeedback() {
  document.addEventListener("click", closeToast);
  document.querySelectorAll("[data-toast-expires]").forEach(expire);
  // htmx swaps no error by itself. An answer that says where it belongs (HX-Retarget) is shown there all the same.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Retarget") === null) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.addEventListener("htmx:responseError", () => showFailure(textFor("answered")));
  document.addEventListener("htmx:sendError", () => showFailure(textFor("offline")));
  document.addEventListener("htmx:load", (event) => {
    const source = event.detail.elt.closest?.("[data-announce]") ?? event.detail.elt.querySelector?.("[data-announce]");
    if (source) announce(source.dataset.announce);
  });
}
