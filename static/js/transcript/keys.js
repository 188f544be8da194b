// The keyboard: what each key does is listed in the dialog that "?" opens.

export function keys(root, acts) {
  const dialog = document.getElementById("keys");
  root.querySelector("[data-act=help]").addEventListener("click", () => dialog.showModal());
  const byKey = {
    " ": acts.toggle,
    j: acts.next,
    k: acts.previous,
    ArrowLeft: () => acts.skip(-5000),
    ArrowRight: () => acts.skip(5000),
    "[": () => acts.speed(-1),
    "]": () => acts.speed(1),
    f: acts.follow,
    l: acts.link,
    "?": () => dialog.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const act = byKey[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || taken(event)) return;
    event.preventDefault();
    act();
  });
}

// Keys belong to a field being typed in, to an open dialog, and the space bar to a focused control.
export function taken(event) {
  const target = event.target;
  if (document.querySelector("dialog[open]")) return true;
  if (target.closest("input:not([type=range]), select, textarea, [contenteditable]")) return true;
  return event.key === " " && Boolean(target.closest("button, summary, a:not(.line-time)"));
}
