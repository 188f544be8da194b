// The page of a session's voices: samples by key, Enter goes on to the next voice, and nothing typed is lost when the
// voices are shown anew. Without it every form still posts and every sample is a link to its sound.

import { Clips } from "./voices/clips.js";

const bar = document.getElementById("voices-bar");
const clips = bar?.querySelector("audio") && new Clips(bar);

const held = []; // forms sent while another is on its way, by id
let busy = false;
let lastCard = null; // id of the voice that was worked on last
let kept = null; // what was typed and where the cursor was, while the voices are replaced

const hasKeyboard = matchMedia("(pointer: fine)").matches; // what points exactly comes with one
const byId = (id) => (id ? document.getElementById(id) : null);
const cards = () => [...document.querySelectorAll(".voice-card")];
const fieldOf = (card) => card?.querySelector(".name-form input[name=name]");
const isText = (element) => Boolean(element?.matches?.("input:not([type=checkbox], [type=hidden]), textarea, select"));
const isUntouched = (field) => field.matches("input[name=name]") && field.value === field.defaultValue;

// ---------- Going on ----------

const isOnItsWay = (card) => Boolean(card.querySelector("[data-sent]")) || held.includes(card.querySelector(".name-form")?.id);

// The next voice without a name after `card`, else the first; null where there is no other.
function nextAfter(card) {
  const all = cards();
  const at = all.indexOf(card);
  const order = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))];
  return order.find((other) => "waiting" in other.dataset && !isOnItsWay(other)) ?? null;
}

// Who has tapped a button on a phone gets to see the next voice, without a keyboard that covers half of it.
function goTo(card) {
  const field = fieldOf(card);
  if (!field) {
    byId("voices-state")?.focus();
    return;
  }
  if (hasKeyboard || isText(document.activeElement)) {
    field.focus({ preventScroll: true });
    field.select();
  }
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  card.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.closest("#voices, #voices-undo")) return;
  const naming = form.matches(".name-form");
  if (naming && !hasName(form, event.submitter)) {
    stop(event); // Enter in an empty field goes on
    goTo(nextAfter(form.closest(".voice-card")));
    return;
  }
  if (busy) { // its answer replaces this form; the one that comes is sent then
    stop(event);
    if (event.submitter?.name === "pick") form.elements.name.value = event.submitter.value;
    held.push(form.id);
    if (naming && form.closest("[data-waiting]")) goTo(nextAfter(form.closest(".voice-card")));
  }
}, { capture: true });

// After htmx has taken the form: it forgets which button was pressed once the focus moves. A form that was held is sent
// while its sender types elsewhere.
document.addEventListener("submit", ({ target: form }) => {
  const active = document.activeElement;
  const isHere = form.contains(active) || active === document.body;
  if (isHere && form.matches("#voices [data-waiting] .name-form")) goTo(nextAfter(form.closest(".voice-card")));
});

function hasName(form, submitter) {
  return submitter?.name === "pick" || form.elements.name.value.trim() !== "";
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

// ---------- Showing the voices anew ----------

const isOurs = (event) => event.detail.target?.id === "voices";

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (!isOurs(event)) return;
  busy = true;
  event.detail.elt.dataset.sent = "";
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (!isOurs(event)) return;
  const sent = document.querySelector("[data-sent]");
  const active = document.activeElement;
  kept = {
    failed: event.detail.xhr.status === 422,
    focus: active?.closest("#voices, #voices-undo") ? active.id : null,
    card: active?.closest(".voice-card")?.id ?? null,
    cursor: isText(active) && active.selectionStart !== undefined ? [active.selectionStart, active.selectionEnd] : null,
    open: [...document.querySelectorAll("details.voice-more[open]")].map((details) => details.id),
    typed: new Map(),
  };
  for (const field of document.querySelectorAll("#voices .name-form input[name=name]")) {
    const answered = sent?.contains(field) && !kept.failed;
    if (!answered && field.value !== field.defaultValue) kept.typed.set(field.id, field.value);
  }
});

// At once, not when htmx has settled: a key pressed meanwhile would meet an empty field.
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.elt.id !== "voices" || !kept) return;
  const { typed, open, focus, card, cursor } = kept;
  kept = null;
  for (const [id, value] of typed) if (byId(id)) byId(id).value = value;
  for (const id of open) if (byId(id)) byId(id).open = true;
  clips?.mark();
  putFocusBack(focus, card, cursor);
});

function putFocusBack(focus, card, cursor) {
  if (byId("proposals-title") && focus === "propose") byId("proposals-title").focus();
  if (focus === null && card === null) return;
  const field = byId(focus);
  if (field?.closest(".voice-card")) {
    if (document.activeElement !== field) field.focus({ preventScroll: true });
    if (cursor && field.value && isText(field) && field.setSelectionRange) field.setSelectionRange(...cursor);
    field.closest(".voice-card").scrollIntoView({ block: "nearest" });
    return;
  }
  if (document.activeElement && document.activeElement !== document.body) return;
  const heading = byId(card)?.querySelector("h3") ?? field ?? byId("proposals-title") ?? byId("voices-state");
  heading?.focus({ preventScroll: true });
}

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id !== "voices") return;
  busy = false; // only now are the new forms htmx's
  byId(held.shift())?.requestSubmit();
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  if (!isOurs(event)) return;
  delete event.detail.elt.dataset.sent;
  if (event.detail.successful || event.detail.xhr.status === 422) return;
  busy = false; // it is said aloud that this failed; what was to follow stays in its fields
  held.length = 0;
});

// ---------- Hearing ----------

document.addEventListener("click", (event) => {
  const sample = event.target.closest(".sample[data-start]");
  if (!sample || !clips || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  lastCard = sample.closest(".voice-card").id;
  clips.toggle(sample);
});

for (const sample of document.querySelectorAll(".sample[data-start]")) if (clips) sample.role = "button";
document.body.addEventListener("htmx:load", () => {
  for (const sample of document.querySelectorAll(".sample[data-start]")) if (clips) sample.role = "button";
});

document.addEventListener("focusin", (event) => {
  lastCard = event.target.closest(".voice-card")?.id ?? lastCard;
});

function playSample(number) {
  const card = document.activeElement?.closest(".voice-card") ?? byId(lastCard) ?? cards()[0];
  const sample = card?.querySelectorAll(".sample[data-start]")[number - 1];
  if (sample) clips?.toggle(sample);
  return Boolean(sample);
}

// ---------- Keys ----------

document.addEventListener("keydown", (event) => {
  const target = event.target;
  const typing = isText(target) && !isUntouched(target); // before anything is typed, digits play
  const undoing = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "z";
  if (undoing && !typing && byId("undo-last")) {
    event.preventDefault();
    byId("undo-last").requestSubmit();
  } else if (/^[123]$/.test(event.key) && !event.ctrlKey && !event.metaKey && (event.altKey || !typing)) {
    if (playSample(Number(event.key))) event.preventDefault();
  } else if (event.key === " " && target.matches(".sample[data-start]")) {
    event.preventDefault();
    target.click();
  } else if (event.key === "Escape") clips?.stop();
});

// ---------- Opening ----------

const linked = /^#voice-\d+$/.test(location.hash) ? byId(location.hash.slice(1)) : null;
const first = linked ?? nextAfter(null);
if (first && fieldOf(first) && hasKeyboard) goTo(first);
