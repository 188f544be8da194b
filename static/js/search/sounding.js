// One <audio> plays the stretch of one hit at a time, whichever session it is of.

import { Stretch } from "../stretch.js";

export class Sounding {
  #button = null;

  constructor(audio, error) {
    this.audio = audio;
    this.error = error;
    this.stretch = new Stretch(audio, (part) => this.#show(part));
    for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, () => this.#mark());
    audio.addEventListener("error", () => { if (this.#button) this.#fail(); });
  }

  get playing() {
    return this.stretch.playing;
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
    const { audio, from, end } = button.dataset;
    if (this.audio.getAttribute("src") !== audio) {
      this.audio.src = audio;
      this.audio.preload = "auto";
    }
    this.stretch.enter(from / 1000, end / 1000);
    this.#mark();
    try {
      await this.stretch.goOn();
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

  #show(part) {
    this.#button?.style.setProperty("--played", `${(part * 360).toFixed(0)}deg`);
  }
}
