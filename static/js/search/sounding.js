// One <audio> plays the stretch of one hit at a time, whichever session it is of.

const NEAR_END_S = 0.03;

export class Sounding {
  #button = null;

  constructor(audio, error) {
    this.audio = audio;
    this.error = error;
    for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, () => this.#mark());
    audio.addEventListener("playing", () => this.#watch());
    audio.addEventListener("error", () => { if (this.#button) this.#fail(); });
  }

  get playing() {
    return !this.audio.paused && !this.audio.ended;
  }

  toggle(button) {
    if (this.playing && this.#button === button) this.stop();
    else this.#play(button);
  }

  stop() {
    this.audio.pause();
  }

  // Called after hits were replaced: what is not on the page any more falls silent.
  forget() {
    if (this.#button && !this.#button.isConnected) {
      this.stop();
      this.#button = null;
    }
  }

  async #play(button) {
    this.#button = button;
    this.error.textContent = "";
    this.error.classList.add("visually-hidden");
    const { audio, from } = button.dataset;
    if (this.audio.getAttribute("src") !== audio) {
      this.audio.src = audio;
      this.audio.preload = "auto";
    }
    this.audio.currentTime = from / 1000;
    this.#mark();
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name !== "AbortError") this.#fail();
    }
  }

  #fail() {
    this.error.textContent = this.error.dataset.text;
    this.error.classList.remove("visually-hidden");
    this.#mark();
  }

  #mark() {
    for (const button of document.querySelectorAll(".hit-play")) {
      const on = this.playing && button === this.#button;
      button.setAttribute("aria-pressed", String(on));
      if (!on) button.style.removeProperty("--played");
    }
  }

  #watch() {
    const button = this.#button;
    if (!this.playing || !button) return;
    const [start, end] = [button.dataset.from / 1000, button.dataset.end / 1000];
    const now = this.audio.currentTime;
    if (now >= end - NEAR_END_S && !this.audio.seeking) {
      this.stop();
      return;
    }
    const part = Math.min(Math.max((now - start) / (end - start), 0), 1);
    button.style.setProperty("--played", `${(part * 360).toFixed(0)}deg`);
    requestAnimationFrame(() => this.#watch());
  }
}
