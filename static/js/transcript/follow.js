// Following: the spoken line is kept in view until the reader scrolls away, and again when the reader asks.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const SCROLLING_KEYS = ["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"];

export class Follow {
  #line = null;
  #going = false; // the reader asked for a moment: its line comes into view, playing or not

  constructor(root, player) {
    this.player = player;
    this.button = root.querySelector(".player [data-act=follow]");
    this.back = root.querySelector(".back-to-line");
    this.on = true;
    if (!player) return;
    for (const button of [this.button, this.back]) button.addEventListener("click", () => this.toggle());
    player.addEventListener("play", () => this.#began());
    player.addEventListener("pause", () => this.#draw());
    player.addEventListener("jump", () => this.go());
    const leave = () => this.#leave();
    addEventListener("wheel", leave, { passive: true });
    addEventListener("touchmove", (event) => event.target.closest(".player") || leave(), { passive: true });
    addEventListener("keydown", (event) => SCROLLING_KEYS.includes(event.key) && !event.target.closest("input, select, textarea, dialog") && leave());
    addEventListener("pointerdown", (event) => event.clientX >= document.documentElement.clientWidth && leave());
  }

  // The line being spoken is now `line`.
  show(line) {
    this.#line = line;
    if (!line || !(this.#going || (this.on && this.player.playing))) return;
    this.#going = false;
    scrollTo(line);
  }

  // The reader goes to another moment: whatever line is spoken then is shown.
  go() {
    this.on = this.#going = true;
    this.#draw();
  }

  toggle() {
    this.on = !this.on;
    this.#draw();
    if (this.on && this.#line) scrollTo(this.#line);
  }

  // Who has scrolled elsewhere before pressing play goes on reading there.
  #began() {
    const box = this.#line?.getBoundingClientRect();
    if (box && (box.bottom < 0 || box.top > innerHeight)) this.on = false;
    this.#draw();
  }

  #leave() {
    this.#going = false;
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
