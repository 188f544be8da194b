// The finished lines: each once, in the order of their positions. Fetches what was missed.

const MOST_LINES = 400; // on the page; earlier ones can be fetched again
const MANY = 5; // more at once than this are not read out: they are the past

class Unfetched extends Error {}

// Tells "added" (detail: how many came at the end), and "change" when there are others or none.
export class Lines extends EventTarget {
  #turn = Promise.resolve(); // what is fetched and what is told are put on the page one after the other

  constructor({ box, earlier, address, place, dress }) {
    super();
    this.box = box;
    this.earlier = earlier;
    this.address = address;
    this.place = place;
    this.dress = dress; // what else a line needs, where the reader may do something with it
    for (const line of this.all) this.dress(line);
    this.#joinUp();
    earlier.addEventListener("click", () => this.#fetchEarlier());
  }

  get all() {
    return [...this.box.children];
  }

  get last() {
    const line = this.box.lastElementChild;
    return line ? Number(line.dataset.position) : null;
  }

  has(id) {
    return document.getElementById(`line-${id}`) !== null;
  }

  // Puts lines that were just spoken on the page; fetches those between, where the page missed some.
  add(lines, done) {
    return this.#inTurn(async () => {
      const next = this.last === null ? null : this.last + 1;
      const first = Math.min(...lines.map((line) => line.position));
      if (next !== null && first > next) this.#put(await this.#fetch({ after: this.last }));
      else if (next === null && first > 0) this.#put(await this.#fetch({}));
      this.#put(lines, done);
    });
  }

  // Lines that are on the page, under other names.
  change(lines) {
    return this.#inTurn(() => this.#put(lines.filter(({ id }) => this.has(id))));
  }

  // Everything after the last line that is here.
  catchUp() {
    return this.#inTurn(async () => {
      this.#put(await this.#fetch(this.last === null ? {} : { after: this.last }));
    });
  }

  // All lines again, as they are now: other names, other places, or gone.
  renew() {
    return this.#inTurn(async () => {
      const there = await this.#fetch({ last: Math.max(60, this.all.length) });
      const ids = new Set(there.map(({ id }) => `line-${id}`));
      const from = there.length ? there[0].position : 0;
      this.place.keep(() => {
        for (const line of this.all) {
          if (!ids.has(line.id) && (Number(line.dataset.position) >= from || !there.length)) line.remove();
        }
      });
      this.#put(there);
      this.dispatchEvent(new Event("change"));
    });
  }

  #inTurn(act) {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch((error) => {
      if (!(error instanceof Unfetched)) throw error; // what could not be had is fetched with the next line, or later
    }).catch(reportError);
    return this.#turn;
  }

  async #fetch(query) {
    const answer = await fetch(`${this.address}?${new URLSearchParams(query)}`).catch(() => null);
    if (!answer?.ok || answer.redirected) throw new Unfetched();
    return (await answer.json()).lines;
  }

  async #fetchEarlier() {
    const first = this.box.firstElementChild;
    if (!first) return;
    await this.#inTurn(async () => {
      const lines = await this.#fetch({ before: Number(first.dataset.position) });
      this.earlier.hidden = lines.length === 0;
      this.#quietly(() => this.place.keep(() => this.#put(lines, null, { keepAll: true })));
    });
  }

  #put(lines, done = null, { keepAll = false } = {}) {
    const fresh = lines.filter(({ id }) => !this.has(id));
    const act = () => this.place.keep(() => {
      for (const line of lines) this.#putOne(line);
      done?.();
      if (!keepAll && this.place.atEnd) this.#trim();
      this.#joinUp();
    });
    if (fresh.length > MANY) this.#quietly(act);
    else act();
    if (fresh.length && !keepAll) this.dispatchEvent(new CustomEvent("added", { detail: fresh.length }));
    this.dispatchEvent(new Event("change"));
  }

  #putOne({ id, html }) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const line = template.content.firstElementChild;
    this.dress(line);
    const old = document.getElementById(`line-${id}`);
    if (old) return this.#renewOne(old, line);
    const position = Number(line.dataset.position);
    let after = this.box.lastElementChild;
    while (after && Number(after.dataset.position) > position) after = after.previousElementSibling;
    if (after) after.after(line);
    else this.box.prepend(line);
  }

  // Alters what differs and nothing else, so that a screen reader does not read the line again.
  #renewOne(old, line) {
    const moved = old.dataset.position !== line.dataset.position;
    old.className = line.className;
    for (const [name, value] of Object.entries(line.dataset)) old.dataset[name] = value;
    const [was, is] = [old, line].map((each) => each.querySelector(".live-text"));
    if (was.innerHTML !== is.innerHTML) was.innerHTML = is.innerHTML;
    const [named, name] = [old, line].map((each) => each.querySelector(".voice-name"));
    if (named.textContent !== name.textContent) named.textContent = name.textContent;
    const label = name.getAttribute("aria-label");
    if (label) named.setAttribute("aria-label", label);
    if (!moved) return;
    const position = Number(line.dataset.position);
    const after = this.all.findLast((each) => each !== old && Number(each.dataset.position) < position);
    if (after && after.nextElementSibling !== old) after.after(old);
  }

  // Lines of the same person one after the other carry the name once.
  #joinUp() {
    let before = "";
    for (const line of this.all) {
      line.classList.toggle("continued", Boolean(line.dataset.who) && line.dataset.who === before);
      before = line.dataset.who;
    }
  }

  #trim() {
    const lines = this.all;
    if (lines.length <= MOST_LINES + 50) return;
    for (const line of lines.slice(0, lines.length - MOST_LINES)) line.remove();
    this.earlier.hidden = false;
  }

  #quietly(act) {
    const live = this.box.getAttribute("aria-live");
    this.box.setAttribute("aria-live", "off");
    act();
    requestAnimationFrame(() => setTimeout(() => this.box.setAttribute("aria-live", live), 100));
  }
}
