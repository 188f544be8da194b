// The history of a line and the removed lines, in a dialog; and taking from there what the machine heard, or putting back.

import { uuidOf } from "./written.js";

export class Dialogs {
  constructor(root, { server, telling, undoing, texts }) {
    Object.assign(this, { server, telling, undoing, texts });
    this.dialog = document.getElementById("line-dialog");
    this.body = this.dialog.querySelector(".line-dialog-body");
    root.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-act=removed]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#open("removed/", texts.removedTitle);
    });
    this.dialog.addEventListener("click", (event) => this.#click(event));
    this.dialog.addEventListener("close", () => this.#back?.isConnected && this.#back.focus({ preventScroll: true }));
  }

  #path = "";
  #back = null; // where the keyboard was

  history(line) {
    return this.#open(`lines/${uuidOf(line)}/history/`, this.texts.historyTitle);
  }

  async #open(path, title) {
    this.#path = path;
    this.#back = document.activeElement;
    this.dialog.querySelector("h2").textContent = title;
    await this.#fill();
    if (!this.dialog.open) this.dialog.showModal();
  }

  async #fill() {
    const page = await this.server.page(this.#path);
    if (page === null) this.body.textContent = this.texts.awayAct;
    else this.body.replaceChildren(...new DOMParser().parseFromString(page, "text/html").body.childNodes);
  }

  async #click(event) {
    const button = event.target.closest("button[data-act]");
    if (!button) return;
    event.preventDefault();
    const { act } = button.dataset;
    if (act === "restore") await this.#do("lines/restore/", { lines: button.value });
    else if (act === "take-heard") {
      const line = button.closest("[data-line]").dataset.line;
      await this.#do(`lines/${line}/heard/`, { seen: button.dataset.seen, take: "machine" });
      this.dialog.close();
    }
  }

  async #do(path, values) {
    const answer = await this.server.ask(path, values);
    if (answer.kind === "ok") {
      this.undoing.next(answer);
      this.undoing.say(answer.said);
    } else this.telling.say(answer.said ?? this.texts[`${answer.kind}Act`], { failed: true });
    document.body.dispatchEvent(new CustomEvent("lines-changed"));
    await this.#fill();
    (this.body.querySelector("button") ?? this.dialog.querySelector("form button"))?.focus();
  }
}

