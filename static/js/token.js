// What proves to the server that a request comes from this page, for htmx and for the scripts alike.

export function token() {
  const kept = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return kept ?? JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}
