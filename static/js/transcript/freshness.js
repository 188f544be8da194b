// Keeping the transcript fresh: it listens for changes itself (hx-trigger), but goes with every answer, and with it goes
// what it was told of while that answer was on its way. Such a change is told to its successor.

export function keepFresh() {
  let told = 0;
  let fetched = 0;
  document.body.addEventListener("transcript-changed", () => { told += 1; });
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.target?.id === "transcript-body") fetched = told;
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id !== "transcript-body" || told === fetched) return;
    document.body.dispatchEvent(new CustomEvent("transcript-changed"));
  });
}
