import { each } from "./dom.js";

// Shows a chosen picture before it is uploaded. The server still checks what it gets; nothing is trusted here. It is read
// as a data: address because the Content-Security-Policy allows those for images, and no blob: address.
function preview(input) {
  const place = document.getElementById(input.dataset.preview);
  const image = place?.querySelector("img");
  if (!image) return;
  input.addEventListener("change", () => {
    const [file] = input.files;
    place.hidden = !file?.type.startsWith("image/");
    if (place.hidden) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => (image.src = reader.result));
    reader.readAsDataURL(file);
  });
}

export function startFilePreview(root) {
  each(root, "input[type=file][data-preview]", preview);
}
