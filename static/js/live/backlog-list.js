// The lines that lead to captures of which something is left in this browser.

import { fill, seconds } from "./words.js";

export class BacklogList {
  constructor(list) {
    this.list = list;
    this.template = list.querySelector("template");
    this.shown = "";
  }

  show(left) {
    const rows = [...left].map(([key, each]) => this.row(key, each));
    const now = rows.map((row) => row.outerHTML).join("");
    this.list.hidden = !rows.length;
    if (now === this.shown) return; // a line that is made anew loses the keyboard
    this.shown = now;
    this.list.replaceChildren(this.template, ...rows);
  }

  row(key, { tape, uplink, isOpen }) {
    const row = this.template.content.firstElementChild.cloneNode(true);
    const { url, title } = tape.record;
    const isOver = uplink.isBarred || uplink.state === "finished";
    const text = isOver ? "over" : isOpen ? "open" : "sending";
    row.dataset.key = key;
    Object.assign(row.querySelector("a"), { href: url, textContent: title });
    row.querySelector("span").textContent = fill(row.dataset[text], seconds(tape.pendingSound));
    for (const button of row.querySelectorAll("button")) button.hidden = !isOver;
    return row;
  }
}
