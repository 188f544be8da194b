// Choosing lines and saying whose they are, for those who may change the transcript: a handle in each line, the keyboard,
// taps, and the bar that then offers what can be said. Answers come from the server; said.js shows them.

import { Chosen } from "./chosen.js";
import { taken } from "./keys.js";
import { scrollTo } from "./follow.js";

export class Choosing {
  #tapping = false; // a tap on a line chooses it
  #back = null; // the line to which the keyboard returns when the transcript was replaced

  // `current` returns the line being spoken, if any.
  constructor(root, lines, { current }) {
    this.root = root;
    this.lines = lines;
    this.current = current;
    this.floor = document.getElementById("choosing");
    this.bar = this.floor.querySelector(".lines-bar");
    this.told = document.getElementById("lines-told");
    this.tapButton = document.getElementById("choose-lines");
    this.handle = handle(this.floor.dataset.choose);
    this.chosen = new Chosen(lines);
    this.chosen.addEventListener("change", () => this.#draw());
    lines.addEventListener("change", () => this.#return());
    this.floor.hidden = this.tapButton.hidden = false;
    this.#wire();
    this.#draw();
  }

  // Whether a click is about choosing, so that it plays nothing.
  takes(event) {
    return this.#tapping || Boolean(event.target.closest(".line-choose"));
  }

  #wire() {
    for (const name of ["pointerover", "focusin"]) {
      this.root.addEventListener(name, (event) => this.#offer(event.target.closest(".line")));
    }
    this.root.addEventListener("mousedown", (event) => {
      if (event.shiftKey && event.target.closest(".line")) event.preventDefault(); // it would select text
    });
    this.root.addEventListener("click", (event) => this.#click(event));
    document.addEventListener("keydown", (event) => this.#key(event), true); // before a menu closes on its own
    this.tapButton.addEventListener("click", () => this.#tap(!this.#tapping));
    this.bar.querySelector("[data-act=clear]").addEventListener("click", () => this.#leave());
    for (const menu of this.bar.querySelectorAll("details")) {
      menu.addEventListener("toggle", () => menu.open && enter(menu.querySelector(".menu-items")));
    }
    this.bar.addEventListener("htmx:afterSettle", (event) => {
      const menu = event.target;
      if (!menu.matches(".menu-items") || menu.contains(document.activeElement)) return; // somebody was faster
      menu.querySelector("button, input")?.focus();
    });
    this.bar.addEventListener("htmx:configRequest", (event) => {
      if (event.target.closest("[data-lines]")) event.detail.parameters.lines = this.chosen.uuids.join(" ");
    });
    document.getElementById("lines-said").addEventListener("htmx:afterSwap", (event) => {
      const asked = event.detail.requestConfig?.elt;
      if (!asked?.closest("[data-lines]")) return;
      for (const menu of this.bar.querySelectorAll("details")) menu.open = false;
      if (event.target.querySelector("[data-done]")) this.#done();
    });
    addEventListener("resize", () => this.#stand());
  }

  #offer(line) {
    if (!line || this.handle.parentElement === line || document.activeElement === this.handle) return;
    line.prepend(this.handle);
    this.#press();
  }

  #click(event) {
    const line = event.target.closest(".line");
    if (!line || event.target.closest(".line-link")) return;
    const by_handle = event.target.closest(".line-choose");
    if (event.shiftKey) {
      event.preventDefault();
      this.chosen.extendTo(line);
    } else if (by_handle || this.#tapping || ((event.ctrlKey || event.metaKey) && !event.target.closest("a"))) {
      event.preventDefault();
      this.chosen.toggle(line);
    }
    if (by_handle && event.detail) this.handle.blur(); // chosen by pointer: the handle goes on with it
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.closest(".editor")) return; // the editor's own
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      this.#escape();
      return;
    }
    if (taken(event)) return;
    const acts = event.shiftKey
      ? { ArrowDown: () => this.#extend(1), ArrowUp: () => this.#extend(-1) }
      : {
          x: () => this.#toggleCurrent(),
          s: () => this.open("said-by"),
          c: () => this.open("speak-as"),
          d: () => this.#split(),
          t: () => this.open("kind"),
          q: () => this.open("clip"),
        };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act && act() !== false) event.preventDefault();
  }

  // The line where the reader is: of the keyboard, else the one being spoken.
  get line() {
    return document.activeElement?.closest(".line") ?? this.current();
  }

  // The same, else the first one in view.
  get reached() {
    return this.line ?? firstInView();
  }

  #toggleCurrent() {
    const line = this.reached;
    if (!line) return false;
    this.chosen.toggle(line);
    return true;
  }

  #extend(step) {
    if (!this.chosen.head) return this.#toggleCurrent();
    this.chosen.step(step).then((line) => {
      if (!line) return;
      if (document.activeElement?.closest(".line")) line.querySelector(".line-time").focus({ preventScroll: true });
      scrollTo(line);
    });
    return true;
  }

  // Opens a menu of the bar; where no line is chosen, for the current one.
  open(act) {
    if (!this.chosen.size && !this.#toggleCurrent()) return false;
    this.bar.querySelector(`[data-act=${act}]`).open = true;
    return true;
  }

  #split() {
    if (!this.chosen.size && !this.#toggleCurrent()) return false;
    this.bar.querySelector("[data-act=split]").click();
    return true;
  }

  #escape() {
    const open = this.bar.querySelector("details[open]");
    if (!open && document.querySelector("details[data-menu][open]")) return; // another menu's Escape
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else if (this.chosen.size || this.#tapping) {
      this.#leave();
    } else {
      document.querySelector("#lines-said [data-act=close]")?.click();
    }
  }

  #tap(on) {
    this.#tapping = on;
    this.tapButton.setAttribute("aria-pressed", String(on));
    this.root.classList.toggle("tapping", on);
    this.#draw();
  }

  #leave() {
    this.#remember();
    this.chosen.clear();
    this.#tap(false);
    this.#return();
    this.#back = null;
  }

  // What was asked of the chosen lines is done.
  #done() {
    this.#remember();
    this.chosen.clear();
    this.#tap(false);
    this.#return();
  }

  // Focus that was in the bar, or on a line that is replaced, goes to the line that was chosen last.
  #remember() {
    const active = document.activeElement;
    const mine = active === document.body || this.floor.contains(active) || active.closest(".line");
    this.#back = mine ? this.chosen.head : null;
  }

  #return() {
    const line = this.#back && document.getElementById(this.#back.id);
    const active = document.activeElement;
    if (line && (active === document.body || active.closest(".lines-bar"))) {
      line.querySelector(".line-time").focus({ preventScroll: true });
    }
  }

  #draw() {
    const { one, many, none } = this.floor.dataset;
    const size = this.chosen.size;
    this.bar.hidden = !size && !this.#tapping;
    this.bar.classList.toggle("none", !size);
    const text = size === 1 ? one : size ? many.replace("{n}", size.toLocaleString(document.documentElement.lang)) : none;
    this.bar.querySelector(".lines-count").textContent = text;
    if (!this.bar.hidden) this.told.textContent = text;
    if (size) this.#back = null;
    this.#press();
    this.#stand();
  }

  #press() {
    const line = this.handle.closest(".line");
    this.handle.setAttribute("aria-pressed", String(Boolean(line && this.chosen.has(line))));
  }

  // The bar stands on the player where that is at the bottom, on phones.
  #stand() {
    const player = document.getElementById("player");
    const below = player && getComputedStyle(player).position === "fixed" ? player.offsetHeight : 0;
    this.floor.style.setProperty("--below", `${below}px`);
  }
}

// What a menu offers is fetched, unless it is always the same.
function enter(items) {
  if (items.matches("[hx-get]")) htmx.trigger(items, "wanted");
  else items.querySelector("input[type=text], button").focus();
}

function firstInView() {
  for (const line of document.querySelectorAll("#lines .line")) {
    const { top } = line.getBoundingClientRect();
    if (top > innerHeight * 0.2 && top < innerHeight) return line;
  }
  return null;
}

function handle(label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "line-choose";
  button.title = `${label} (X)`;
  button.setAttribute("aria-label", label);
  return button;
}
