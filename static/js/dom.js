// All elements under `root` that match, and `root` itself when it does: htmx hands over single elements.
export function each(root, selector, act) {
  if (root.matches?.(selector)) act(root);
  for (const element of root.querySelectorAll(selector)) act(element);
}
