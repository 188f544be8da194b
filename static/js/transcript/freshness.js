// Keeping the transcript fresh. It listens for changes of everything itself (hx-trigger), but goes with every answer, and
// with it goes what it was told of while that answer was on its way: such a change is told to its successor. Where only
// lines changed, the blocks near the view are fetched again, and those far from it are forgotten until somebody comes there.

import { patch } from "./patching.js";

const QUIET_MS = 120; // changes often come in twos: from this page, and over the socket

export class Freshness {
  #told = 0;
  #fetched = 0;
  #timer = 0;
  #turn = Promise.resolve();

  constructor(lines) {
    this.lines = lines;
    document.body.addEventListener("transcript-changed", () => { this.#told += 1; });
    document.body.addEventListener("htmx:configRequest", (event) => {
      if (event.detail.target?.id === "transcript-body") this.#fetched = this.#told;
    });
    document.body.addEventListener("htmx:afterSettle", (event) => {
      if (event.detail.elt.id !== "transcript-body" || this.#told === this.#fetched) return;
      document.body.dispatchEvent(new CustomEvent("transcript-changed"));
    });
    document.body.addEventListener("lines-changed", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.now(), QUIET_MS);
    });
  }

  // Fetches what is near the view again; resolves when it is there.
  now() {
    clearTimeout(this.#timer);
    this.#turn = this.#turn.then(() => this.#freshen());
    return this.#turn;
  }

  async #freshen() {
    const near = [];
    for (const block of this.lines.blocks) {
      if (!this.lines.loaded(block)) continue;
      if (this.lines.isNear(block)) near.push(this.#fetch(block));
      else this.lines.forget(block);
    }
    const changed = await Promise.all(near);
    if (changed.some(Boolean)) this.lines.dispatchEvent(new Event("change"));
    document.body.dispatchEvent(new CustomEvent("lines-fresh")); // what is counted of them may be another number now
  }

  async #fetch(block) {
    try {
      const answer = await fetch(block.dataset.url, { headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) return false;
      const html = await answer.text();
      return block.isConnected && this.lines.loaded(block) && patch(block, html);
    } catch {
      return false; // without a connection; once it is back, the page is told
    }
  }
}
