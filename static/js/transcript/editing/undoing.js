// Undoing what one did oneself, the last thing first, and doing it again: two buttons, and keys.

export class Undoing {
  #turn = Promise.resolve(); // one after the other

  constructor({ template, server, outbox, telling }) {
    Object.assign(this, { texts: template.dataset, server, outbox, telling });
    this.buttons = { undo: document.getElementById("undo-own"), redo: document.getElementById("redo-own") };
    for (const [what, button] of Object.entries(this.buttons)) button.addEventListener("click", () => this.go(what));
    this.next(template.dataset);
    outbox.addEventListener("sent", ({ detail }) => this.next(detail.said));
  }

  // Shows what would be undone and done again next, as an answer of the server tells it.
  next(answer) {
    for (const [what, button] of Object.entries(this.buttons)) {
      const act = answer[what];
      if (act === undefined) continue;
      const text = act ? this.texts[`${what}Says`].replace("{act}", act) : this.texts[`${what}None`];
      const key = what === "undo" ? "U" : "Shift+U";
      button.title = `${text} (${key})`;
      button.setAttribute("aria-label", text);
      button.setAttribute("aria-disabled", String(!act));
    }
  }

  go(what) {
    this.#turn = this.#turn.then(() => this.#go(what));
    return this.#turn;
  }

  // Says that something was done, with the way back.
  say(said) {
    this.telling.say(said, { act: { label: this.texts.undoLabel, title: "U", run: () => this.go("undo") } });
  }

  async #go(what) {
    const { kind, ...answer } = (await this.outbox.run()) ? await this.server.ask(`${what}/`) : { kind: this.outbox.why };
    this.next(answer);
    const said = answer.said ?? this.texts[`${kind}Act`];
    const back = what === "undo" ? "redo" : "undo";
    const act = kind === "ok" && answer.done ? { label: this.texts[`${back}Label`], run: () => this.go(back) } : null;
    this.telling.say(said, { failed: kind !== "ok", act });
    const changed = answer.about === "lines" ? "lines-changed" : "transcript-changed";
    if (kind === "ok" || kind === "clash") document.body.dispatchEvent(new CustomEvent(changed));
  }
}
