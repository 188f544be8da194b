// The lines: which block holds which time, loading blocks before they are seen, and finding lines in them.

const LINGER_MS = 1500; // a line stays marked for so long after its end, unless another begins
const AHEAD = 1500; // blocks this many pixels near to the view are loaded, so that scrolling seldom meets an empty one

// The last of `elements` whose data-start is at most `ms`; the first where none is.
function lastStarted(elements, ms) {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Number(elements[middle].dataset.start) <= ms) low = middle + 1;
    else high = middle;
  }
  return elements[Math.max(0, low - 1)] ?? null;
}

// Tells "change" when blocks were loaded or the whole transcript was replaced.
export class Lines extends EventTarget {
  #starts = new WeakMap();

  constructor() {
    super();
    this.#take();
    document.body.addEventListener("htmx:beforeRequest", (event) => {
      const block = event.detail.elt;
      if (block.matches?.(".block") && this.loaded(block)) event.preventDefault();
    });
    document.body.addEventListener("htmx:afterSettle", (event) => {
      if (event.detail.elt.id === "transcript-body") this.#take();
      else if (!event.detail.elt.matches(".block")) return;
      this.dispatchEvent(new Event("change"));
    });
  }

  #take() {
    this.blocks = [...document.querySelectorAll("#lines > .block")];
    this.observer?.disconnect();
    this.observer = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        this.observer.unobserve(entry.target);
        this.load(entry.target);
      }
    }, { rootMargin: `${AHEAD}px 0px` });
    for (const block of this.blocks) if (!this.loaded(block)) this.observer.observe(block);
  }

  get chosen() {
    const numbers = document.getElementById("transcript-body").dataset.chosen;
    return numbers ? numbers.split(" ").map(Number) : [];
  }

  loaded(block) {
    return !block.querySelector(":scope > .block-link");
  }

  // Whether somebody looks at the block, is about to, or is in it with the keyboard or an editor.
  isNear(block) {
    const { top, bottom } = block.getBoundingClientRect();
    if (bottom > -AHEAD && top < innerHeight + AHEAD) return true;
    return Boolean(block.querySelector(".editing, .spoken-line")) || block.contains(document.activeElement);
  }

  // Empties a block as if it had never been loaded; it keeps its height, and is loaded when somebody comes near.
  forget(block) {
    const link = document.createElement("a");
    const address = new URL(document.getElementById("transcript-body").dataset.address, location.href);
    address.searchParams.set("part", String(this.blocks.indexOf(block) + 1));
    Object.assign(link, { className: "block-link", href: address.href, textContent: block.dataset.label });
    block.style.setProperty("--height", `${block.getBoundingClientRect().height}px`);
    block.replaceChildren(link);
    const wanted = { get: block.dataset.url, trigger: "wanted", target: "this", swap: "innerHTML", sync: "this:drop" };
    for (const [name, value] of Object.entries(wanted)) block.setAttribute(`hx-${name}`, value);
    htmx.process(block);
    this.observer.observe(block);
  }

  // Resolves with the block once its lines are there, or with null where they could not be had, or where the whole
  // transcript was replaced meanwhile.
  load(block) {
    if (!block || this.loaded(block)) return Promise.resolve(block ?? null);
    return new Promise((resolve) => {
      const names = ["htmx:afterSettle", "htmx:responseError", "htmx:sendError"];
      const done = (event) => {
        if (event.target !== block && block.isConnected) return;
        for (const name of names) block.removeEventListener(name, done);
        this.removeEventListener("change", done);
        resolve(block.isConnected && this.loaded(block) ? block : null);
      };
      for (const name of names) block.addEventListener(name, done);
      this.addEventListener("change", done);
      htmx.trigger(block, "wanted");
    });
  }

  // The line being spoken at `ms`, or just before it, if its block is loaded; if not, loading begins.
  at(ms) {
    const block = lastStarted(this.blocks, ms);
    if (!block) return null;
    if (!this.loaded(block)) {
      this.load(block);
      return null;
    }
    const line = lastStarted(this.#of(block), ms);
    const spoken = line && Number(line.dataset.start) <= ms && ms < Number(line.dataset.end) + LINGER_MS;
    return spoken ? line : null;
  }

  // The last line that has started by `ms`, else the first; its block is loaded for it.
  async near(ms) {
    const block = await this.load(lastStarted(this.blocks, ms));
    return block && lastStarted(this.#of(block), ms);
  }

  // The line with this id, which starts at `ms`, if it is still there; its block is loaded for it.
  async find(id, ms) {
    const blocks = this.blocks;
    const at = blocks.indexOf(lastStarted(blocks, ms));
    // People who talk at once may start together on both sides of a block's end.
    for (const block of [blocks[at], blocks[at - 1], blocks[at + 1]]) {
      const found = document.getElementById(id);
      if (found) return found;
      await this.load(block);
    }
    return document.getElementById(id) ?? (this.blocks === blocks ? null : this.find(id, ms));
  }

  async after(ms) {
    const line = await this.near(ms);
    return line && Number(line.dataset.start) > ms ? line : line && this.beside(line, 1);
  }

  // Like a record player: from within a line the first step back goes to its start.
  async before(ms) {
    const line = await this.near(ms);
    return line && ms - Number(line.dataset.start) > 1500 ? line : line && this.beside(line, -1);
  }

  // All lines from one to the other, whichever comes first; the blocks between them are loaded for it.
  async between(one, other) {
    const [from, to] = [one, other].map((line) => this.blocks.indexOf(line.closest(".block"))).sort((a, b) => a - b);
    const between = [];
    for (const block of this.blocks.slice(from, to + 1)) {
      if (await this.load(block)) between.push(...this.#of(block));
    }
    const [first, last] = [one, other].map((line) => between.indexOf(line)).sort((a, b) => a - b);
    return between.slice(Math.max(0, first), last + 1);
  }

  // The line after (1) or before (-1) this one; at either end the same.
  async beside(line, step) {
    const block = line.closest(".block");
    const lines = this.#of(block);
    const next = lines[lines.indexOf(line) + step];
    if (next) return next;
    for (let at = this.blocks.indexOf(block) + step; this.blocks[at]; at += step) {
      const other = await this.load(this.blocks[at]);
      const found = other ? this.#of(other).at(step > 0 ? 0 : -1) : line;
      if (found) return found; // a block whose lines were all removed is passed over
    }
    return line;
  }

  #of(block) {
    const kept = this.#starts.get(block);
    if (kept?.length && kept.every((line) => line.isConnected)) return kept;
    const lines = [...block.querySelectorAll(".line")];
    this.#starts.set(block, lines);
    return lines;
  }
}
