// What is being said at this moment: a draft per open utterance, softer than lines, gone when its line is there.

const STALE_MS = 30_000; // its captioner is gone; what was said comes as a line from another one
const FINISHED_KEPT = 300;

export class Drafts {
  #drafts = new Map(); // id -> { element, at }
  #finished = new Set(); // utterances whose line is there: a late draft of one is no news

  constructor(box, place) {
    this.box = box;
    this.place = place;
    setInterval(() => this.#sweep(), 5000);
  }

  get size() {
    return this.#drafts.size;
  }

  show({ id, start_ms: start, firm, soft }) {
    if (this.#finished.has(id) || document.getElementById(`line-${id}`)) return;
    this.place.keep(() => {
      const draft = this.#drafts.get(id) ?? this.#make(id, start);
      draft.at = Date.now();
      const [first, second] = draft.element.querySelectorAll("[data-part]");
      first.textContent = firm;
      second.textContent = firm && soft ? ` ${soft}` : soft;
    });
  }

  // Its line is on the page, or nothing was said after all.
  finish(id) {
    this.#finished.add(id);
    if (this.#finished.size > FINISHED_KEPT) this.#finished.delete(this.#finished.values().next().value);
    this.#drafts.get(id)?.element.remove();
    this.#drafts.delete(id);
  }

  // Whatever was being said when the connection was lost is a line by now, or is told anew.
  clear() {
    if (!this.size) return;
    this.place.keep(() => {
      for (const { element } of this.#drafts.values()) element.remove();
      this.#drafts.clear();
    });
  }

  #make(id, start) {
    const element = document.createElement("p");
    element.className = "live-line live-draft";
    element.dataset.start = start;
    element.innerHTML = '<span class="live-speaker"><span class="live-speaking"></span></span> <span class="live-text"><span class="firm" data-part></span><span class="soft" data-part></span></span>';
    const after = [...this.box.children].findLast((other) => Number(other.dataset.start) <= start);
    if (after) after.after(element);
    else this.box.prepend(element);
    const draft = { element, at: 0 };
    this.#drafts.set(id, draft);
    return draft;
  }

  #sweep() {
    const old = [...this.#drafts].filter(([, { at }]) => Date.now() - at > STALE_MS);
    if (!old.length) return;
    this.place.keep(() => {
      for (const [id, { element }] of old) {
        element.remove();
        this.#drafts.delete(id);
      }
    });
  }
}
