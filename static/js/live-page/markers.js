// Markers: one tap or key, kept in this browser until the server has them, with a note that may follow.

import { clock } from "./state.js";

const AGAIN_MS = 8000;

export class Markers {
  #last = null; // the marker that the note is for
  #busy = false;

  constructor(root, state) {
    this.state = state;
    this.form = document.getElementById("live-marks");
    this.note = document.getElementById("live-note");
    this.said = this.note.querySelector(".live-note-said");
    this.field = this.note.elements.text;
    this.address = root.dataset.markersUrl;
    this.markerAddress = root.dataset.markerUrl;
    this.key = `scribe.markers.${root.dataset.session}.${root.dataset.user}`;
    this.kinds = Object.fromEntries(["moment", "quote", "loot", "rules"].map((kind, at) => [kind, this.note.dataset.kinds.split("|")[at]]));
    this.#wire();
    this.#draw();
    this.flush();
  }

  set(kind) {
    if (!this.state.isOpen) return false;
    const marker = { uuid: crypto.randomUUID?.() ?? uuid4(), kind, at_ms: Math.round(this.state.ms), text: "" };
    this.#keep([...this.#waiting(), marker]);
    this.#last = marker;
    this.field.value = "";
    this.#say(this.note.dataset.marked, marker);
    this.note.hidden = false;
    this.flush();
    return true;
  }

  // Sends what waits, the oldest first.
  async flush() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let marker = this.#waiting()[0]; marker; marker = this.#waiting()[0]) {
        if (!(await this.#send(marker))) break;
      }
    } finally {
      this.#busy = false;
    }
  }

  async #send(marker) {
    const answer = await post(this.address, marker);
    if (answer === null || answer.status >= 500 || answer.status === 429) {
      this.#say(this.note.dataset.waiting, marker);
      return false;
    }
    if (answer.status === 403 || answer.redirected) { // logged out: kept until somebody logs in again
      this.said.textContent = this.note.dataset.login;
      return false;
    }
    const now = this.#waiting().find(({ uuid }) => uuid === marker.uuid); // a note may have come meanwhile
    this.#keep(this.#waiting().filter(({ uuid }) => uuid !== marker.uuid));
    if (!answer.ok) {
      this.said.textContent = (await answer.text()) || this.note.dataset.refused;
      return true;
    }
    if (now && now.text !== marker.text) await this.#addNote(now);
    else this.#show(await answer.text());
    if (this.#last?.uuid === marker.uuid && !this.note.hidden) this.#say(this.note.dataset.marked, marker);
    return true;
  }

  async #edit({ uuid, text }) {
    const answer = await post(this.markerAddress.replace("00000000-0000-0000-0000-000000000000", uuid), { text });
    if (answer?.ok && !answer.redirected) this.#show(await answer.text());
    return Boolean(answer?.ok);
  }

  // The answer is the list as it is now; the same news comes to everybody else through the socket.
  #show(html) {
    const list = document.getElementById("markers");
    if (list.querySelector("details[open]")) return; // somebody is changing one there
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = template.content.querySelector("#markers");
    if (!fresh) return;
    list.replaceWith(fresh);
    htmx.process(fresh);
  }

  #wire() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter) this.set(event.submitter.value);
    });
    this.note.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#saveNote();
    });
    this.note.querySelector("[data-act=close]").addEventListener("click", () => this.#close());
    this.note.addEventListener("keydown", (event) => event.key === "Escape" && this.#close());
    this.state.addEventListener("change", () => this.#draw());
    addEventListener("online", () => this.flush());
    setInterval(() => this.flush(), AGAIN_MS);
  }

  async #saveNote() {
    const marker = this.#last;
    const text = this.field.value.trim();
    this.#close();
    if (!marker || !text) return;
    marker.text = text;
    const waiting = this.#waiting();
    if (waiting.some(({ uuid }) => uuid === marker.uuid)) {
      this.#keep(waiting.map((each) => (each.uuid === marker.uuid ? { ...each, text } : each)));
      this.flush();
    } else {
      await this.#addNote(marker);
    }
  }

  async #addNote(marker) {
    if (await this.#edit(marker)) return;
    this.#last = marker;
    this.note.hidden = false; // so that the note is not lost
    this.field.value = marker.text;
    this.said.textContent = this.note.dataset.refused;
  }

  #close() {
    const hadFocus = this.note.contains(document.activeElement);
    this.note.hidden = true;
    if (hadFocus) this.form.querySelector("button").focus();
  }

  #say(words, { kind, at_ms: ms }) {
    this.said.textContent = words.replace("{kind}", this.kinds[kind]).replace("{clock}", clock(ms));
  }

  #draw() {
    this.form.hidden = !this.state.isOpen;
  }

  #waiting() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? [];
    } catch {
      return this.kept ?? [];
    }
  }

  #keep(markers) {
    this.kept = markers;
    try {
      if (markers.length) localStorage.setItem(this.key, JSON.stringify(markers));
      else localStorage.removeItem(this.key);
    } catch { /* a private window: the page itself keeps them */ }
  }
}

// Null where the server could not be reached.
async function post(address, fields) {
  const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers")) };
  try {
    return await fetch(address, { method: "POST", headers, body: new URLSearchParams(fields) });
  } catch {
    return null;
  }
}

function uuid4() { // randomUUID is only there on secure pages
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
