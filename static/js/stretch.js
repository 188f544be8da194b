// A stretch of an <audio>: it stops where the stretch ends. Frames tell so to the hundredth of a second while the page is
// seen; the sound's own clock does while it is not, as hidden pages get no frames.

const NEAR_END_S = 0.03;

export class Stretch {
  #bounds = null;
  #watching = false;

  // `onPart` is told how much of the stretch was played, from 0 to 1, at every frame.
  constructor(audio, onPart) {
    this.audio = audio;
    this.onPart = onPart;
    audio.addEventListener("playing", () => this.#watch());
    audio.addEventListener("timeupdate", () => this.#stopsAtEnd());
  }

  get playing() {
    return !this.audio.paused && !this.audio.ended;
  }

  get isOver() {
    return this.#bounds !== null && this.audio.currentTime >= this.#bounds.end - NEAR_END_S;
  }

  // Goes to where the stretch from `start` to `end`, in seconds, begins.
  enter(start, end) {
    this.#bounds = { start, end };
    if (this.audio.currentTime !== start) this.audio.currentTime = start;
  }

  // Goes on where it was paused; from the start where it had come to the end.
  goOn() {
    if (this.isOver) this.audio.currentTime = this.#bounds.start;
    return this.audio.play();
  }

  #stopsAtEnd() {
    if (!this.playing || !this.isOver || this.audio.seeking) return false;
    this.audio.pause();
    if (this.audio.currentTime > this.#bounds.end) this.audio.currentTime = this.#bounds.end;
    return true;
  }

  #watch() {
    if (this.#watching) return;
    this.#watching = true;
    const look = () => {
      this.#watching = this.playing && this.#bounds !== null && !this.#stopsAtEnd();
      if (!this.#watching) return;
      const { start, end } = this.#bounds;
      this.onPart(Math.min(Math.max((this.audio.currentTime - start) / (end - start), 0), 1));
      requestAnimationFrame(look);
    };
    look();
  }
}
