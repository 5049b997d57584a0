// Sets the chosen appearance before anything is painted. Kept in step with src/state/appearance.svelte.ts.
(function () {
  try {
    var chosen = localStorage.getItem("albumen.appearance");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.appearance = chosen;
  } catch {
    // Storage is switched off: the system's appearance it is.
  }
})();
