// The transcript page: puts the player, the waveform and the lines together. Without it the page still reads.

import { Choosing } from "./choosing.js";
import { startEditing } from "./editing/start.js";
import { deepLinks } from "./links.js";
import { Follow } from "./follow.js";
import { Freshness } from "./freshness.js";
import { keys } from "./keys.js";
import { Labelling } from "./labelling.js";
import { Lines } from "./lines.js";
import { Player } from "./player.js";
import { keepPlace } from "./place.js";
import { Review } from "./review.js";
import { kinds } from "./reviewing/kinds.js";
import { said } from "./said.js";
import { sceneList } from "./scenes.js";
import { Spoken } from "./spoken.js";
import { Waveform } from "./waveform.js";

function start() {
  const root = document.getElementById("transcript");
  if (!root) return;
  const lines = new Lines();
  const box = document.getElementById("player");
  const player = box && new Player(box);
  const spoken = new Spoken(lines);
  const follow = new Follow(root, player);
  const links = deepLinks(root, { lines, player });
  keepPlace(lines);
  const fresh = new Freshness(lines);
  sceneList(player);
  const choosing = document.getElementById("choosing") && new Choosing(root, lines, { current: () => spoken.line });
  if (choosing) {
    said(player);
    const edits = startEditing(root, lines, { choosing, player, fresh });
    const walks = kinds({ choosing, labelling: new Labelling(choosing), ...edits });
    new Review(root, lines, { choosing, kinds: walks, player, tell: links.tell });
  }
  if (!player) return;

  const wave = new Waveform(box, player);
  player.addEventListener("time", () => spoken.show(player.ms));
  spoken.addEventListener("line", () => {
    follow.show(spoken.line);
    player.who(spoken.line);
  });
  lines.addEventListener("change", () => {
    spoken.show(player.ms);
    wave.choose(lines.chosen);
  });
  wave.choose(lines.chosen);
  startAtOpenPart();

  // A click on a line plays it; a click that ends a selection, or that means another link, does not.
  root.addEventListener("click", (event) => {
    const line = event.target.closest(".line");
    if (!line || choosing?.takes(event) || event.target.closest(".line-link, .line-edit") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const letter = event.target.closest(".line-label");
    if (letter) { // what it means, where nothing can be pointed at
      links.tell(letter.title);
      return;
    }
    if (event.target.closest(".line-time")) event.preventDefault();
    else if (!getSelection().isCollapsed) return;
    hear(line, { play: true });
  });

  // Opened at a later part: that is where play begins.
  function startAtOpenPart() {
    const first = document.querySelector("#lines .line");
    if (first?.closest(".block") !== lines.blocks[0] && !location.hash.startsWith("#line-")) player.seek(Number(first.dataset.start));
  }

  function hear(line, { play = false } = {}) {
    player.jump(Number(line.dataset.start), { play });
  }

  // A marker in the list leads to its moment.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-jump]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    player.jump(Number(link.dataset.jump));
  });

  keys(root, {
    toggle: () => player.toggle(),
    skip: (ms) => player.skip(ms),
    speed: (step) => player.changeSpeed(step),
    follow: () => follow.toggle(),
    link: () => spoken.line && links.copy(spoken.line),
    next: async () => step(await lines.after(player.ms)),
    previous: async () => step(await lines.before(player.ms)),
  });

  function step(line) {
    if (!line) return;
    if (document.activeElement?.closest(".line")) line.querySelector(".line-time").focus({ preventScroll: true });
    hear(line);
  }
}

// htmx wires the page at DOMContentLoaded; this must come after it, because it triggers what htmx wired.
if (document.readyState === "complete") start();
else document.addEventListener("DOMContentLoaded", start);
