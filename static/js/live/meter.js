// Proof that it hears: the last seconds of loudness as bars, and warnings when it is too loud or nothing is heard.

const SHOWN_DB = 60;
const AUDIBLE = 0.006; // peak; below it even a quiet table is silence
const CLIPPED_SHARE = 0.002;
const CLIPPED_STAYS = 67; // frames, about 10 s
const RATE = 16_000;
const BAR = 4;
const SPACE = 2;

export class Meter extends EventTarget {
  /** Events: `change`, when `isQuiet` or `isClipped` has. */
  constructor(canvas, quietSeconds) {
    super();
    this.canvas = canvas;
    this.quietAfter = quietSeconds * RATE;
    this.bars = [];
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.reset();
  }

  /** Nothing that was heard before counts. */
  reset() {
    this.silence = 0;
    this.clippedFor = 0;
    this.isQuiet = this.isClipped = false;
    this.bars = [];
    this.draw();
  }

  hear({ peak, clipped, count }) {
    this.silence = peak >= AUDIBLE ? 0 : this.silence + count;
    this.clippedFor = clipped > CLIPPED_SHARE ? CLIPPED_STAYS : Math.max(0, this.clippedFor - 1);
    this.bars.push({ height: loudness(peak), isClipped: clipped > 0 });
    this.draw();
    const isQuiet = this.silence >= this.quietAfter;
    const isClipped = this.clippedFor > 0;
    if (isQuiet === this.isQuiet && isClipped === this.isClipped) return;
    Object.assign(this, { isQuiet, isClipped });
    this.dispatchEvent(new Event("change"));
  }

  draw() {
    const { canvas } = this;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (!width || document.visibilityState === "hidden") return;
    const scale = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
    const style = getComputedStyle(canvas);
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const most = Math.ceil(width / (BAR + SPACE));
    this.bars = this.bars.slice(-most);
    if (this.still.matches) return this.drawStill(pen, style, width, height);
    this.bars.forEach((bar, i) => {
      const tall = Math.max(2, bar.height * height);
      pen.fillStyle = bar.isClipped ? style.outlineColor : style.color;
      pen.fillRect(width - (this.bars.length - i) * (BAR + SPACE), (height - tall) / 2, BAR, tall);
    });
  }

  /** For who wants less motion: one bar, as long as it is loud. */
  drawStill(pen, style, width, height) {
    const bar = this.bars.at(-1);
    if (!bar) return;
    pen.fillStyle = bar.isClipped ? style.outlineColor : style.color;
    pen.fillRect(0, height / 2 - 6, Math.max(2, bar.height * width), 12);
  }
}

function loudness(peak) {
  return Math.max(0, Math.min(1, 1 + (20 * Math.log10(peak || 1e-9)) / SHOWN_DB));
}
