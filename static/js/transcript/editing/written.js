// What a line says on the page: as the server gave it, and as it was written here but not confirmed yet.

const served = new WeakMap(); // elements of lines that show what was written here → what the server gave

export function lineOf(uuid) {
  return document.getElementById(`line-${uuid}`);
}

export function uuidOf(line) {
  return line.id.slice("line-".length);
}

export function plain(text) {
  return text.split(/\s+/).filter(Boolean).join(" ");
}

// What the server says, as far as the page knows.
export function servedText(line) {
  return served.get(line) ?? textOf(line);
}

export function textOf(line) {
  return line.classList.contains("unheard") ? "" : plain(line.querySelector(".line-text").textContent);
}

// Shows what was written; `waiting` is said beside it while it is not stored.
export function showMine(line, text, waiting) {
  if (!served.has(line)) served.set(line, textOf(line));
  fill(line, text);
  const shown = line.querySelector(".line-text");
  line.classList.toggle("unsaved", Boolean(waiting));
  if (waiting) shown.dataset.unsaved = waiting;
  else delete shown.dataset.unsaved;
}

// Shows what the server has confirmed, or what it had before.
export function showServed(line, text = servedText(line)) {
  served.delete(line);
  fill(line, text);
  line.classList.remove("unsaved");
  delete line.querySelector(".line-text").dataset.unsaved;
}

function fill(line, text) {
  if (text === textOf(line) || !text) return;
  line.classList.remove("unheard");
  const shown = line.querySelector(".line-text");
  shown.textContent = text;
  delete shown.dataset.words; // the times are of other words
}
