// Boxes for texts that could not be stored as they are: two versions of a line, a line that is no more, a text that is refused.

import { differing, mark } from "./differing.js";

// Both versions at once; `acts` are what its buttons do.
export function clashBox(template, { mine, theirs, who }, acts) {
  const box = clone(template, "clash", acts);
  const [left, right] = differing(mine, theirs);
  mark(box.querySelector(".clash-mine"), left, "ins");
  mark(box.querySelector(".clash-theirs"), right, "ins");
  box.querySelector(".clash-who").textContent = who || template.dataset.somebody;
  return box;
}

// What was written for a line that is no more, or that the server refuses; `why` says so. It can be typed in: whose line goes
// while they type goes on typing here, and none of the letters is taken for a key that does something. `typed` is told of it.
export function keptBox(template, { text, why, gone, typed }, acts) {
  const box = clone(template, "kept", acts);
  box.querySelector(".kept-why").textContent = why;
  const field = box.querySelector(".kept-text");
  field.textContent = text;
  field.addEventListener("input", () => typed(field.value));
  box.querySelector("[data-act=copy]").addEventListener("click", (event) => copy(event.currentTarget, field));
  box.querySelector(gone ? "[data-act=edit]" : "[data-act=put]").remove();
  return box;
}

function clone(template, name, acts) {
  const box = template.content.querySelector(`.${name}`).cloneNode(true);
  box.addEventListener("click", (event) => {
    const act = acts[event.target.closest("[data-act]")?.dataset.act];
    if (!act) return;
    event.stopPropagation();
    act();
  });
  return box;
}

async function copy(button, field) {
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.copied;
  } catch {
    field.select(); // ready for Ctrl-C
  }
}
