// What proves to the server that a request comes from this page, for htmx and for the scripts alike.

// The cookie knows of a login in another tab, the page does not.
export function token() {
  const kept = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return kept ?? JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}

document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = token();
});
