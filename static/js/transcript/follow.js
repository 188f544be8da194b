// Following: the spoken line is kept in view until the reader scrolls away, and again when the reader asks.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const SCROLLING_KEYS = ["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"];

export class Follow {
  #line = null;

  constructor(root, player) {
    this.player = player;
    this.button = root.querySelector(".player [data-act=follow]");
    this.back = root.querySelector(".back-to-line");
    this.on = true;
    if (!player) return;
    for (const button of [this.button, this.back]) button.addEventListener("click", () => this.toggle(this.#line));
    player.addEventListener("play", () => this.#draw());
    player.addEventListener("pause", () => this.#draw());
    const leave = () => this.#leave();
    addEventListener("wheel", leave, { passive: true });
    addEventListener("touchmove", (event) => event.target.closest(".player") || leave(), { passive: true });
    addEventListener("keydown", (event) => SCROLLING_KEYS.includes(event.key) && !event.target.closest("input, select, dialog") && leave());
    addEventListener("pointerdown", (event) => event.clientX >= document.documentElement.clientWidth && leave());
  }

  // Brings `line` into view if following and playing, or if `anyway`.
  show(line, anyway = false) {
    this.#line = line;
    if (line && (anyway || (this.on && this.player.playing))) scrollTo(line);
  }

  resume() {
    this.on = true;
    this.#draw();
  }

  toggle(line) {
    this.on = !this.on;
    this.#draw();
    if (this.on) this.show(line, true);
  }

  #leave() {
    if (!this.on || !this.player.playing) return;
    this.on = false;
    this.#draw();
  }

  #draw() {
    this.button.setAttribute("aria-pressed", String(this.on));
    this.back.hidden = this.on || !this.player.playing;
  }
}

// Scrolls so that `line` stands in the upper middle; smoothly only over a short way.
export function scrollTo(line) {
  const box = line.getBoundingClientRect();
  const away = Math.abs(box.top - innerHeight * 0.4);
  const inView = box.top > innerHeight * 0.25 && box.bottom < innerHeight * 0.7;
  if (inView) return;
  line.scrollIntoView({ block: "center", behavior: still.matches || away > innerHeight * 1.5 ? "instant" : "smooth" });
}
