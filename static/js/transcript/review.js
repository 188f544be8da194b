// The walk through lines of whose label a classifier was unsure: each is shown and heard, one key says what it is, and
// the next one comes.

import { hear, hush } from "./hearing.js";
import { taken } from "./keys.js";
import { labelOf } from "./labelling.js";
import { settled } from "./links.js";

export class Review {
  #list = []; // what the server calls unsure, when the walk began; empty while nobody walks
  #at = 0;
  #busy = false;

  constructor(root, lines, { choosing, labelling, player, tell }) {
    Object.assign(this, { root, lines, choosing, labelling, player, tell });
    this.panel = choosing.floor.querySelector(".review");
    this.told = document.getElementById("lines-told");
    this.#wire();
  }

  get walking() {
    return this.#list.length > 0;
  }

  #wire() {
    const acts = {
      right: () => this.#right(),
      previous: () => this.#step(-1),
      next: () => this.#step(1),
      again: () => this.#hear(),
      end: () => this.#end(),
    };
    this.panel.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button?.dataset.label) this.#say({ label: button.dataset.label });
      else acts[button?.dataset.act]?.();
    });
    this.root.addEventListener("click", (event) => {
      if (event.target.closest("[data-act=review]")) this.#begin(() => 0);
    });
    addEventListener("keydown", (event) => this.#key(event), true); // before what these keys mean elsewhere
    this.lines.addEventListener("change", () => this.walking && requestAnimationFrame(() => this.#keep()));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || taken(event)) return;
    const act = this.#actOf(event);
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  #actOf(event) {
    if (event.key.toLowerCase() === "n") return () => this.#step(event.shiftKey ? -1 : 1);
    if (!this.walking || this.choosing.chosen.size || document.querySelector("details[data-menu][open]")) return null;
    if (event.key === "Escape") return () => this.#end();
    if (event.key === "Enter" && !event.target.closest("button, summary, a:not(.line-time)")) return () => this.#right();
    const label = labelOf(event);
    return label ? () => this.#say({ label }) : null;
  }

  #step(step) {
    if (this.walking) this.#go(this.#at + step);
    else this.#begin((list) => this.#nearest(list, step));
  }

  // The first unsure line from where the reader is, or the last one before.
  #nearest(list, step) {
    const line = this.choosing.line;
    if (!line) return step > 0 ? 0 : list.length - 1;
    const start = Number(line.dataset.start);
    const index = step > 0 ? list.findIndex((each) => each.start_ms >= start) : list.findLastIndex((each) => each.start_ms < start);
    return index < 0 ? (step > 0 ? 0 : list.length - 1) : index;
  }

  async #begin(choose) {
    if (this.#busy || this.walking) return;
    this.#busy = true;
    const list = await this.#fetched();
    this.#busy = false;
    if (!list) this.#tell(this.panel.dataset.failed);
    else if (!list.length) this.#tell(this.panel.dataset.none);
    else {
      this.#list = list;
      this.#go(choose(list));
    }
  }

  async #fetched() {
    try {
      const answer = await fetch(this.panel.dataset.unsureUrl + location.search);
      return answer.ok ? (await answer.json()).lines : null;
    } catch {
      return null;
    }
  }

  async #go(index) {
    this.#at = Math.max(0, index);
    const now = this.#list[this.#at];
    if (!now) {
      this.#end();
      this.#tell(this.panel.dataset.last);
      return;
    }
    const line = await this.lines.find(`line-${now.uuid}`, now.start_ms);
    if (this.#list[this.#at] !== now) return; // the reader is further by now
    if (!line) { // it is no more, or hidden: the session was processed again, or others labelled it meanwhile
      this.#list.splice(this.#at, 1);
      this.#go(index);
      return;
    }
    this.panel.hidden = false;
    this.#mark(line);
    line.querySelector(".line-time").focus({ preventScroll: true });
    this.#hear();
    await this.#show(line);
  }

  // Scrolls so that the line stands free of what lies over the page's bottom.
  async #show(line) {
    await settled(line);
    const covered = this.#covered(line);
    if (covered > 0) scrollBy({ top: covered, behavior: "instant" });
  }

  // How many pixels too low the line stands.
  #covered(line) {
    return line.getBoundingClientRect().bottom + 16 - this.choosing.floor.getBoundingClientRect().top;
  }

  // Stays at the line where blocks came or the whole transcript was replaced, its block perhaps not loaded yet.
  async #keep() {
    const now = this.#list[this.#at];
    const line = now && (await this.lines.find(`line-${now.uuid}`, now.start_ms));
    if (!line || this.#list[this.#at] !== now) return;
    this.#mark(line);
    if (document.activeElement === document.body) line.querySelector(".line-time").focus({ preventScroll: true });
    if (line.getBoundingClientRect().top < 0 || this.#covered(line) > 0) await this.#show(line);
  }

  #mark(line) {
    for (const other of document.querySelectorAll(".line.reviewed")) if (other !== line) other.classList.remove("reviewed");
    line.classList.add("reviewed");
    this.#draw(line);
  }

  #line() {
    const now = this.#list[this.#at];
    return now && document.getElementById(`line-${now.uuid}`);
  }

  #draw(line) {
    const lang = document.documentElement.lang;
    const progress = this.panel.dataset.progress
      .replace("{at}", (this.#at + 1).toLocaleString(lang))
      .replace("{n}", this.#list.length.toLocaleString(lang));
    const says = line.querySelector(".line-label")?.title ?? "";
    const [head, detail] = [this.panel.querySelector(".review-progress"), this.panel.querySelector(".review-says")];
    if (head.textContent !== progress) this.told.textContent = `${progress}. ${says}`;
    head.textContent = progress;
    detail.textContent = says;
    for (const button of this.panel.querySelectorAll("[data-label]")) {
      button.setAttribute("aria-pressed", String(button.dataset.label === line.dataset.label));
    }
    this.panel.querySelector("[data-act=previous]").disabled = this.#at === 0;
    this.panel.querySelector("[data-act=again]").hidden = !this.player;
  }

  #hear() {
    const { start_ms: start, end_ms: end } = this.#list[this.#at];
    if (this.player) hear(this.player, start, end);
  }

  #right() {
    const line = this.#line();
    if (line?.dataset.label) this.#say({ label: line.dataset.label, kind: line.dataset.kind });
  }

  async #say(what) {
    if (this.#busy) return;
    const at = this.#at;
    this.#busy = true;
    const done = await this.labelling.say([this.#list[at].uuid], what);
    this.#busy = false;
    if (done && this.walking && this.#at === at) this.#go(at + 1);
  }

  #end() {
    this.#list = [];
    for (const line of document.querySelectorAll(".line.reviewed")) line.classList.remove("reviewed");
    if (this.panel.contains(document.activeElement)) document.activeElement.blur();
    this.panel.hidden = true;
    if (this.player) hush(this.player);
  }

  #tell(text) {
    this.told.textContent = text;
    this.tell(text);
  }
}
