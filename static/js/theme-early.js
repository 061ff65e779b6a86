// Runs in <head> before the first paint, so that a page never flashes in the other theme. A classic script on purpose:
// modules are deferred. Without a remembered choice the system's preference decides (color-scheme in tokens.css).
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is switched off in this browser: the system's preference decides.
  }
})();
