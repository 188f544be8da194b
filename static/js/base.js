// What every page shares: menus that close, buttons that copy, and htmx answers that carry an error.

import { token } from "./token.js";

for (const menu of document.querySelectorAll("details[data-menu]")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// The cookie knows of a login in another tab, the page does not.
document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = token();
});

// <button data-copy="#id"> copies the value or text of that element and says so for a moment.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
  } catch {
    source.select?.(); // no clipboard outside HTTPS: the text is selected, ready for Ctrl-C
    return;
  }
  const label = button.textContent;
  button.textContent = button.dataset.copied || label;
  setTimeout(() => { button.textContent = label; }, 2000);
});

// "/" goes to the search of the campaign: into the box where the page has one, else to the page that has it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.closest("input:not([type=range], [type=checkbox], [type=radio]), select, textarea, [contenteditable]")) return;
  const boxes = [...document.querySelectorAll("[data-search-box]")].filter((box) => box.checkVisibility());
  const link = document.querySelector("[data-search-link]");
  if (!boxes.length && !link) return;
  event.preventDefault();
  if (boxes.length) boxes.at(-1).select();
  else link.click();
});

// A form that fails validation answers 422 with the fragment to show.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// An answer that failed for another reason must not leave the page as if nothing had happened.
document.body.addEventListener("htmx:responseError", (event) => report(event.detail.xhr.status));
document.body.addEventListener("htmx:sendError", ({ detail }) => {
  // What the page fetches of its own accord is fetched again; only what a person asked for has failed them.
  if (detail.requestConfig.triggeringEvent?.isTrusted) report(0);
});

function report(status) {
  const texts = document.getElementById("request-errors")?.dataset ?? {};
  const text = status === 0 ? texts.network : status === 403 ? texts.forbidden : texts.other;
  const line = document.createElement("p");
  line.className = "message error";
  line.textContent = text || `Error ${status}`;
  document.getElementById("messages").replaceChildren(line);
}
