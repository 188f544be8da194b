// What is written here and not stored yet stands in its line and says so there; what keeps it from being stored is said once.

import { lineOf, servedText, showMine } from "./written.js";

const PATIENCE_MS = 1000; // sending usually takes less: nothing is said about it

export class Unsent {
  #timer = 0;
  #late = false;

  constructor({ template, drafts, outbox, lines, telling, isOpen }) {
    Object.assign(this, { texts: template.dataset, drafts, outbox, telling, isOpen });
    this.notice = template.content.querySelector(".unsent-notice").cloneNode(true);
    document.getElementById("lines-said").after(this.notice);
    this.notice.querySelector("button").addEventListener("click", () => outbox.run());
    lines.addEventListener("change", () => this.show());
    outbox.addEventListener("stalled", () => this.#stalled());
    for (const name of ["sent", "clash", "gone", "refused"]) outbox.addEventListener(name, () => this.show());
    drafts.addEventListener("unsafe", () => telling.say(this.texts.full, { failed: true }));
    addEventListener("beforeunload", (event) => {
      if (drafts.unsafe) event.preventDefault();
    });
  }

  // Puts every text that waits into its line.
  show() {
    const waiting = this.drafts.all("ready");
    for (const draft of waiting) {
      const line = lineOf(draft.line);
      if (!line || this.isOpen(draft.line)) continue;
      if (servedText(line) !== draft.text) showMine(line, draft.text, this.#late || this.outbox.why ? this.texts.unsaved : "");
    }
    clearTimeout(this.#timer);
    if (!waiting.length) this.#late = false;
    else if (!this.#late) this.#timer = setTimeout(() => {
      this.#late = true;
      this.show();
    }, PATIENCE_MS);
    this.#notice(waiting.length);
  }

  #stalled() {
    const { why } = this.outbox;
    if (why) this.telling.aloud(this.texts[why]);
    else this.telling.aloud(this.texts.back);
    this.show();
  }

  #notice(count) {
    const { why } = this.outbox;
    this.notice.hidden = !why || !count;
    this.notice.querySelector("p").textContent = this.texts[why] ?? "";
    this.notice.querySelector("a").hidden = why !== "forbidden";
  }
}
