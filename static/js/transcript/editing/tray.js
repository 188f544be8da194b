// What could not be stored and has no editor open: a box for each such line, over the page's bottom, until somebody decides.

import { clashBox, keptBox } from "./clash.js";

export class Tray {
  #boxes = new Map();

  constructor(template, { drafts, decide }) {
    Object.assign(this, { template, drafts });
    this.decide = decide; // called with the draft and "mine", "theirs", "edit", "put" or "drop"
    this.tray = template.content.querySelector(".editing-tray").cloneNode(true);
    document.getElementById("lines-said").after(this.tray);
  }

  // Shows the box of a draft in one of the states "clash", "gone" and "refused"; `caret` is where typing goes on in it.
  show(shown, { caret = null } = {}) {
    let draft = shown;
    this.drop(draft.line);
    const typed = (text) => { draft = this.drafts.put(draft.line, { text }); };
    const act = (name) => () => {
      this.drop(draft.line);
      this.decide(draft, name);
    };
    const acts = { mine: act("mine"), theirs: act("theirs"), edit: act("edit"), put: act("put"), drop: act("drop") };
    const box = draft.state === "clash"
      ? clashBox(this.template, { mine: draft.text, theirs: draft.theirs, who: draft.who }, acts)
      : keptBox(this.template, { text: draft.text, why: draft.why, gone: draft.state === "gone", typed }, acts);
    this.#boxes.set(draft.line, box);
    this.tray.append(box);
    this.tray.hidden = false;
    const field = box.querySelector("textarea");
    if (caret === null || !field) return;
    field.focus();
    field.setSelectionRange(caret, caret);
  }

  drop(line) {
    this.#boxes.get(line)?.remove();
    this.#boxes.delete(line);
    this.tray.hidden = !this.#boxes.size;
  }
}
