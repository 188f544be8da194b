// Labelling lines: one key for the chosen lines, or for the line where the reader is.

import { taken } from "./keys.js";

const LABELS = { 1: "IC", 2: "OOC", 3: "MIXED" };

export class Labelling {
  #turn = Promise.resolve(); // one after the other: the last one said is the one that "undo" means

  constructor(choosing) {
    this.choosing = choosing;
    this.url = choosing.floor.dataset.labelUrl;
    this.said = document.getElementById("lines-said");
    document.addEventListener("keydown", (event) => {
      const label = labelOf(event);
      if (label && !taken(event) && this.#act(label)) event.preventDefault();
    });
  }

  // Says what lines are; resolves with whether it was taken down.
  say(uuids, what) {
    const turn = this.#turn.then(() => this.#send({ lines: uuids.join(" "), ...what }));
    this.#turn = turn;
    return turn;
  }

  #act(label) {
    const { chosen, bar, line } = this.choosing;
    if (chosen.size) bar.querySelector(`[name=label][value=${label}]`).click();
    else if (line) this.say([line.id.slice("line-".length)], { label });
    return Boolean(chosen.size || line);
  }

  async #send(values) {
    let done = false;
    const heard = (event) => {
      if (event.detail.elt === this.said) done = event.detail.successful;
    };
    this.said.addEventListener("htmx:afterRequest", heard);
    try {
      await htmx.ajax("POST", this.url, { source: this.said, target: this.said, swap: "innerHTML", values });
    } catch {
      done = false; // no network: the page says so itself
    } finally {
      this.said.removeEventListener("htmx:afterRequest", heard);
    }
    return done;
  }
}

// The label that a key stands for, by where it is: on some keyboards the digits need Shift.
export function labelOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return undefined;
  return LABELS[/^(?:Digit|Numpad)([123])$/.exec(event.code)?.[1]];
}
