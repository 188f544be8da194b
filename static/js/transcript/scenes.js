// The list of scenes: fetched when it is opened, again when labels changed since, with the one being heard marked.

const KEY = "scribe.scenes";
const WIDE = "(min-width: 78rem)"; // where the list stands beside the lines, it is open unless the reader closed it
const QUIET_MS = 1500; // after the last change: labels are often given one after the other

export function sceneList(player) {
  const fold = document.getElementById("scenes");
  if (!fold) return;
  const body = fold.querySelector(".scenes-body");
  let stale = true;
  let waiting = 0;

  function fetchWhenSeen() {
    if (!fold.open || !stale) return;
    stale = false;
    htmx.trigger(body, "wanted");
  }

  fold.addEventListener("toggle", fetchWhenSeen);
  fold.querySelector("summary").addEventListener("click", () => localStorage.setItem(KEY, fold.open ? "closed" : "open"));
  document.body.addEventListener("transcript-changed", () => {
    stale = true;
    clearTimeout(waiting);
    waiting = setTimeout(fetchWhenSeen, QUIET_MS);
  });
  const kept = localStorage.getItem(KEY);
  fold.open = kept ? kept === "open" : matchMedia(WIDE).matches;
  if (!player) return;

  function mark() {
    let now = null;
    for (const scene of body.querySelectorAll(".scene")) {
      if (Number(scene.dataset.start) <= player.ms) now = scene;
    }
    const before = body.querySelector(".scene[aria-current]");
    if (now === before) return;
    before?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
  }

  body.addEventListener("htmx:afterSettle", mark);
  for (const name of ["pause", "play", "jump"]) player.addEventListener(name, mark);
  player.audio.addEventListener("timeupdate", mark); // four times a second, not once a frame
}
