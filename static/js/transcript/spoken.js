// The spoken line and word: marked while they sound. Words become elements only in the line being spoken.

// Tells "line" when another line is being spoken.
export class Spoken extends EventTarget {
  line = null;
  #words = [];
  #starts = [];
  #word = null;

  constructor(lines) {
    super();
    this.lines = lines;
  }

  show(ms) {
    const line = this.lines.at(ms);
    if (line !== this.line || (line && !line.classList.contains("spoken-line"))) this.#changeLine(line);
    this.#changeWord(line && ms < Number(line.dataset.end) ? this.#wordAt(ms - Number(line.dataset.start)) : null);
  }

  #changeLine(line) {
    if (this.line) this.#leave(this.line);
    this.line = line;
    this.#word = null;
    if (line) this.#enter(line);
    this.dispatchEvent(new Event("line"));
  }

  #enter(line) {
    line.classList.add("spoken-line");
    line.setAttribute("aria-current", "true");
    const text = line.querySelector(".line-text");
    this.#starts = text.dataset.words ? text.dataset.words.split(",").map(Number) : [];
    this.#words = this.#starts.length ? wrapWords(text) : [];
    if (this.#words.length !== this.#starts.length) this.#starts = [];
  }

  #leave(line) {
    line.classList.remove("spoken-line");
    line.removeAttribute("aria-current");
    for (const word of line.querySelectorAll(".word")) word.replaceWith(word.textContent);
    line.querySelector(".line-text").normalize();
    this.#words = this.#starts = [];
  }

  #wordAt(offset) {
    let at = -1;
    while (at + 1 < this.#starts.length && this.#starts[at + 1] <= offset) at += 1;
    return this.#words[at] ?? null;
  }

  #changeWord(word) {
    if (word === this.#word) return;
    this.#word?.classList.remove("spoken");
    word?.classList.add("spoken");
    this.#word = word;
  }
}

// Puts each word of `text` into a <span class="word">, whatever elements it lies in; returns the spans.
function wrapWords(text) {
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  for (const node of nodes) {
    const parts = node.data.split(/(\s+)/).filter(Boolean).map((part) => {
      if (!part.trim()) return part;
      const span = document.createElement("span");
      span.className = "word";
      span.textContent = part;
      return span;
    });
    node.replaceWith(...parts);
  }
  return [...text.querySelectorAll(".word")];
}
