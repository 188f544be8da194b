// Keeps the screen on while recording, since a phone that sleeps stops the microphone, and keeps one tab per capture.

export class WakeLock {
  constructor() {
    this.isWanted = false;
    this.lock = null;
    document.addEventListener("visibilitychange", () => this.ask());
  }

  want(isWanted) {
    this.isWanted = isWanted;
    if (isWanted) this.ask();
    else this.release();
  }

  async ask() {
    if (!this.isWanted || document.visibilityState !== "visible" || (this.lock && !this.lock.released)) return;
    this.lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    if (!this.isWanted) this.release();
  }

  release() {
    this.lock?.release().catch(() => {});
    this.lock = null;
  }
}

/** Takes a capture for this tab: a function that gives it back, or null if another tab has it; the patient wait for it. */
export function takeCapture(key, { isPatient = false } = {}) {
  if (!navigator.locks) return Promise.resolve(() => {});
  return new Promise((resolve) => {
    navigator.locks.request(`scribe-capture-${key}`, { ifAvailable: !isPatient }, (lock) => {
      if (!lock) return resolve(null);
      return new Promise((giveBack) => resolve(giveBack));
    });
  });
}
