// The chosen lines, known by their ids, so that blocks may come, go and be replaced under them.

// Tells "change" when other lines are chosen.
export class Chosen extends EventTarget {
  #ids = new Set();
  #before = new Set(); // what was chosen before the stretch that is being extended
  #anchor = null; // where the stretch begins
  #head = null; // and where it ends by now
  #turn = Promise.resolve(); // stretches are extended one after the other, because blocks may have to be loaded

  constructor(lines) {
    super();
    this.lines = lines;
    lines.addEventListener("change", () => this.mark());
  }

  get size() {
    return this.#ids.size;
  }

  get uuids() {
    return [...this.#ids].map((id) => id.slice("line-".length));
  }

  get head() {
    return this.#head;
  }

  has(line) {
    return this.#ids.has(line.id);
  }

  toggle(line) {
    if (!this.#ids.delete(line.id)) this.#ids.add(line.id);
    this.#before = new Set(this.#ids);
    this.#anchor = this.#head = place(line);
    this.#changed();
  }

  // Chooses all lines from where the last choice began to this one, and no longer those beyond it.
  extendTo(line) {
    this.#turn = this.#turn.then(() => this.#extendTo(line));
    return this.#turn;
  }

  // Extends the stretch by one line, down (1) or up (-1); returns the line that is its end by then.
  step(step) {
    const turn = this.#turn.then(async () => {
      const line = await this.#find(this.#head);
      const next = line && (await this.lines.beside(line, step));
      if (next) await this.#extendTo(next);
      return next;
    });
    this.#turn = turn.catch(() => null);
    return turn;
  }

  clear() {
    this.#ids = new Set();
    this.#before = new Set();
    this.#anchor = this.#head = null;
    this.#changed();
  }

  // Marks the chosen among the lines that are on the page.
  mark() {
    for (const line of document.querySelectorAll("#lines .line")) line.classList.toggle("chosen", this.has(line));
  }

  async #extendTo(line) {
    const from = await this.#find(this.#anchor);
    if (!from) {
      this.toggle(line);
      return;
    }
    const stretch = await this.lines.between(from, line);
    this.#ids = new Set([...this.#before, ...stretch.map((each) => each.id)]);
    this.#head = place(line);
    this.#changed();
  }

  async #find(kept) {
    return kept && (document.getElementById(kept.id) ?? (await this.lines.near(kept.start)));
  }

  #changed() {
    this.mark();
    this.dispatchEvent(new Event("change"));
  }
}

function place(line) {
  return { id: line.id, start: Number(line.dataset.start) };
}
