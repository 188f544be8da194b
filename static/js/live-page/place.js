// The reader's place: at the end, where new lines come into view by themselves, or further up, where nothing moves.

const NEAR = 40; // CSS pixels from the end that still count as the end

// Tells "change" when the reader leaves the end or comes back to it.
export class Place extends EventTarget {
  atEnd = true;
  #top = 0; // how far the box was scrolled when that was last known

  constructor(box) {
    super();
    this.box = box;
    box.addEventListener("scroll", () => this.#look(), { passive: true });
    new ResizeObserver(() => this.atEnd && this.#go()).observe(box);
    this.#go();
  }

  toEnd() {
    this.#go();
    this.#look();
  }

  // Runs `change`, which alters what is in the box, and leaves the reader where they were.
  keep(change) {
    const anchor = this.atEnd ? null : this.#firstInView();
    const top = anchor?.getBoundingClientRect().top;
    const result = change();
    if (this.atEnd) this.#go();
    else if (anchor?.isConnected) this.box.scrollTop += anchor.getBoundingClientRect().top - top;
    return result;
  }

  #go() {
    this.box.scrollTop = this.box.scrollHeight;
    this.#top = this.box.scrollTop;
  }

  // Only who scrolls up leaves the end: it may also move away by itself, when the box gets smaller or a line comes.
  #look() {
    const isNear = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR;
    const atEnd = isNear || (this.atEnd && this.box.scrollTop >= this.#top - 1);
    this.#top = this.box.scrollTop;
    if (atEnd === this.atEnd) return;
    this.atEnd = atEnd;
    this.dispatchEvent(new Event("change"));
  }

  #firstInView() {
    const { top } = this.box.getBoundingClientRect();
    for (const line of this.box.querySelectorAll(".live-line")) {
      if (line.getBoundingClientRect().bottom > top) return line;
    }
    return null;
  }
}
