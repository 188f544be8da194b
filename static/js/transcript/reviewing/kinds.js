// What there is to review, one walk for each: which key goes on, what is said of a place, and what can be answered there.

import { labelOf } from "../labelling.js";

const HIGHLIGHT = "review-word";

// Each kind has: key; says(line, place): what stands beside the progress; keyAct(event): which act a key means;
// acts: name → function of (place, line, go) that resolves with "next" (go on), "line" (go on behind this line) or nothing, and
// may call `go` with one of these later;
// arrive(line, place), leave(): what is marked meanwhile.
export function kinds({ labelling, choosing, editing, marking }) {
  return {
    labels: {
      key: "n",
      says: (line) => line.querySelector(".line-label")?.title ?? "",
      keyAct: (event) => (isEnter(event) ? "right" : labelOf(event)),
      acts: {
        right: (place, line) => line.dataset.label && said(labelling.say([place.uuid], { label: line.dataset.label, kind: line.dataset.kind })),
        ...Object.fromEntries(["IC", "OOC", "MIXED"].map((label) => [label, (place) => said(labelling.say([place.uuid], { label }))])),
      },
    },
    words: {
      key: "w",
      says: (line, place) => wordsOf(line)[place.word]?.[0] ?? "",
      keyAct: (event) => (isEnter(event) ? "right" : isKey(event, "e") ? "edit" : ""),
      acts: {
        right: (place) => said(marking.reviewed([place.uuid], true), "line"),
        edit: (place, line, go) => editing.open(line, { word: place.word, onward: () => go("line") }),
      },
      arrive: (line, place) => highlight(line, place.word),
      leave: () => highlight(null),
    },
    voices: {
      key: "v",
      says: (line) => line.closest(".speech").querySelector(".voice-name").textContent,
      keyAct: (event) => (isEnter(event) ? "name" : ""),
      acts: {
        name: (place, line) => { location.href = line.closest(".speech").querySelector("a.voice-name").href; },
        "said-by": () => { choosing.open("said-by"); },
      },
    },
    hearings: {
      key: "h",
      says: (line) => line.dataset.anew ?? "",
      keyAct: (event) => ({ IC: "take", OOC: "keep" })[labelOf(event)],
      acts: {
        take: (place, line) => said(marking.heard(line, "machine")),
        keep: (place, line) => said(marking.heard(line, "mine")),
      },
    },
  };
}

function isKey({ key, shiftKey, ctrlKey, metaKey }, wanted) {
  return key.toLowerCase() === wanted && !shiftKey && !ctrlKey && !metaKey;
}

function isEnter(event) {
  return event.key === "Enter" && !event.target.closest("button, summary, a:not(.line-time)");
}

async function said(done, then = "next") {
  return (await done) ? then : "";
}

function wordsOf(line) {
  return [...line.querySelector(".line-text").textContent.matchAll(/\S+/g)];
}

const again = new MutationObserver(() => draw()); // words become elements, and text again, while the line sounds
let marked = null;

// Marks one word of a line without changing the line; null takes the mark away.
function highlight(line, number) {
  if (!("highlights" in CSS)) return;
  again.disconnect();
  marked = line && { text: line.querySelector(".line-text"), number };
  if (marked) again.observe(marked.text, { childList: true, subtree: true });
  draw();
}

function draw() {
  const range = marked && rangeOf(marked.text, marked.number);
  if (range) CSS.highlights.set(HIGHLIGHT, new Highlight(range));
  else CSS.highlights.delete(HIGHLIGHT);
}

// Where the word with this number stands in an element, whatever elements it lies in.
function rangeOf(text, number) {
  const word = [...text.textContent.matchAll(/\S+/g)][number];
  if (!word) return null;
  const range = document.createRange();
  const [start, end] = [word.index, word.index + word[0].length];
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let before = 0;
  let open = false;
  while (walker.nextNode()) {
    const after = before + walker.currentNode.length;
    if (!open && start < after) {
      range.setStart(walker.currentNode, start - before);
      open = true;
    }
    if (end <= after) {
      range.setEnd(walker.currentNode, end - before);
      break;
    }
    before = after;
  }
  return range;
}
