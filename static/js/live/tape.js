// One capture as this browser holds it: frames and gaps in order, kept in the store, read by the uplink from any sample
// on. Whatever is neither a frame nor a declared gap was lost, and is declared as such when its turn comes.

const EMPTY = new Int16Array(0);

export class Tape {
  /**
   * @param {Store} store
   * @param {object} record  key, session, title, url, tokenUrl, capture (the server's uuid), token, label, captioned,
   *   state (recording, paused, stopping, discarding), anchor, next, held and gaps ([first, end, reason]).
   */
  constructor(store, record) {
    this.store = store;
    this.record = record;
    this.last = Promise.resolve();
    this.released = record.held;
  }

  static begin(store, { key, session, title, url, tokenUrl, label, captioned }) {
    return new Tape(store, {
      key, session, title, url, tokenUrl, label, captioned,
      capture: null, token: null, state: "recording", anchor: null, next: 0, held: 0, gaps: [],
    });
  }

  get next() { return this.record.next; }
  get held() { return this.record.held; }
  get state() { return this.record.state; }

  /** Samples that are not on the server. */
  get pending() { return Math.max(0, this.next - this.held); }

  /** How much of what lies before sample `at` was recorded. */
  soundUntil(at) {
    return this.record.gaps.reduce((sum, [first, end]) => sum - Math.max(0, Math.min(end, at) - first), at);
  }

  /** How much sound is not on the server. */
  get pendingSound() {
    return this.soundUntil(this.next) - this.soundUntil(this.held);
  }

  /** Changes fields of the record, and keeps them. */
  change(fields) {
    return this.write(() => ({ fields }));
  }

  /** Adds a frame; `first` may lie beyond the end: what is between is a gap of `reason`. */
  append(first, samples, reason, anchor) {
    return this.write(() => ({
      fields: { next: first + samples.length, anchor, gaps: this.gapsUntil(first, reason) },
      frame: { first, samples },
    }));
  }

  /** Declares that nothing was recorded up to `end`. */
  skip(end, reason) {
    return this.write(() => (end > this.next ? { fields: { next: end, gaps: this.gapsUntil(end, reason) } } : null));
  }

  gapsUntil(end, reason) {
    const { gaps, next } = this.record;
    if (end <= next) return gaps;
    const open = gaps.at(-1);
    if (open && open[1] === next && open[2] === reason) return [...gaps.slice(0, -1), [open[0], end, reason]];
    return [...gaps, [next, end, reason]];
  }

  /** Writes come one after the other; what they change is seen only once it is kept. */
  write(plan) {
    const done = this.last.then(async () => {
      const { fields, frame = null } = plan() ?? {};
      if (!fields || this.isErased) return;
      await this.store.put({ ...this.record, ...fields }, frame);
      Object.assign(this.record, fields);
    });
    this.last = done.catch(() => {});
    return done;
  }

  /**
   * What to send at sample `at`: `{gap: [first, end, reason]}`, `{first, samples}`, or null if nothing is there yet.
   * @param {number} most  samples.
   */
  async read(at, most) {
    if (at >= this.next) return null;
    const gap = this.record.gaps.find(([first, end]) => first <= at && at < end);
    if (gap) return { gap: [at, gap[1], gap[2]] };
    const until = this.record.gaps.find(([first]) => first > at)?.[0] ?? this.next;
    const frames = await this.store.frames(this.record.key, at, most);
    const samples = joined(frames, at, Math.min(most, until - at));
    if (samples.length) return { first: at, samples };
    return { gap: [at, Math.min(until, frames[0]?.first ?? until), "lost"] };
  }

  /** The server has everything before `held`. */
  async hold(held) {
    const isNews = held !== this.record.held;
    this.record.held = held;
    this.record.next = Math.max(this.record.next, held); // the last frame had been sent, but was not kept, when it all ended
    if (!isNews || held - this.released < 16_000) return;
    this.released = held;
    await this.store.release(this.record.key, held);
  }

  async erase() {
    this.isErased = true;
    await this.last;
    await this.store.remove(this.record.key);
  }
}

/** The samples from `at` on, as far as frames follow each other without a hole. */
function joined(frames, at, most) {
  if (!frames.length || frames[0].first > at) return EMPTY;
  const parts = [];
  let end = at;
  for (const { first, samples } of frames) {
    if (first > end || end - at >= most) break;
    parts.push(samples.subarray(end - first, end - first + most - (end - at)));
    end += parts.at(-1).length;
  }
  const all = new Int16Array(end - at);
  let filled = 0;
  for (const part of parts) {
    all.set(part, filled);
    filled += part.length;
  }
  return all;
}
