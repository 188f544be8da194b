// Where the cursor stands in a textarea: in its first or last row as the eye sees them, and at which word.

const COPIED = ["font", "letterSpacing", "padding", "border", "boxSizing", "width", "whiteSpace", "overflowWrap", "lineHeight"];

export function rowOf(field) {
  const copy = document.createElement("div");
  const style = getComputedStyle(field);
  for (const name of COPIED) copy.style[name] = style[name];
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", height: "auto", inset: "0 auto auto 0" });
  const [start, caret, end] = [1, 2, 3].map(() => Object.assign(document.createElement("span"), { textContent: "\u2060" }));
  copy.append(start, field.value.slice(0, field.selectionStart), caret, field.value.slice(field.selectionStart), end);
  document.body.append(copy);
  const [top, at, bottom] = [start, caret, end].map((span) => span.getBoundingClientRect().top);
  copy.remove();
  return { first: at <= top + 2, last: at >= bottom - 2 };
}

// Where the word with this number begins and ends.
export function wordAt(text, number) {
  const words = [...text.matchAll(/\S+/g)];
  const word = words[Math.min(number, words.length - 1)];
  return word ? [word.index, word.index + word[0].length] : [0, 0];
}

// How many characters stand before the end of what is selected in `text`, an element; null where nothing is.
export function selectedEnd(text) {
  const selection = getSelection();
  if (!selection.rangeCount || !text.contains(selection.focusNode)) return null;
  const range = document.createRange();
  range.setStart(text, 0);
  const chosen = selection.getRangeAt(0);
  if (!text.contains(chosen.endContainer)) return null;
  range.setEnd(chosen.endContainer, chosen.endOffset);
  return range.toString().trimEnd().length;
}
