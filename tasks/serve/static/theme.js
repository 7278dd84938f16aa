/** Light or dark, as the system has it until the reader chooses. */
(() => {
  const root = document.documentElement;
  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null;
    }
  };
  const set = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  set(stored());
  const isDark = () =>
    (root.dataset.theme ??
      (matchMedia("(prefers-color-scheme: dark)").matches
        ? "dark"
        : "light")) === "dark";
  addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-toggle]");
    if (!button) return;
    const name = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      button.title = isDark()
        ? "Show in light colours"
        : "Show in dark colours";
    };
    button.hidden = false;
    name();
    button.addEventListener("click", () => {
      const theme = isDark() ? "light" : "dark";
      set(theme);
      try {
        localStorage.setItem("theme", theme);
      } catch {
        // Without storage the choice ends with the page.
      }
      name();
      dispatchEvent(new Event("themechange"));
    });
  });
})();
