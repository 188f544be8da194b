// The live page: puts captions, state, markers and naming together. Without it the page shows how things stood.

import { taken } from "../transcript/keys.js";
import { Delay } from "./delay.js";
import { Drafts } from "./drafts.js";
import { Lines } from "./lines.js";
import { Markers } from "./markers.js";
import { Naming } from "./naming.js";
import { Place } from "./place.js";
import { programs } from "./programs.js";
import { Reading } from "./reading.js";
import { Socket } from "./socket.js";
import { State } from "./state.js";

const RENEW_AFTER_MS = 250; // several names that change at once are fetched once
const REFRESH_AFTER_MS = 300; // so is the state; the last of many changes is never the one that is left out
const PROGRESS_AFTER_MS = 1500;
const OVER = ["processing", "ready", "failed"]; // nothing is being said any more

const byId = (id) => document.getElementById(id);
const fire = (name) => document.body.dispatchEvent(new CustomEvent(name));

function start() {
  const root = byId("live");
  const words = root.dataset;
  const place = new Place(byId("captions"));
  const state = new State(byId("live-state"), byId("live-clock"));
  const naming = byId("live-who") && new Naming(root);
  const lines = new Lines({
    box: byId("live-lines"),
    earlier: byId("live-earlier"),
    address: words.linesUrl,
    place,
    dress: (line) => naming?.dress(line),
  });
  const drafts = new Drafts(byId("live-drafts"), place);
  const delay = new Delay(byId("live-behind"), words.behind);
  const markers = new Markers(root, state);
  const reading = new Reading(root, { lines: byId("live-lines"), place, state });
  const back = byId("live-back");
  let missed = 0; // lines that came while the reader was further up

  function draw() {
    if (OVER.includes(state.phase)) drafts.clear();
    const empty = !byId("live-lines").firstElementChild && !drafts.size;
    root.dataset.phase = state.phase;
    root.classList.toggle("empty-handed", empty);
    root.classList.toggle("on-air", state.isOpen);
    if (place.atEnd) missed = 0;
    back.hidden = place.atEnd;
    back.textContent = missed === 0 ? words.backNone : missed === 1 ? words.backOne : words.backMany.replace("{n}", missed);
  }

  place.addEventListener("change", draw);
  state.addEventListener("change", draw);
  lines.addEventListener("change", draw);
  lines.addEventListener("added", ({ detail }) => {
    if (!place.atEnd) missed += detail;
    draw();
  });
  back.addEventListener("click", () => {
    place.toEnd();
    byId("captions").focus({ preventScroll: true });
  });

  let refreshing = null;
  function refresh(after = REFRESH_AFTER_MS) {
    refreshing ??= setTimeout(() => {
      refreshing = null;
      fire("live-changed");
    }, after);
  }

  let renewing = null;
  function renew() {
    clearTimeout(renewing);
    renewing = setTimeout(() => lines.renew(), RENEW_AFTER_MS);
  }

  const hear = {
    "caption.draft": (message) => {
      drafts.show(message);
      delay.hear(message.capture, message.behind_ms);
      draw();
    },
    "caption.final": (message) => {
      delay.hear(message.capture, message.behind_ms);
      if (message.lines.length) {
        lines.add(message.lines, () => drafts.finish(message.id));
      } else {
        place.keep(() => drafts.finish(message.id));
        draw();
      }
    },
    "caption.relabelled": ({ lines: changed }) => lines.change(changed),
    "caption.delay": ({ capture, behind_ms: ms }) => delay.hear(capture, ms),
    "captures.changed": () => refresh(),
    "listeners.changed": () => refresh(),
    "run.changed": () => refresh(PROGRESS_AFTER_MS),
    "markers.changed": () => fire("markers-changed"),
    "lines.changed": () => renew(),
    "transcript.changed": () => {
      refresh();
      renew();
    },
  };

  const socket = new Socket(`/ws/sessions/${words.session}/live/`);
  const lost = byId("live-lost");
  const refused = byId("live-refused");
  let hadConnection = false;
  socket.addEventListener("message", ({ detail }) => hear[detail.type]?.(detail));
  socket.addEventListener("connected", () => {
    lost.hidden = refused.hidden = true;
    drafts.clear();
    if (hadConnection) {
      renew(); // names may have changed meanwhile as well
      refresh();
      fire("markers-changed");
    }
    hadConnection = true;
    lines.catchUp();
    markers.flush();
  });
  socket.addEventListener("lost", () => {
    lost.hidden = false;
    refused.hidden = true;
  });
  socket.addEventListener("refused", () => { // no reload by itself: this page may be the one that records
    lost.hidden = true;
    refused.hidden = false;
  });
  socket.connect();

  document.body.addEventListener("transcript-changed", renew);

  // A list in which somebody is typing is not replaced under their hands.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const list = byId("markers");
    if (event.detail.elt !== list || event.detail.requestConfig.verb !== "get") return;
    const open = list.querySelector("details[open]");
    if (!open) return;
    event.preventDefault();
    open.addEventListener("toggle", () => fire("markers-changed"), { once: true });
  });

  const help = byId("live-help");
  root.querySelector("[data-act=help]").addEventListener("click", () => help.showModal());
  const byKey = {
    m: () => markers.set("moment"),
    q: () => markers.set("quote"),
    l: () => markers.set("loot"),
    r: () => markers.set("rules"),
    "+": () => reading.resize(1),
    "=": () => reading.resize(1),
    "-": () => reading.resize(-1),
    End: () => place.toEnd(),
    "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const act = byKey[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.repeat || taken(event)) return;
    event.preventDefault();
    act();
  });

  programs(root);
  fold();
  draw();
  place.toEnd();
}

// Where there is little room, what stands beside the captions begins folded.
function fold() {
  if (matchMedia("(max-width: 60rem)").matches) byId("live-more").open = false;
}

// htmx wires the page at DOMContentLoaded; this must come after it.
if (document.readyState === "complete") start();
else document.addEventListener("DOMContentLoaded", start);
