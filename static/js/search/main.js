// The search page: hits that play on the spot, and the keys that go from one to the next.

import { Sounding } from "./sounding.js";

const box = document.getElementById("search-words");
const sounding = new Sounding(document.getElementById("hit-audio"), document.getElementById("hit-error"));

document.addEventListener("click", (event) => {
  const button = event.target.closest(".hit-play");
  if (button) sounding.toggle(button);
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  sounding.forget();
  if (event.target.id === "found") joined();
});

// The button "More" is replaced by what it asked for: the keyboard goes on from there.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const more = event.detail.target;
  if (!more.classList.contains("search-more")) return;
  const hits = document.querySelectorAll(".hit").length;
  if (!more.contains(document.activeElement)) return;
  document.body.addEventListener("htmx:afterSettle", () => {
    document.querySelectorAll(".hit-time")[hits]?.focus({ preventScroll: true });
  }, { once: true });
});

// While somebody types, an empty box goes back to the top of the page without a jump.
function joined() {
  if (document.activeElement === box) scrollTo({ top: 0 });
}

const byKey = {
  j: () => go(1),
  k: () => go(-1),
  ArrowDown: () => go(1),
  ArrowUp: () => go(-1),
  " ": () => play(),
  p: () => play(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === box) {
    if (event.key === "ArrowDown" && document.querySelector(".hit-time")) {
      event.preventDefault();
      go(1);
    }
    return;
  }
  const current = event.target.closest(".hit");
  if (event.key === "Escape" && current) {
    sounding.stop();
    box.focus();
    return;
  }
  const act = byKey[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || event.target.closest("input, select, textarea, summary")) return;
  if (!current && event.key !== "j" && event.key !== "k") return; // the page scrolls by arrows and space as ever
  if (event.key === " " && event.target.closest("button")) return;
  event.preventDefault();
  act();
});

// Goes to the next hit or the one before; from the first one back to the box.
function go(step) {
  const hits = [...document.querySelectorAll(".hit-time")];
  const at = hits.indexOf(document.activeElement.closest(".hit")?.querySelector(".hit-time"));
  const next = at < 0 ? 0 : at + step;
  if (next < 0) box.focus();
  else if (next >= hits.length) document.querySelector(".search-more a")?.focus();
  else {
    hits[next].focus({ preventScroll: true });
    hits[next].closest(".hit").scrollIntoView({ block: "nearest" });
  }
}

function play() {
  const button = document.activeElement.closest(".hit")?.querySelector(".hit-play");
  if (button) sounding.toggle(button);
}
