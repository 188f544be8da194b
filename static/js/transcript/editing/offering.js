// Where editing is offered: a pencil in each line, double clicks, buttons in the bar of chosen lines, and keys.

import { taken } from "../keys.js";

export class Offering {
  constructor(root, { template, choosing, editing, marking, undoing, dialogs }) {
    Object.assign(this, { choosing, editing, marking, undoing, dialogs });
    this.pencil = template.content.querySelector(".line-edit").cloneNode(true);
    this.#offer(root);
    this.#bar(template);
    this.#elsewhere();
    document.addEventListener("keydown", (event) => this.#key(event), true); // before what lines are played with
  }

  #offer(root) {
    for (const name of ["pointerover", "focusin", "click"]) {
      root.addEventListener(name, (event) => {
        const line = event.target.closest(".line");
        if (!line || this.pencil.parentElement === line || document.activeElement === this.pencil) return;
        line.append(this.pencil);
        this.pencil.hidden = !this.editing.allowed || "removed" in line.dataset;
      });
    }
    root.addEventListener("click", (event) => {
      if (!event.target.closest(".line-edit")) return;
      event.stopImmediatePropagation(); // it plays nothing by itself
      this.editing.open(this.pencil.closest(".line"));
    }, true);
    root.addEventListener("dblclick", (event) => {
      const text = event.target.closest(".line-text");
      if (!text || event.ctrlKey || event.metaKey || event.shiftKey || root.classList.contains("tapping")) return;
      this.editing.openAt(text.closest(".line"));
    });
  }

  // What the bar of chosen lines offers beyond choosing.
  #bar(template) {
    const { bar, chosen } = this.choosing;
    const buttons = template.content.querySelector(".bar-edits").cloneNode(true);
    bar.querySelector("[data-act=clear]").before(buttons);
    buttons.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (act === "edit-chosen") {
        const line = document.getElementById(`line-${chosen.uuids[0]}`);
        chosen.clear();
        this.editing.open(line);
      } else if (act === "review-chosen") this.marking.review();
      else if (act === "remove-chosen") this.marking.remove();
    });
    const draw = () => { buttons.querySelector("[data-act=edit-chosen]").hidden = chosen.size !== 1; };
    chosen.addEventListener("change", draw);
    draw();
  }

  // A click elsewhere saves; so does the keyboard going elsewhere.
  #elsewhere() {
    let inside = false;
    const isInside = (target) => Boolean(target.closest?.(".editor, .player, .lines-floor, dialog, .line-edit, .own-acts"));
    document.addEventListener("pointerdown", (event) => { inside = isInside(event.target); }, true);
    document.addEventListener("click", (event) => {
      if (this.editing.now && event.detail && !inside && !isInside(event.target)) this.editing.leave();
    }, true);
    document.addEventListener("focusin", (event) => {
      if (this.editing.now && !isInside(event.target)) this.editing.leave();
    });
  }

  #key(event) {
    if (event.altKey || taken(event)) return;
    const act = event.ctrlKey || event.metaKey ? this.#withCtrl(event) : this.#plain(event);
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  #withCtrl({ key, shiftKey }) {
    const letter = key.toLowerCase();
    if (letter === "z") return () => this.undoing.go(shiftKey ? "redo" : "undo");
    return letter === "y" && !shiftKey ? () => this.undoing.go("redo") : null;
  }

  #plain({ key, shiftKey }) {
    const letter = key.toLowerCase();
    if (letter === "u") return () => this.undoing.go(shiftKey ? "redo" : "undo");
    if (shiftKey) return null;
    const line = this.choosing.reached;
    const acts = {
      e: () => this.editing.open(line),
      y: () => this.dialogs.history(line),
      r: () => this.marking.review(),
    };
    return line || (letter === "r" && this.choosing.chosen.size) ? acts[letter] : null;
  }
}
