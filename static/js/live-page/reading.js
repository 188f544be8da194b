// How captions are read on this device: size of the text, aloud or silent, on the whole screen, with the screen kept on.

const SIZES = [0.8, 0.9, 1, 1.2, 1.45, 1.75, 2.1, 2.6, 3.2];
const SIZE_KEY = "scribe.live.size";
const SILENT_KEY = "scribe.live.silent";

export class Reading {
  #lock = null;

  constructor(root, { lines, place, state }) {
    this.root = root;
    this.lines = lines;
    this.place = place;
    this.state = state;
    this.size = SIZES.includes(Number(localStorage.getItem(SIZE_KEY))) ? Number(localStorage.getItem(SIZE_KEY)) : 1;
    for (const button of root.querySelectorAll("[data-size]")) {
      button.addEventListener("click", () => this.resize(Number(button.dataset.size)));
    }
    this.#announcing();
    this.#fullScreen();
    for (const name of ["visibilitychange", "click"]) document.addEventListener(name, () => this.#stayOn());
    state.addEventListener("change", () => this.#stayOn());
    this.resize(0);
  }

  resize(step) {
    const at = Math.min(Math.max(SIZES.indexOf(this.size) + step, 0), SIZES.length - 1);
    this.size = SIZES[at];
    localStorage.setItem(SIZE_KEY, String(this.size));
    this.place.keep(() => this.root.style.setProperty("--live-scale", this.size));
    for (const button of this.root.querySelectorAll("[data-size]")) {
      button.disabled = at === (Number(button.dataset.size) < 0 ? 0 : SIZES.length - 1);
    }
  }

  #announcing() {
    const button = this.root.querySelector("[data-act=announce]");
    const apply = (silent) => {
      this.lines.setAttribute("aria-live", silent ? "off" : "polite");
      button.setAttribute("aria-pressed", String(!silent));
    };
    button.hidden = false;
    apply(localStorage.getItem(SILENT_KEY) === "1");
    button.addEventListener("click", () => {
      const silent = button.getAttribute("aria-pressed") === "true";
      localStorage.setItem(SILENT_KEY, silent ? "1" : "0");
      apply(silent);
    });
  }

  #fullScreen() {
    const button = this.root.querySelector("[data-act=full]");
    button.hidden = !document.fullscreenEnabled;
    button.addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.root.requestFullscreen().catch(() => { button.hidden = true; });
    });
    document.addEventListener("fullscreenchange", () => {
      button.setAttribute("aria-pressed", String(document.fullscreenElement === this.root));
    });
  }

  // A phone that lies on the table shows captions; it must not go dark while somebody records.
  async #stayOn() {
    if (!("wakeLock" in navigator)) return;
    if (!this.state.isOpen) {
      this.#lock?.release();
      this.#lock = null;
    } else if (!document.hidden && (!this.#lock || this.#lock.released)) {
      this.#lock = await navigator.wakeLock.request("screen").catch(() => null);
    }
  }
}
