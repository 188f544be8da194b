// Where a frame belongs: sample numbers are the wall clock since a capture began, so that times in the transcript stay
// true although the sound card's clock runs a little faster or slower, a lid was closed, or a tab was gone for a while.

export const RATE = 16_000;
const PER_MS = RATE / 1000;
const TOLERANCE = RATE; // less than a second late is how clocks and busy machines are
const PULL = 0.001; // per frame: follows the sound card within minutes, and no jump

export class Clock {
  /** @param {number?} anchor  wall time (ms) of sample 0, or null before the first frame. */
  constructor(anchor) {
    this.anchor = anchor;
    this.isResuming = anchor !== null;
  }

  /** The next frame comes after a pause or a loss: it is placed by the wall clock alone. */
  resume() {
    this.isResuming = this.anchor !== null;
  }

  /** The sample number of this moment. */
  now(wall = Date.now()) {
    return this.anchor === null ? 0 : Math.max(0, Math.round((wall - this.anchor) * PER_MS));
  }

  /**
   * The first sample's number of a frame that ended at `wall`; later than `next` if something is missing before it.
   * @param {number} next  the first number that is free.
   * @param {number} count  samples in the frame.
   */
  place(next, count, wall) {
    if (this.anchor === null) this.anchor = wall - (next + count) / PER_MS;
    const late = this.now(wall) - (next + count);
    const isGap = late > (this.isResuming ? 0 : TOLERANCE);
    const wasSetBack = late < -TOLERANCE;
    if (isGap) {
      this.isResuming = false;
      return next + late;
    }
    this.anchor += (late / PER_MS) * (this.isResuming || wasSetBack ? 1 : PULL);
    this.isResuming = false;
    return next;
  }
}
