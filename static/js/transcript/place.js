// Keeping the reader's place while lines around it are loaded or the whole transcript is replaced.

const anchored = CSS.supports("overflow-anchor", "auto");

export function keepPlace(lines) {
  let place = null;
  let focused = ""; // the line in which the keyboard was

  // Opened at the place being read, so that the answer brings those lines at once.
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.target?.id !== "transcript-body") return;
    place = topmost();
    if (place) event.detail.parameters.t = place.start;
  });

  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "transcript-body") focused = document.activeElement?.closest(".line")?.id ?? "";
  });

  document.body.addEventListener("htmx:afterSettle", async (event) => {
    if (event.detail.elt.id !== "transcript-body") return;
    if (document.activeElement === document.body) {
      document.getElementById(focused)?.querySelector(".line-time").focus({ preventScroll: true });
    }
    history.replaceState(null, "", event.detail.elt.dataset.address + location.hash);
    const kept = place;
    place = null;
    if (!kept) return;
    const line = document.getElementById(kept.id) ?? (await lines.near(kept.start));
    if (line) scrollBy({ top: line.getBoundingClientRect().top - kept.top, behavior: "instant" });
  });

  if (anchored) return;
  // Browsers without scroll anchoring: what stands in view is held by hand while a block above it is filled.
  let held = null;
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.matches(".block")) held = topmost();
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    const line = held && document.getElementById(held.id);
    if (line) scrollBy({ top: line.getBoundingClientRect().top - held.top, behavior: "instant" });
    held = null;
  });
}

// The line that is edited, else the first in view that is not under the player: its id, start and distance from the top; null
// above all lines.
function topmost() {
  const edited = document.querySelector(".line.editing")?.getBoundingClientRect();
  if (edited && edited.bottom > 0 && edited.top < innerHeight) return placeOf(document.querySelector(".line.editing"));
  const list = document.getElementById("lines");
  if (!list || list.getBoundingClientRect().top > innerHeight * 0.3) return null;
  const player = document.getElementById("player")?.getBoundingClientRect();
  const from = player && player.top < innerHeight / 2 ? player.bottom : 0;
  for (const line of list.querySelectorAll(".line")) {
    const box = line.getBoundingClientRect();
    if (box.bottom > from && box.height) return placeOf(line);
  }
  return null;
}

function placeOf(line) {
  return { id: line.id, start: Number(line.dataset.start), top: line.getBoundingClientRect().top };
}
