// The sound of the line being edited: it plays when the editor opens, waits while somebody types, and goes on from a second
// before once typing has rested.

import { hear, hush } from "../hearing.js";

const REST_MS = 1500;
const BACK_MS = 1000;
const KEY = "scribe.play-while-editing";

export class Sounding {
  #stretch = null;
  #from = null; // where typing interrupted it
  #rest = 0;

  constructor(player) {
    this.player = player;
  }

  get wanted() {
    return Boolean(this.player) && kept() !== "no";
  }

  set wanted(wanted) {
    try {
      localStorage.setItem(KEY, wanted ? "yes" : "no");
    } catch {
      return; // it is only remembered where that is allowed
    }
    if (!wanted && this.player) hush(this.player);
  }

  begin(start, end, { play = this.wanted } = {}) {
    this.stop();
    this.#stretch = { start, end };
    if (play && this.player) hear(this.player, start, end);
  }

  typed() {
    if (!this.player || !this.#stretch) return;
    if (this.player.playing) {
      this.#from = this.player.ms;
      hush(this.player);
      this.player.audio.pause();
    }
    if (this.#from === null) return;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#goOn(), REST_MS);
  }

  // Plays the line from its start, or pauses it.
  toggle() {
    if (!this.player || !this.#stretch) return;
    const { start, end } = this.#stretch;
    const playing = this.player.playing;
    clearTimeout(this.#rest);
    this.#from = null;
    if (playing) this.player.audio.pause();
    else hear(this.player, start, end);
  }

  stop() {
    clearTimeout(this.#rest);
    this.#stretch = this.#from = null;
    if (this.player) hush(this.player);
  }

  #goOn() {
    const { start, end } = this.#stretch;
    hear(this.player, Math.max(start, this.#from - BACK_MS), end);
    this.#from = null;
  }
}

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
