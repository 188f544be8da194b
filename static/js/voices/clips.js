// The samples: one <audio> that outlives every change of the page plays one clip at a time.

import { Stretch } from "../stretch.js";

// Samples are found by their id, so that one that was rendered anew goes on being the one that plays.
export class Clips {
  #clip = null;

  constructor(bar) {
    this.audio = bar.querySelector("audio");
    this.stretch = new Stretch(this.audio, (part) => this.#show(part));
    this.bar = bar.querySelector(".playing-clip");
    this.button = this.bar.querySelector("[data-act=toggle]");
    this.who = this.bar.querySelector(".playing-who");
    this.link = this.bar.querySelector(".playing-line");
    this.error = bar.querySelector(".clip-error");
    this.button.addEventListener("click", () => this.#resume());
    for (const name of ["play", "pause", "ended"]) this.audio.addEventListener(name, () => this.mark());
    this.audio.addEventListener("error", () => { this.error.textContent = this.error.dataset.text; });
  }

  get playing() {
    return this.stretch.playing;
  }

  // Plays a sample from its start; stops it where it is the one that plays.
  toggle(sample) {
    if (this.playing && this.#clip === sample.id) this.audio.pause();
    else this.#play(sample);
  }

  stop() {
    this.audio.pause();
  }

  // Shows on the page which sample plays; called as well after parts of the page were replaced.
  mark() {
    for (const sample of document.querySelectorAll(".sample[data-start]")) {
      const on = this.playing && sample.id === this.#clip;
      sample.setAttribute("aria-pressed", String(on));
      if (!on) sample.style.removeProperty("--played");
    }
    this.bar.classList.toggle("playing", this.playing);
    this.button.setAttribute("aria-label", this.playing ? this.button.dataset.pause : this.button.dataset.play);
  }

  #play(sample) {
    const { start, end, line } = sample.dataset;
    this.#clip = sample.id;
    this.error.textContent = "";
    this.bar.hidden = false;
    const clock = sample.querySelector(".sample-clock").textContent;
    this.who.textContent = `${sample.closest(".voice-card").dataset.label} · ${clock}`;
    this.link.href = line;
    this.stretch.enter(start / 1000, end / 1000);
    this.#goOn();
  }

  #resume() {
    if (this.playing) this.audio.pause();
    else if (this.#clip) this.#goOn();
  }

  #goOn() {
    this.stretch.goOn().then(() => this.mark()).catch((error) => {
      if (error.name !== "AbortError") this.error.textContent = this.error.dataset.text;
    });
  }

  #show(part) {
    document.getElementById(this.#clip)?.style.setProperty("--played", `${(part * 100).toFixed(1)}%`);
  }
}
