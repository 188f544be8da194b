// The open editor: a text field that lies over its line, with its tools under it. It is no part of the line, so that lines
// come, go and are replaced while somebody types, and neither the cursor nor what can be undone in the field is lost.

import { rowOf } from "./caret.js";
import { plain } from "./written.js";

const CLEAR = 12; // pixels kept free between the editor and what lies over the page

// Tells "act" with what is asked for (the name of a tool or key), and "input" when something was typed.
export class Editor extends EventTarget {
  #closed = false;
  #watched = null;
  #heard = []; // what it listens to beyond itself

  // `find` finds the line's element, if it is on the page.
  constructor(template, floor, { uuid, text, label, find }) {
    super();
    Object.assign(this, { uuid, find });
    this.box = template.content.querySelector(".editor").cloneNode(true);
    this.field = this.box.querySelector("textarea");
    this.field.value = text;
    this.field.setAttribute("aria-label", label);
    this.notes = this.box.querySelector(".editor-notes");
    this.floor = floor;
    floor.append(this.box);
    this.#wire();
    this.sizes = new ResizeObserver(() => this.place());
    this.sizes.observe(floor);
    this.sizes.observe(this.box);
    this.watch();
    this.place();
  }

  get text() {
    return plain(this.field.value);
  }

  get atEnd() {
    return this.field.selectionStart === this.field.value.length;
  }

  focus(start, end = start) {
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(start, end);
    this.show();
  }

  // Puts another text into the field, the cursor as far on as it was.
  fill(text) {
    const at = Math.min(this.field.selectionStart, text.length);
    this.field.value = text;
    this.field.setSelectionRange(at, at);
    this.place();
  }

  // While something is asked of the server about the line, nothing is typed.
  set busy(busy) {
    this.field.readOnly = busy;
    this.box.setAttribute("aria-busy", String(busy));
  }

  // Says what stands against it, under the field; "" takes it back.
  fault(text) {
    const fault = this.box.querySelector(".editor-fault");
    fault.textContent = text;
    fault.hidden = !text;
  }

  // Shows another element under the field, instead of what was there.
  note(element) {
    this.notes.replaceChildren(...(element ? [element] : []));
  }

  // Lies over its line, as wide as it, and makes it as high as the editor.
  place() {
    if (this.#closed) return;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    const line = this.find();
    for (const other of document.querySelectorAll(".line.editing")) if (other !== line) leave(other);
    if (!line) return; // it stays where it is until the line is there again, or is known to be gone
    line.classList.add("editing");
    line.style.setProperty("--editor", `${this.box.offsetHeight}px`);
    const ground = this.floor.getBoundingClientRect();
    const text = line.querySelector(".line-text").getBoundingClientRect();
    if (!text.width) return;
    Object.assign(this.box.style, {
      top: `${text.top - ground.top}px`,
      left: `${text.left - ground.left}px`,
      width: `${text.width}px`,
    });
  }

  // Scrolls so that field and tools are free of the player and of a phone's keyboard.
  show() {
    this.place();
    const box = this.box.getBoundingClientRect();
    const view = visualViewport ?? { offsetTop: 0, height: innerHeight };
    const player = document.getElementById("player")?.getBoundingClientRect();
    const top = view.offsetTop + (player && player.top < innerHeight / 2 && player.bottom > 0 ? player.bottom : 0) + CLEAR;
    const bottom = view.offsetTop + view.height - CLEAR;
    const low = Math.min(box.bottom - bottom, box.top - top);
    if (box.top < top) scrollBy({ top: box.top - top, behavior: "instant" });
    else if (low > 0) scrollBy({ top: low, behavior: "instant" });
  }

  // Follows the line's height where the whole transcript was replaced.
  watch() {
    const body = document.getElementById("transcript-body");
    if (body && body !== this.#watched) this.sizes.observe(body);
    this.#watched = body;
  }

  close() {
    this.#closed = true;
    this.sizes.disconnect();
    for (const [target, name, heard] of this.#heard) target.removeEventListener(name, heard);
    this.box.remove();
    for (const line of document.querySelectorAll(".line.editing")) leave(line);
  }

  #wire() {
    this.field.addEventListener("input", () => {
      this.fault("");
      this.place();
      this.dispatchEvent(new Event("input"));
    });
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("click", (event) => {
      const act = event.target.closest("button[data-act]")?.dataset.act;
      if (act) this.#ask(act);
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Tab") this.#tab(event);
      if (event.key !== "Escape" || event.target === this.field) return;
      event.stopPropagation();
      this.#ask("stop");
    });
    this.on(window, "scroll", () => this.place());
    this.on(window, "resize", () => this.place());
    if (window.visualViewport) this.on(visualViewport, "resize", () => this.show());
  }

  // Listens to something beyond itself, until it closes.
  on(target, name, heard) {
    target.addEventListener(name, heard, { passive: true });
    this.#heard.push([target, name, heard]);
  }

  // It lies behind all lines; the keyboard leaves it for its own line, or for the next one.
  #tab(event) {
    const parts = [...this.box.querySelectorAll("textarea, button, input")].filter((part) => part.checkVisibility());
    if (event.target !== parts.at(event.shiftKey ? 0 : -1)) return;
    const lines = [...document.querySelectorAll("#lines .line")];
    const line = lines[lines.indexOf(this.find()) + (event.shiftKey ? 0 : 1)];
    if (!line) return;
    event.preventDefault();
    line.querySelector(".line-time").focus();
  }

  #ask(act) {
    this.dispatchEvent(new CustomEvent("act", { detail: act }));
  }

  #key(event) {
    if (event.isComposing) return;
    const act = this.#actOf(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    this.#ask(act);
  }

  #actOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
    const { selectionStart: start, selectionEnd: end, value } = this.field;
    const ctrl = ctrlKey || metaKey;
    if (ctrl && !altKey) {
      const withCtrl = { Enter: "split", j: "join", s: "save", Delete: "remove", " ": "play", "[": "slower", "]": "faster" };
      return withCtrl[key.length === 1 ? key.toLowerCase() : key];
    }
    if (altKey) return null;
    if (key === "Enter") return shiftKey ? "save" : "next";
    if (key === "Escape") return "stop";
    if (shiftKey || start !== end) return null;
    if (key === "Delete" && start === value.length) return "join";
    if (key === "Backspace" && start === 0) return "join-before";
    if (key === "ArrowUp" && rowOf(this.field).first) return "before";
    if (key === "ArrowDown" && rowOf(this.field).last) return "after";
    return null;
  }
}

function leave(line) {
  line.classList.remove("editing");
  line.style.removeProperty("--editor");
}
