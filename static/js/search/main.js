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
let goesOnAt = null;

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const more = event.detail.target;
  const isLeft = event.detail.shouldSwap && more.classList.contains("search-more") && more.contains(document.activeElement);
  goesOnAt = isLeft ? document.querySelectorAll(".hit").length : null;
});

document.body.addEventListener("htmx:afterSettle", () => {
  if (goesOnAt === null) return;
  document.querySelectorAll(".hit-time")[goesOnAt]?.focus({ preventScroll: true });
  goesOnAt = null;
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
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const act = byKey[key];
  if (!act || event.target.closest("input, select, textarea, summary")) return;
  if (!current && key !== "j" && key !== "k") return; // the page scrolls by arrows and space as ever
  if (event.key === " " && event.target.closest("button")) return;
  event.preventDefault();
  act();
});

// Goes to the next hit or the one before; from the first one back to the box, behind the last one to "More".
function go(step) {
  const stops = [...document.querySelectorAll(".hit-time, .search-more a")];
  const here = document.activeElement;
  const at = stops.indexOf(here.closest(".hit")?.querySelector(".hit-time") ?? here);
  const next = at < 0 ? 0 : at + step;
  if (next < 0) box.focus();
  else if (next < stops.length) {
    stops[next].focus({ preventScroll: true });
    (stops[next].closest(".hit") ?? stops[next]).scrollIntoView({ block: "nearest" });
  }
}

function play() {
  const button = document.activeElement.closest(".hit")?.querySelector(".hit-play");
  if (button) sounding.toggle(button);
}
