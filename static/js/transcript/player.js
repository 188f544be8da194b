// The player: the page's own controls around a native <audio>, which stays the one source of time.

const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
const SPEED_KEY = "scribe.speed";

export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// Tells "time" whenever the position changes (each frame while playing), "play", "pause", and "jump" before the reader
// goes to a moment of their own choice.
export class Player extends EventTarget {
  constructor(box) {
    super();
    this.box = box;
    this.audio = box.querySelector("audio");
    this.audio.controls = false;
    for (const part of box.querySelectorAll(".player-wave, .player-row")) part.hidden = false;
    this.button = box.querySelector(".play");
    this.now = box.querySelector(".player-now");
    this.speed = box.querySelector("select[name=speed]");
    this.#wire();
    this.setSpeed(Number(localStorage.getItem(SPEED_KEY)) || 1);
  }

  get ms() {
    return Math.round(this.audio.currentTime * 1000);
  }

  get playing() {
    return !this.audio.paused && !this.audio.ended;
  }

  seek(ms, { play = false } = {}) {
    this.audio.currentTime = Math.max(0, ms) / 1000;
    this.#tell();
    if (play) this.play();
  }

  jump(ms, how) {
    this.dispatchEvent(new Event("jump"));
    this.seek(ms, how);
  }

  skip(ms) {
    this.seek(this.ms + ms);
  }

  play() {
    this.audio.play().catch((error) => {
      if (error.name !== "AbortError") this.#failed(); // a pause that overtook the play is no failure
    });
  }

  toggle() {
    if (this.playing) this.audio.pause();
    else this.play();
  }

  setSpeed(speed) {
    const known = SPEEDS.includes(speed) ? speed : 1;
    this.audio.defaultPlaybackRate = this.audio.playbackRate = known;
    this.speed.value = String(known);
    localStorage.setItem(SPEED_KEY, String(known));
  }

  changeSpeed(step) {
    const at = SPEEDS.indexOf(this.audio.playbackRate) + step;
    this.setSpeed(SPEEDS[Math.min(Math.max(at, 0), SPEEDS.length - 1)]);
  }

  // Shows whose line is being spoken.
  who(line) {
    const speech = line?.closest(".speech");
    const shown = this.box.querySelector(".player-who");
    shown.className = `player-who ${[...(speech?.classList ?? [])].filter((name) => name.startsWith("voice-")).join(" ")}`;
    const name = line?.dataset.label === "OOC" ? ".voice-name" : ".speech-voice"; // table talk is nobody's role
    shown.textContent = speech?.querySelector(name)?.textContent ?? "";
  }

  #wire() {
    const acts = { toggle: () => this.toggle(), back: () => this.skip(-5000), forward: () => this.skip(5000) };
    this.box.addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
    this.speed.addEventListener("change", () => this.setSpeed(Number(this.speed.value)));
    this.audio.addEventListener("play", () => this.#started());
    for (const name of ["pause", "ended"]) this.audio.addEventListener(name, () => this.#stopped());
    for (const name of ["seeked", "timeupdate", "loadedmetadata"]) this.audio.addEventListener(name, () => this.#tell());
    this.audio.addEventListener("error", () => this.#failed());
    if ("mediaSession" in navigator) {
      navigator.mediaSession.metadata = new MediaMetadata({ title: document.title });
      navigator.mediaSession.setActionHandler("seekbackward", () => this.skip(-5000));
      navigator.mediaSession.setActionHandler("seekforward", () => this.skip(5000));
    }
  }

  #started() {
    this.box.querySelector(".player-error").textContent = "";
    this.#label(true);
    this.dispatchEvent(new Event("play"));
    const frame = () => {
      if (!this.playing) return;
      this.#tell();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  #stopped() {
    this.#label(false);
    this.#tell();
    this.dispatchEvent(new Event("pause"));
  }

  #label(playing) {
    this.box.classList.toggle("playing", playing);
    this.button.setAttribute("aria-label", playing ? this.button.dataset.pause : this.button.dataset.play);
  }

  #failed() {
    const error = this.box.querySelector(".player-error");
    error.textContent = error.dataset.text;
  }

  #tell() {
    const shown = clock(this.ms);
    if (this.now.textContent !== shown) this.now.textContent = shown;
    this.dispatchEvent(new Event("time"));
  }
}
