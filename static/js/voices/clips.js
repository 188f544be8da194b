// The samples: one <audio> that outlives every change of the page plays one clip at a time.

const NEAR_END_S = 0.03;

// Tells nothing; samples are found by their id, so that one that was rendered anew goes on being the one that plays.
export class Clips {
  #clip = null;

  constructor(bar) {
    this.audio = bar.querySelector("audio");
    this.bar = bar.querySelector(".playing-clip");
    this.button = this.bar.querySelector("[data-act=toggle]");
    this.who = this.bar.querySelector(".playing-who");
    this.link = this.bar.querySelector(".playing-line");
    this.error = bar.querySelector(".clip-error");
    this.button.addEventListener("click", () => this.#resume());
    for (const name of ["play", "pause", "ended"]) this.audio.addEventListener(name, () => this.mark());
    this.audio.addEventListener("play", () => this.#watch());
    this.audio.addEventListener("error", () => { this.error.textContent = this.error.dataset.text; });
  }

  get playing() {
    return !this.audio.paused && !this.audio.ended;
  }

  // Plays a sample from its start; stops it where it is the one that plays.
  toggle(sample) {
    if (this.playing && this.#clip?.id === sample.id) this.audio.pause();
    else this.#play(sample);
  }

  stop() {
    this.audio.pause();
  }

  // Shows on the page which sample plays; called as well after parts of the page were replaced.
  mark() {
    for (const sample of document.querySelectorAll(".sample[data-start]")) {
      const on = this.playing && sample.id === this.#clip?.id;
      sample.setAttribute("aria-pressed", String(on));
      if (!on) sample.style.removeProperty("--played");
    }
    this.bar.classList.toggle("playing", this.playing);
    this.button.setAttribute("aria-label", this.playing ? this.button.dataset.pause : this.button.dataset.play);
  }

  #play(sample) {
    const { start, end, line } = sample.dataset;
    this.#clip = { id: sample.id, start: start / 1000, end: end / 1000 };
    this.error.textContent = "";
    this.bar.hidden = false;
    const clock = sample.querySelector(".sample-clock").textContent;
    this.who.textContent = `${sample.closest(".voice-card").dataset.label} · ${clock}`;
    this.link.href = line;
    this.#from(this.#clip.start);
  }

  #resume() {
    if (this.playing) this.audio.pause();
    else if (this.#clip) {
      const ended = this.audio.currentTime >= this.#clip.end - NEAR_END_S;
      this.#from(ended ? this.#clip.start : this.audio.currentTime);
    }
  }

  #from(seconds) {
    if (this.audio.currentTime !== seconds) this.audio.currentTime = seconds;
    this.audio.play().then(() => this.mark()).catch((error) => {
      if (error.name !== "AbortError") this.error.textContent = this.error.dataset.text;
    });
  }

  #watch() {
    if (!this.playing) return;
    const { id, start, end } = this.#clip;
    const now = this.audio.currentTime;
    if (now >= end - NEAR_END_S && !this.audio.seeking) {
      this.audio.pause();
      return;
    }
    const part = Math.min(Math.max((now - start) / (end - start), 0), 1);
    document.getElementById(id)?.style.setProperty("--played", `${(part * 100).toFixed(1)}%`);
    requestAnimationFrame(() => this.#watch());
  }
}
