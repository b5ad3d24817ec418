// The theme that the reader chose here before, set before anything is painted. Without a choice the system's holds.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("kg-theme"); } catch { /* storage is forbidden: the system's theme */ }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
