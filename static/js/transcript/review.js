// The walk through places that are worth a look: each is shown and heard, one key answers it, and the next one comes.

import { hear, hush } from "./hearing.js";
import { taken } from "./keys.js";
import { settled } from "./links.js";

const ADDRESS = /^#review=(\w+)$/;

export class Review {
  #kind = null; // what is reviewed, while somebody walks
  #list = []; // the places as the server listed them when the walk began
  #at = 0;
  #busy = false;

  // `kinds` are as reviewing/kinds.js makes them.
  constructor(root, lines, { choosing, kinds, player, tell }) {
    Object.assign(this, { root, lines, choosing, kinds, player, tell });
    this.panel = choosing.floor.querySelector(".review");
    this.told = document.getElementById("lines-told");
    this.#wire();
    this.#fromAddress();
  }

  get walking() {
    return this.#list.length > 0;
  }

  #wire() {
    const acts = { previous: () => this.#step(-1), next: () => this.#step(1), again: () => this.#hear(), end: () => this.#end() };
    this.panel.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act], [data-label]");
      const act = button?.dataset.label ?? button?.dataset.act;
      if (acts[act]) acts[act]();
      else if (act) this.#answer(act);
    });
    document.addEventListener("click", (event) => {
      const what = event.target.closest("[data-act=review]")?.dataset;
      if (what) this.#begin(what.what ?? "labels", () => 0);
    });
    addEventListener("hashchange", () => this.#fromAddress());
    addEventListener("keydown", (event) => this.#key(event), true); // before what these keys mean elsewhere
    this.lines.addEventListener("change", () => this.walking && requestAnimationFrame(() => this.#keep()));
  }

  #fromAddress() {
    const what = ADDRESS.exec(location.hash)?.[1];
    if (!what || !Object.hasOwn(this.kinds, what)) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    this.#begin(what, () => 0);
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
    const key = event.key.toLowerCase();
    const what = Object.keys(this.kinds).find((name) => this.kinds[name].key === key);
    const step = event.shiftKey ? -1 : 1;
    if (what) return this.#kind === what ? () => this.#step(step) : () => this.#begin(what, (list) => this.#nearest(list, step));
    if (!this.walking || this.choosing.chosen.size || document.querySelector("details[data-menu][open]")) return null;
    if (event.key === "Escape") return () => this.#end();
    const act = this.kinds[this.#kind].keyAct(event);
    return act ? () => this.#answer(act) : null;
  }

  #step(step) {
    this.#go(this.#at + step);
  }

  // The first place from where the reader is, or the last one before.
  #nearest(list, step) {
    const { line } = this.choosing;
    if (!line) return step > 0 ? 0 : list.length - 1;
    const start = Number(line.dataset.start);
    const index = step > 0 ? list.findIndex((each) => each.start_ms >= start) : list.findLastIndex((each) => each.start_ms < start);
    return index < 0 ? (step > 0 ? 0 : list.length - 1) : index;
  }

  async #begin(what, choose) {
    if (this.#busy || this.#kind === what) return;
    this.#busy = true;
    const list = await this.#fetched(what);
    this.#busy = false;
    const row = this.#row(what);
    if (!list) this.#tell(this.panel.dataset.failed);
    else if (!list.length) this.#tell(row.dataset.none);
    else {
      if (this.walking) this.#end();
      this.#kind = what;
      this.#list = list;
      for (const other of this.panel.querySelectorAll("[data-kind]")) other.hidden = other !== row;
      this.panel.setAttribute("aria-label", row.dataset.name);
      const key = this.kinds[what].key.toUpperCase();
      for (const [act, keys] of [["previous", `Shift+${key}`], ["next", key]]) {
        const button = this.panel.querySelector(`[data-act=${act}]`);
        button.title = `${button.getAttribute("aria-label")} (${keys})`;
      }
      this.#go(choose(list));
    }
  }

  #row(what) {
    return this.panel.querySelector(`[data-kind=${what}]`);
  }

  async #fetched(what) {
    try {
      const answer = await fetch(this.panel.dataset.url.replace(/labels\/$/, `${what}/`) + location.search);
      return answer.ok ? (await answer.json()).lines : null;
    } catch {
      return null;
    }
  }

  async #go(index) {
    this.#at = Math.max(0, index);
    const now = this.#list[this.#at];
    if (!now) {
      const { last } = this.#row(this.#kind).dataset;
      this.#end();
      this.#tell(last);
      return;
    }
    const line = await this.lines.find(`line-${now.uuid}`, now.start_ms);
    if (this.#list[this.#at] !== now) return; // the reader is further by now
    if (!line) { // it is no more, or hidden: the session was processed again, or others changed it meanwhile
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
    if (document.querySelector(".editor")) return; // somebody works in it: the page holds still
    if (document.activeElement === document.body) line.querySelector(".line-time").focus({ preventScroll: true });
    if (line.getBoundingClientRect().top < 0 || this.#covered(line) > 0) await this.#show(line);
  }

  #mark(line) {
    for (const other of document.querySelectorAll(".line.reviewed")) if (other !== line) other.classList.remove("reviewed");
    line.classList.add("reviewed");
    this.kinds[this.#kind].arrive?.(line, this.#list[this.#at]);
    this.#draw(line);
  }

  #draw(line) {
    const lang = document.documentElement.lang;
    const progress = this.panel.dataset.progress
      .replace("{at}", (this.#at + 1).toLocaleString(lang))
      .replace("{n}", this.#list.length.toLocaleString(lang));
    const words = this.kinds[this.#kind].says(line, this.#list[this.#at]);
    const says = (this.#row(this.#kind).dataset.says ?? "{says}").replace("{says}", words);
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

  async #answer(act) {
    const [at, now] = [this.#at, this.#list[this.#at]];
    const line = now && document.getElementById(`line-${now.uuid}`);
    if (this.#busy || !line) return;
    this.#busy = true;
    const go = (then) => this.#goOn(at, now, then);
    const then = await this.kinds[this.#kind].acts[act]?.(now, line, go);
    this.#busy = false;
    if (then) go(then);
  }

  // Goes on from a place that is answered, unless the reader went elsewhere meanwhile.
  #goOn(at, now, then) {
    if (this.#at !== at || this.#list[at] !== now) return;
    const behind = this.#list.findIndex((each, index) => index > at && each.uuid !== now.uuid);
    if (then === "next") this.#go(at + 1);
    else this.#go(behind < 0 ? this.#list.length : behind);
  }

  #end() {
    this.kinds[this.#kind].leave?.();
    this.#kind = null;
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
