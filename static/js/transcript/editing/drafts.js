// Every letter that was typed and that the server has not confirmed: one draft per line, kept by the browser, so that
// leaving, reloading and a crash lose nothing.

import { lives, tab } from "./tabs.js";

// A draft: line (uuid), text, seen (what the line said when it began), start (ms), turn (its place in the order of sending),
// reviewed, and state: "typing", "ready" (to be sent), "aside" (put aside), "clash", "gone" or "refused".
export class Drafts extends EventTarget {
  #kept = new Map();
  #unsafe = new Set(); // lines whose drafts the browser would not keep
  #turn = 0;

  constructor(session) {
    super();
    this.prefix = `scribe.draft.${session}.`;
  }

  get(line) {
    return this.#kept.get(line) ?? null;
  }

  all(state) {
    return [...this.#kept.values()].filter((draft) => !state || draft.state === state).sort((a, b) => a.turn - b.turn);
  }

  // Whether something would be lost with the page.
  get unsafe() {
    return [...this.#unsafe].some((line) => this.get(line) && this.get(line).state !== "aside");
  }

  // Keeps a draft, or what changed of it; returns it. What becomes ready goes to the end of the order.
  put(line, changed) {
    const before = this.get(line);
    const draft = { line, reviewed: false, ...before, ...changed, tab };
    if (draft.state === "ready" && before?.state !== "ready") draft.turn = this.#next();
    draft.turn ??= this.#next();
    this.#kept.set(line, draft);
    try {
      localStorage.setItem(this.prefix + line, JSON.stringify(draft));
      this.#unsafe.delete(line);
    } catch {
      const news = !this.#unsafe.size;
      this.#unsafe.add(line);
      if (news) this.dispatchEvent(new Event("unsafe"));
    }
    return draft;
  }

  drop(line) {
    this.#kept.delete(line);
    this.#unsafe.delete(line);
    try {
      localStorage.removeItem(this.prefix + line);
    } catch {
      return;
    }
  }

  // Takes over what was left behind: by this tab before it was reloaded, and by tabs that are no more. Returns how many.
  adopt() {
    const found = this.#left().filter((draft) => !this.get(draft.line) && !lives(draft.tab));
    for (const draft of found.sort((a, b) => a.turn - b.turn)) {
      this.put(draft.line, draft.state === "aside" ? draft : { ...draft, state: "ready" });
    }
    return found.length;
  }

  #left() {
    const found = [];
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(this.prefix)) found.push(JSON.parse(localStorage.getItem(key)));
      }
    } catch {
      return found.filter(Boolean);
    }
    return found.filter((draft) => draft && typeof draft.text === "string" && draft.line);
  }

  #next() {
    this.#turn = Math.max(this.#turn + 1, Date.now());
    return this.#turn;
  }
}
