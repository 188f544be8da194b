// Links to a line: opening the page at one, however deep it lies, and copying one.

import { scrollTo } from "./follow.js";

const LINE = /^#line-([0-9a-f-]{36})$/;

export function deepLinks(root, { lines, player }) {
  const toast = root.querySelector(".toast");
  const button = linkButton(root.dataset.copyLabel);
  button.addEventListener("click", () => copy(button.closest(".line")));

  async function open() {
    const uuid = LINE.exec(location.hash)?.[1];
    if (!uuid) return;
    const line = document.getElementById(`line-${uuid}`) ?? (await fetched(uuid));
    if (!line) return;
    for (const other of document.querySelectorAll(".line.linked")) other.classList.remove("linked");
    line.classList.add("linked");
    await settled(line);
    if (player && !player.playing) player.seek(Number(line.dataset.start));
  }

  async function fetched(uuid) {
    const address = root.dataset.lineUrl.replace("00000000-0000-0000-0000-000000000000", uuid);
    const answer = await fetch(address + location.search, { headers: { Accept: "application/json" } });
    if (!answer.ok) return null;
    const { position } = await answer.json();
    if (position === null) { // the chosen voices hide it
      location.replace(location.pathname + location.hash);
      return null;
    }
    await lines.load(lines.blocks.findLast((block) => Number(block.dataset.first) <= position));
    return document.getElementById(`line-${uuid}`);
  }

  async function copy(line) {
    const address = new URL(location.href);
    address.hash = line.id;
    let text = root.dataset.copied;
    try {
      await navigator.clipboard.writeText(address.href);
    } catch {
      history.replaceState(null, "", address); // no clipboard outside HTTPS
      text = root.dataset.copyFailed;
    }
    tell(text);
  }

  function tell(text) {
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => { toast.hidden = true; }, 3500);
  }

  for (const name of ["pointerover", "focusin", "click"]) {
    root.addEventListener(name, (event) => {
      const line = event.target.closest(".line");
      if (line && button.parentElement !== line) line.append(button);
    });
  }
  addEventListener("hashchange", open);
  open();
  return { copy, tell };
}

function linkButton(label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "line-link";
  button.title = label;
  button.setAttribute("aria-label", label);
  button.innerHTML = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M10 14a4 4 0 0 0 5.7 0l3.2-3.2a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3.2 3.2a4 4 0 0 0 5.7 5.7l1-1" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg>';
  return button;
}

// Blocks around the line get their true heights while they come into view; scroll until the line stands still.
export async function settled(line) {
  for (let turn = 0; turn < 20; turn += 1) {
    const before = line.getBoundingClientRect().top;
    scrollTo(line);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const top = line.getBoundingClientRect().top;
    if (turn > 1 && Math.abs(top - before) < 2 && top >= 0 && top < innerHeight) return;
  }
}
