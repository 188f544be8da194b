// What the open editor does beyond its own text: the lines beside it, splitting, joining and removing.

import { lineOf, servedText, showServed, uuidOf } from "./written.js";

export class Shaping {
  // `fresh.now` fetches again what is in view; `undoing` offers the way back.
  constructor(editing, { fresh, undoing }) {
    Object.assign(this, { editing, fresh, undoing });
    this.lines = editing.lines;
    this.texts = editing.texts;
  }

  // Saves and edits the line after (1) or before (-1).
  async step(step, { reviewed = false } = {}) {
    const { now } = this.editing;
    if (!this.editing.keep({ reviewed })) return;
    const line = await this.#beside(step);
    if (this.editing.now !== now) return;
    if (line) this.editing.open(line, { at: step > 0 && !reviewed ? 0 : null });
    else if (reviewed) {
      this.editing.close({ focus: true });
      this.editing.telling.say(this.texts.last);
    }
  }

  async split() {
    const { now } = this.editing;
    const { editor, uuid, start } = now;
    const { value, selectionStart } = editor.field;
    const at = [...value.slice(0, selectionStart)].length;
    const answer = await this.#ask(`lines/${uuid}/split/`, () => ({ text: value, seen: now.seen, at }));
    if (!answer) return;
    const line = lineOf(uuid);
    if (line) showServed(line, answer.text);
    await this.fresh.now();
    this.editing.open(await this.lines.find(`line-${answer.new}`, start), { at: 0 });
  }

  async join() {
    const { now } = this.editing;
    const { editor, uuid } = now;
    const next = await this.#beside(1);
    if (this.editing.now !== now || !this.#canJoin(next)) return;
    const joint = editor.text.length;
    const values = () => ({ text: editor.text, seen: now.seen, next: uuidOf(next), next_seen: servedText(next) });
    const answer = await this.#ask(`lines/${uuid}/join/`, values);
    if (!answer) return;
    now.seen = answer.text;
    editor.fill(answer.text);
    await this.fresh.now();
    if (this.editing.now === now) editor.focus(Math.min(joint, answer.text.length));
  }

  async joinBefore() {
    const { now } = this.editing;
    const { editor, uuid } = now;
    const before = await this.#beside(-1);
    if (this.editing.now !== now || !this.#canJoin(before)) return;
    if (editor.text !== now.seen) {
      const kept = await this.#ask(`lines/${uuid}/text/`, () => ({ text: editor.text, seen: now.seen }));
      if (!kept) return;
      now.seen = kept.text;
    }
    const text = servedText(before);
    const values = () => ({ text, seen: text, next: uuid, next_seen: now.seen });
    const answer = await this.#ask(`lines/${uuidOf(before)}/join/`, values);
    if (!answer) return;
    showServed(before, answer.text);
    this.editing.open(before, { at: Math.min(text.length, answer.text.length) });
    await this.fresh.now();
  }

  async remove() {
    const { now } = this.editing;
    const { editor, uuid, seen, start } = now;
    const next = await this.#beside(1);
    if (this.editing.now !== now) return;
    const typed = editor.text !== seen && editor.text;
    const answer = await this.#ask("lines/remove/", () => ({ lines: uuid }));
    if (!answer) return;
    if (typed) this.editing.drafts.put(uuid, { text: editor.text, seen, start, state: "aside" });
    if (next) this.editing.open(next);
    else this.editing.close();
    this.undoing.say(answer.said);
    await this.fresh.now();
  }

  // The line beside the open one; null at either end.
  async #beside(step) {
    const { uuid, start } = this.editing.now;
    const line = lineOf(uuid) ?? (await this.lines.near(start));
    const other = line && (await this.lines.beside(line, step));
    return other === line ? null : other;
  }

  #canJoin(other) {
    const hidden = new URLSearchParams(location.search);
    const fault = hidden.has("voice") || hidden.has("show") ? this.texts.filtered : other ? "" : this.texts.alone;
    if (fault) {
      this.editing.now.editor.fault(fault);
      this.editing.telling.aloud(fault);
    }
    return !fault;
  }

  // Asks the server, once everything written before is stored; null where it was not done, which is then said.
  async #ask(path, values) {
    const { now, outbox, server, drafts } = this.editing;
    now.editor.busy = true;
    const through = await outbox.run();
    const answer = through ? await server.ask(path, values()) : { kind: outbox.why };
    now.editor.busy = false;
    if (answer.kind === "ok") {
      drafts.drop(now.uuid);
      this.undoing.next(answer);
      this.editing.telling.aloud(answer.said);
    }
    if (this.editing.now !== now) return null;
    if (answer.kind === "ok") return answer;
    if (answer.kind === "clash" && answer.line === now.uuid) this.editing.clash(answer);
    else if (answer.kind === "gone" && !path.endsWith("/join/")) this.editing.gone(answer.said);
    else {
      now.editor.fault(answer.said ?? this.texts[`${answer.kind}Act`]);
      this.editing.telling.aloud(answer.said ?? this.texts[`${answer.kind}Act`]);
      document.body.dispatchEvent(new CustomEvent("lines-changed"));
    }
    return null;
  }
}
