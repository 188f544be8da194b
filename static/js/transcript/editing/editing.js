// Editing lines in place: opens the editor on a line, keeps every letter, hands over what is to be sent, and notices when
// the line changes or goes while somebody types.

import { selectedEnd, wordAt } from "./caret.js";
import { clashBox } from "./clash.js";
import { Editor } from "./editor.js";
import { lineOf, plain, servedText, showServed, uuidOf } from "./written.js";

const LONGEST = 10_000;

export class Editing {
  now = null; // the open editor, its line (uuid, start, end), what that said when it began (seen), and their version (theirs)
  #looking = false;

  constructor(root, lines, { template, server, drafts, outbox, telling, sounding, tray }) {
    Object.assign(this, { root, lines, template, server, drafts, outbox, telling, sounding, tray });
    this.texts = template.dataset;
    this.floor = root.querySelector(".reading-lines");
    lines.addEventListener("change", () => this.#look());
    outbox.addEventListener("sent", ({ detail }) => this.#sent(detail));
    for (const kind of ["clash", "gone", "refused"]) outbox.addEventListener(kind, ({ detail }) => this.#stands(kind, detail));
    document.addEventListener("visibilitychange", () => document.hidden && this.now && this.#typedSince() && this.keep());
  }

  get allowed() {
    return !("heard" in document.getElementById("transcript-body").dataset);
  }

  // Opens the editor on a line: `word` is where the cursor goes, by its number; `at` by characters; `text` is put in place;
  // `onward` is called when the line is done, instead of editing the next one.
  open(line, { word = null, at = null, text = null, onward = null } = {}) {
    if (!line || !this.allowed || "removed" in line.dataset) return;
    const uuid = uuidOf(line);
    if (this.now?.uuid === uuid && text === null) {
      this.now.editor.focus(this.now.editor.field.selectionStart);
      return;
    }
    const before = this.now;
    const draft = this.drafts.get(uuid);
    const waiting = draft && draft.state !== "aside" ? draft : null;
    const value = text ?? waiting?.text ?? servedText(line);
    const seen = waiting?.seen ?? servedText(line);
    const editor = new Editor(this.template, this.floor, {
      uuid,
      text: value,
      label: this.texts.label.replace("{time}", line.querySelector(".line-time").textContent.trim()),
      find: () => lineOf(uuid),
    });
    const [start, end] = [Number(line.dataset.start), Number(line.dataset.end)];
    this.now = { editor, uuid, seen, start, end, theirs: null, onward };
    editor.addEventListener("input", () => this.#typed());
    editor.addEventListener("act", ({ detail }) => this.act(detail));
    const [from, to] = word === null ? [at ?? value.length, at ?? value.length] : wordAt(value, word);
    editor.focus(from, to);
    before?.editor.close(); // only now: a phone's keyboard stays up when one field hands over to another
    editor.place();
    this.tray.drop(uuid);
    if (text !== null) this.#typed();
    if (waiting?.state === "clash") this.clash({ text: waiting.theirs, who: waiting.who });
    else if (waiting?.state === "refused") editor.fault(waiting.why);
    if (draft?.state === "aside" && text === null) this.#offer(draft);
    this.#sound(editor);
  }

  // Opens the line whose text was double-clicked, the cursor behind what that selected.
  openAt(line) {
    this.open(line, { at: selectedEnd(line.querySelector(".line-text")) });
  }

  // Hands what was typed over for sending; returns whether the editor may go.
  keep({ reviewed = false } = {}) {
    const { editor, uuid, seen, start, theirs } = this.now;
    const { text } = editor;
    if (theirs !== null && text !== theirs) {
      editor.notes.querySelector("button")?.focus();
      this.telling.aloud(this.texts.choose);
      return false;
    }
    if (text === seen) {
      const line = lineOf(uuid);
      const waits = this.drafts.get(uuid)?.state === "aside";
      if (reviewed && text && line && !("reviewed" in line.dataset)) {
        this.drafts.put(uuid, { text, seen, start, reviewed, state: "ready" });
      } else if (!waits) this.drafts.drop(uuid);
    } else if (!text || text.length > LONGEST) {
      editor.fault(text ? this.texts.long : this.texts.empty);
      this.telling.aloud(text ? this.texts.long : this.texts.empty);
      return false;
    } else this.drafts.put(uuid, { text, seen, start, reviewed: true, state: "ready" });
    this.outbox.run();
    return true;
  }

  // Saves and closes, where it can be saved; a walk that led here goes on.
  done({ reviewed = false } = {}) {
    const { onward } = this.now;
    if (!this.keep({ reviewed })) return;
    this.close({ focus: !onward });
    onward?.();
  }

  // Saves and closes; what can't be saved stays on the page.
  leave({ focus = false } = {}) {
    if (!this.now) return;
    const { editor, uuid, seen, start, theirs } = this.now;
    if (this.keep()) this.close({ focus });
    else if (theirs !== null) {
      const draft = this.drafts.put(uuid, { text: editor.text, seen, start, theirs, who: this.now.who, state: "clash" });
      this.close({ focus });
      this.tray.show(draft);
    } else this.stop({ focus });
  }

  // Closes without saving; what was typed is put aside.
  stop({ focus = true } = {}) {
    if (!this.now) return;
    const { editor, uuid, seen, start } = this.now;
    const typed = this.#typedSince() && editor.text ? editor.text : "";
    if (typed) this.drafts.put(uuid, { text: typed, seen, start, state: "aside" });
    else if (this.drafts.get(uuid)?.state === "typing") this.drafts.drop(uuid);
    this.close({ focus });
    if (!typed) return;
    const act = { label: this.texts.takeBack, run: () => this.#takeBack(uuid, start, typed) };
    this.telling.say(this.texts.aside, { act });
  }

  close({ focus = false } = {}) {
    const { editor, uuid } = this.now;
    this.now = null;
    this.sounding.stop();
    editor.close();
    const line = lineOf(uuid);
    if (focus && line) line.querySelector(".line-time").focus({ preventScroll: true });
    this.lines.dispatchEvent(new Event("change")); // what is written shows in the line
  }

  // Somebody else's version of the line that is being edited.
  clash({ text, who = "", said = "" }) {
    const { editor, uuid, start } = this.now;
    if (text === editor.text) {
      this.#agree(text);
      return;
    }
    Object.assign(this.now, { theirs: text, who });
    this.drafts.put(uuid, { text: editor.text, seen: this.now.seen, start, state: "typing" });
    editor.note(clashBox(this.template, { mine: editor.text, theirs: text, who: who || said }, {
      mine: () => {
        this.#agree(text);
        this.keep();
        editor.focus(editor.field.selectionStart);
      },
      theirs: () => {
        editor.fill(text);
        this.drafts.drop(uuid);
        this.#agree(text);
        editor.focus(editor.field.selectionStart);
      },
    }));
    editor.show();
    this.telling.aloud(said || this.texts.changed);
  }

  // The line being edited is no more: what was typed stays on the page.
  gone(why) {
    const { editor, uuid, seen, start } = this.now;
    const kept = this.#typedSince() && editor.text;
    const draft = kept ? this.drafts.put(uuid, { text: editor.text, seen, start, why, state: "gone" }) : null;
    if (!draft) this.drafts.drop(uuid);
    const caret = editor.field.selectionStart;
    this.close();
    if (draft) this.tray.show(draft, { caret });
    this.telling.aloud(why);
  }

  #sound(editor) {
    const choice = editor.box.querySelector("[name=sounding]");
    choice.checked = this.sounding.wanted;
    choice.addEventListener("change", () => { this.sounding.wanted = choice.checked; });
    const { player } = this.sounding;
    const speed = editor.box.querySelector(".editor-speed");
    for (const part of [choice.parentElement, speed, editor.box.querySelector("[data-act=play]")]) part.hidden = !player;
    if (player) {
      const show = () => { speed.querySelector("output").textContent = player.speed.selectedOptions[0].textContent.trim(); };
      editor.on(player.audio, "ratechange", show);
      show();
    }
    this.sounding.begin(this.now.start, this.now.end);
  }

  #typedSince() {
    return this.now.editor.text !== this.now.seen;
  }

  #typed() {
    const { editor, uuid, seen, start } = this.now;
    this.sounding.typed();
    if (!this.#typedSince() && this.now.theirs === null) {
      if (this.drafts.get(uuid)?.state === "typing") this.drafts.drop(uuid);
    } else this.drafts.put(uuid, { text: editor.text, seen, start, state: "typing" });
  }

  // From here on it is an edit of `text`.
  #agree(text) {
    const { editor, uuid } = this.now;
    Object.assign(this.now, { seen: text, theirs: null });
    if (this.drafts.get(uuid)) this.drafts.put(uuid, { seen: text });
    editor.note(null);
  }

  #offer(draft) {
    const { editor, start } = this.now;
    const note = this.template.content.querySelector(".aside-note").cloneNode(true);
    note.querySelector(".aside-text").textContent = draft.text;
    note.querySelector("button").addEventListener("click", () => this.#takeBack(draft.line, start, draft.text));
    editor.note(note);
  }

  async #takeBack(uuid, start, text) {
    const line = await this.lines.find(`line-${uuid}`, start);
    if (!line) return;
    if (this.now?.uuid === uuid) {
      this.now.editor.note(null);
      this.now.editor.fill(text);
      this.#typed();
      this.now.editor.focus(text.length);
    } else this.open(line, { text });
  }

  // Lines came or were replaced: the editor finds its own again, and sees whether that says something else now.
  #look() {
    if (!this.now) return;
    const { editor, uuid, seen, theirs } = this.now;
    const line = lineOf(uuid);
    editor.watch();
    editor.place();
    if (!line) {
      this.#lost();
      return;
    }
    Object.assign(this.now, { start: Number(line.dataset.start), end: Number(line.dataset.end) });
    const text = servedText(line);
    if (text === seen || text === theirs) return;
    const own = this.outbox.sending;
    if (!this.#typedSince()) {
      editor.fill(text);
      this.#agree(text);
      this.telling.aloud(this.texts.changed);
    } else if (text === editor.text || (own?.line === uuid && own.text === text)) this.#agree(text);
    else this.#clashUnderneath(uuid, text);
  }

  async #clashUnderneath(uuid, text) {
    this.clash({ text });
    const page = await this.server.page(`lines/${uuid}/history/`);
    if (this.now?.theirs !== text || !page) return;
    const last = new DOMParser().parseFromString(page, "text/html").querySelector(".history-versions p");
    if (!last) return;
    this.now.who = plain(last.textContent);
    this.now.editor.notes.querySelector(".clash-who").textContent = this.now.who;
  }

  // The line is not among those loaded: it is far away, hidden by what the reader chose to see, or no more.
  async #lost() {
    if (this.#looking) return;
    this.#looking = true;
    const { uuid, start } = this.now;
    const found = await this.lines.find(`line-${uuid}`, start);
    const there = found || (await this.#exists(uuid));
    this.#looking = false;
    if (this.now?.uuid === uuid && !there) this.gone(this.texts.gone);
  }

  async #exists(uuid) {
    const address = this.root.dataset.lineUrl.replace("00000000-0000-0000-0000-000000000000", uuid);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      return answer.status !== 404;
    } catch {
      return true; // nobody knows: the text stays where it is
    }
  }

  #sent({ draft, said }) {
    const line = lineOf(draft.line);
    if (this.now?.uuid === draft.line) {
      if (this.now.theirs === null) this.now.seen = said.text;
    } else if (line && !this.drafts.get(draft.line)) showServed(line, said.text);
    if (said.changed) this.telling.aloud(this.texts.saved);
    document.body.dispatchEvent(new CustomEvent("lines-changed"));
  }

  // The server has an answer that stands against what was written.
  #stands(kind, { draft, said }) {
    const line = lineOf(draft.line);
    if (this.now?.uuid === draft.line) {
      if (kind === "clash") this.clash({ text: said.text, who: who(said), said: said.said });
      else if (kind === "gone") this.gone(said.said);
      else this.now.editor.fault(said.said);
      return;
    }
    const changed = kind === "clash" ? { theirs: said.text, who: who(said) } : { why: said.said };
    if (line) showServed(line);
    this.tray.show(this.drafts.put(draft.line, changed));
    this.telling.aloud(said.said);
    document.body.dispatchEvent(new CustomEvent("lines-changed"));
  }
}

// By whom and when a line was changed, in words.
function who({ by, at, said }) {
  const when = at ? new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) : "";
  return said || [by, when].filter(Boolean).join(", ");
}
