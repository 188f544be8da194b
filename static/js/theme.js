// The switch between auto, light and dark: at once and without a reload; the cookie lets the server draw the next page right.

const form = document.querySelector("[data-theme-switch]");

function show(theme) {
  document.documentElement.dataset.theme = theme;
  for (const button of form.querySelectorAll("button[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

if (form) {
  show(document.documentElement.dataset.theme || "auto");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const theme = event.submitter.value;
    document.cookie = `theme=${theme}; path=/; max-age=${365 * 24 * 3600}; samesite=lax`;
    show(theme);
  });
}
