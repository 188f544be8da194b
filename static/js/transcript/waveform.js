// The waveform: loudness in the colours of the voices, the played part strong, and a slider laid over it.

import { clock } from "./player.js";

const BAR = 3; // CSS pixels per bar, the gap included

export class Waveform {
  #data = null;
  #chosen = [];

  constructor(box, player) {
    this.player = player;
    this.box = box.querySelector(".player-wave");
    [this.rest, this.played] = this.box.querySelectorAll("canvas");
    this.seek = this.box.querySelector(".wave-seek");
    this.hover = this.box.querySelector(".wave-hover");
    this.#wire();
    this.#fetch(box.dataset.waveform);
  }

  // Voices that keep their colours; none means all.
  choose(numbers) {
    this.#chosen = numbers;
    this.#draw();
  }

  get #length() {
    return Number(this.seek.max) || 1;
  }

  async #fetch(address) {
    const answer = await fetch(address);
    if (!answer.ok) return;
    this.#data = await answer.json();
    this.#draw();
    this.#mark();
  }

  // Marked moments stand on the waveform; the list of markers says the same to those who don't see it.
  #mark() {
    for (const old of this.box.querySelectorAll(".wave-marker")) old.remove();
    for (const { at_ms: at, kind, says } of this.#data.markers ?? []) {
      const mark = document.createElement("button");
      mark.type = "button";
      mark.className = `wave-marker ${kind}`;
      mark.title = `${clock(at)} ${says}`;
      mark.tabIndex = -1;
      mark.setAttribute("aria-hidden", "true");
      mark.style.insetInlineStart = `${(Math.min(at / this.#length, 1) * 100).toFixed(3)}%`;
      mark.addEventListener("click", () => this.player.jump(at));
      this.box.append(mark);
    }
  }

  #wire() {
    this.seek.addEventListener("input", () => this.player.jump(Number(this.seek.value)));
    this.seek.addEventListener("keydown", (event) => {
      const step = { PageUp: 60_000, PageDown: -60_000, ArrowUp: 5000, ArrowDown: -5000 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.player.skip(step);
    });
    this.player.addEventListener("time", () => this.#place());
    this.player.audio.addEventListener("loadedmetadata", () => {
      const ms = Math.round(this.player.audio.duration * 1000);
      if (Number.isFinite(ms) && !Number(this.seek.max)) this.seek.max = ms;
    });
    this.box.addEventListener("pointermove", (event) => this.#point(event));
    this.box.addEventListener("pointerleave", () => { this.hover.hidden = true; });
    new ResizeObserver(() => this.#draw()).observe(this.box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    new MutationObserver(() => this.#draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    document.body.addEventListener("htmx:afterSettle", (event) => {
      if (event.detail.elt.id === "transcript-body") this.#fetch(this.box.parentElement.dataset.waveform);
    });
    this.#place();
  }

  #place() {
    const ms = Math.min(this.player.ms, this.#length);
    this.played.style.setProperty("--played", `${((ms / this.#length) * 100).toFixed(3)}%`);
    const second = Math.round(ms / 100) * 100;
    if (Number(this.seek.value) !== second) this.seek.value = second;
    const said = clock(ms);
    if (this.seek.getAttribute("aria-valuetext") !== said) this.seek.setAttribute("aria-valuetext", said);
  }

  #point(event) {
    const box = this.box.getBoundingClientRect();
    const part = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    this.hover.hidden = false;
    this.hover.textContent = clock(part * this.#length);
    this.hover.style.insetInlineStart = `${part * 100}%`;
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.rest;
    if (!this.#data || !width) return;
    const scale = devicePixelRatio || 1;
    for (const canvas of [this.rest, this.played]) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      const pen = canvas.getContext("2d");
      pen.scale(scale, scale);
      this.#bars(pen, width, height);
    }
  }

  #bars(pen, width, height) {
    const { peaks, voices, colours: colourOfVoice } = this.#data;
    const bars = Math.floor(width / BAR);
    const loudest = Math.max(48, ...peaks); // a quiet recording fills the height, silence does not
    const colours = new Map();
    const style = getComputedStyle(this.box);
    const colourOf = (voice) => {
      const shown = voice && (!this.#chosen.length || this.#chosen.includes(voice));
      const name = shown ? `--voice-${colourOfVoice[voice]}` : "--wave-quiet";
      if (!colours.has(name)) colours.set(name, style.getPropertyValue(name).trim() || "gray");
      return colours.get(name);
    };
    for (let bar = 0; bar < bars; bar += 1) {
      const from = Math.floor((bar * peaks.length) / bars);
      const to = Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / bars));
      let at = from;
      for (let bin = from; bin < to; bin += 1) if (peaks[bin] > peaks[at] || !voices[at]) at = bin;
      const tall = Math.max(2, ((peaks[at] || (voices[at] ? 40 : 0)) / loudest) * (height - 2));
      pen.fillStyle = colourOf(voices[at]);
      pen.fillRect(bar * BAR, (height - tall) / 2, BAR - 1, tall);
    }
  }
}
