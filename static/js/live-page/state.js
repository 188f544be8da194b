// What the state tells beside its words: whether anybody records, and what the session's clock says.

export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// Tells "change" when somebody begins to record, or nobody does any more.
export class State extends EventTarget {
  #zero = null; // when the session's clock was at zero, by this machine's clock

  constructor(box, shown) {
    super();
    this.box = box;
    this.shown = shown;
    box.addEventListener("htmx:afterSwap", () => this.#read());
    setInterval(() => this.#draw(), 1000);
    this.#read();
  }

  get isOpen() {
    return this.#zero !== null;
  }

  get phase() {
    return this.box.querySelector(".live-now")?.dataset.phase ?? "idle";
  }

  // The session's time now, in milliseconds; null while nobody records.
  get ms() {
    return this.isOpen ? Math.max(0, Date.now() - this.#zero) : null;
  }

  #read() {
    const { now } = this.box.querySelector(".live-now")?.dataset ?? {};
    this.#zero = now === undefined ? null : Date.now() - Number(now);
    this.#draw();
    this.dispatchEvent(new Event("change"));
  }

  #draw() {
    this.shown.hidden = !this.isOpen;
    const text = this.isOpen ? clock(this.ms) : "";
    if (this.shown.textContent !== text) this.shown.textContent = text;
  }
}
