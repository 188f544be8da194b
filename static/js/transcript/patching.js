// Brings the lines of a block up to date: what is as it was stays the very same element, so that the keyboard, a selection
// and what is shown in a line survive other people's changes.

const DATA = ["start", "end", "label", "kind", "edited", "reviewed", "removed", "anew"];

// Fills `block` with newly served lines; returns whether anything was another.
export function patch(block, html) {
  const served = document.createElement("template");
  served.innerHTML = html;
  const [before, after] = [block, served.content].map((part) => [...part.querySelectorAll(".speech")]);
  if (before.map(shape).join() !== after.map(shape).join()) {
    replace(block, served.content);
    return true;
  }
  let changed = false;
  after.forEach((speech, index) => {
    const lines = [...before[index].querySelectorAll(".line")];
    [...speech.querySelectorAll(".line")].forEach((line, at) => {
      if (says(line) === says(lines[at])) return;
      replace(lines[at], line);
      changed = true;
    });
  });
  return changed;
}

// Who speaks which lines, and what was marked between them.
function shape(speech) {
  const voice = [...speech.classList].filter((name) => name.startsWith("voice-"));
  const parts = [...speech.children].map((part) => (part.matches(".line") ? part.id : plain(part.textContent) + part.className));
  return JSON.stringify([voice, parts]);
}

function says(line) {
  const text = line.querySelector(".line-text");
  const unsure = [...text.querySelectorAll(".unsure")].map((part) => plain(part.textContent));
  const label = line.querySelector(".line-label");
  const data = DATA.map((name) => line.dataset[name] ?? null);
  return JSON.stringify([data, plain(text.textContent), text.dataset.words, unsure, label?.title, label?.className]);
}

function plain(text) {
  return text.trim().replace(/\s+/g, " ");
}

// Puts `other` in the place of an element, or of what a block holds; the keyboard stays in its line.
function replace(element, other) {
  const active = element.contains(document.activeElement) ? document.activeElement : null;
  const [id, name] = [active?.closest(".line")?.id, active?.classList[0]];
  if (element.matches(".line")) element.replaceWith(other);
  else element.replaceChildren(other);
  if (!active || !id) return;
  const line = document.getElementById(id);
  (line?.querySelector(`.${name}`) ?? line?.querySelector(".line-time"))?.focus({ preventScroll: true });
}
