// How far captions are behind what is being said: told when it matters, forgotten when nothing more is heard of it.

const TELL_FROM_MS = 6000;
const TELL_UNTIL_MS = 4000; // a little less, so that the notice does not come and go
const BELIEVED_MS = 20_000;

export class Delay {
  #behind = new Map(); // capture -> { ms, at }

  constructor(notice, words) {
    this.notice = notice;
    this.words = words;
    setInterval(() => this.#draw(), 1000);
  }

  hear(capture, ms) {
    this.#behind.set(capture, { ms, at: Date.now() });
    this.#draw();
  }

  #draw() {
    let worst = 0;
    for (const [capture, { ms, at }] of this.#behind) {
      if (Date.now() - at > BELIEVED_MS) this.#behind.delete(capture);
      else worst = Math.max(worst, ms);
    }
    const shown = worst >= (this.notice.hidden ? TELL_FROM_MS : TELL_UNTIL_MS);
    const text = shown ? this.words.replace("{n}", Math.round(worst / 1000)) : "";
    if (this.notice.textContent !== text) this.notice.textContent = text;
    this.notice.hidden = !shown;
  }
}
