// What was recorded and is not yet on the server, kept in IndexedDB so that it outlives a reload, a crash and a lost
// network. Where the browser's storage is full or forbidden, it is kept in memory, and `trouble` says so.

export const NAME = "scribe-captures";
export const LONGEST_FRAME = 4_096;
const FLUSH_MS = 2_000;

export class Store extends EventTarget {
  /** Opens the store; one without storage works as long as the tab lives. */
  static async open() {
    const store = new Store();
    try {
      store.db = await opened();
      store.db.onversionchange = () => store.db.close();
    } catch {
      store.trouble = "memory";
    }
    return store;
  }

  constructor() {
    super();
    this.db = null;
    this.trouble = ""; // "memory": nothing outlives this tab; "full": the newest frames do not
    this.spare = new Map(); // frames by capture, where storage would not take them
    this.flushed = 0;
  }

  /** Asks that the browser does not clear this away when its disk gets full. */
  async persist() {
    await navigator.storage?.persist?.().catch(() => false);
  }

  async records() {
    return this.db ? request(this.db.transaction("captures").objectStore("captures").getAll()) : [];
  }

  /** Keeps a capture's record, and with it a frame, in one step: both are there after a crash, or neither. */
  async put(record, frame = null) {
    try {
      if (!this.db) throw new DOMException("no storage", "InvalidStateError");
      const now = Date.now();
      const mustFlush = now - this.flushed > FLUSH_MS; // the disk itself, not only the system's memory
      const writing = this.db.transaction(["captures", "frames"], "readwrite", {
        durability: mustFlush || !frame ? "strict" : "relaxed",
      });
      if (mustFlush) this.flushed = now;
      writing.objectStore("captures").put(record);
      if (frame) writing.objectStore("frames").put({ key: record.key, first: frame.first, samples: frame.samples });
      await finished(writing);
      this.say(this.spareOf(record.key).length ? "full" : "");
    } catch {
      if (frame) this.spare.set(record.key, [...this.spareOf(record.key), frame]);
      this.say(this.db ? "full" : "memory");
    }
  }

  /** The frames that hold samples from `from` on, in order, at most about `most` samples of them. */
  async frames(key, from, most = Infinity) {
    const range = IDBKeyRange.bound([key, Math.max(0, from - LONGEST_FRAME)], [key, Infinity]);
    const count = Number.isFinite(most) ? Math.ceil(most / 1_000) + 5 : undefined;
    const stored = this.db
      ? await request(this.db.transaction("frames").objectStore("frames").getAll(range, count))
      : [];
    return [...stored, ...this.spareOf(key)]
      .sort((one, other) => one.first - other.first)
      .filter(({ first, samples }) => first + samples.length > from);
  }

  /** Deletes the frames that lie wholly before `held`. */
  async release(key, held) {
    this.spare.set(key, this.spareOf(key).filter(({ first, samples }) => first + samples.length > held));
    if (!this.db || held <= LONGEST_FRAME) return;
    const writing = this.db.transaction("frames", "readwrite");
    writing.objectStore("frames").delete(IDBKeyRange.bound([key, 0], [key, held - LONGEST_FRAME]));
    await finished(writing).catch(() => {}); // the next time deletes it as well
  }

  async remove(key) {
    this.spare.delete(key);
    if (!this.db) return;
    const writing = this.db.transaction(["captures", "frames"], "readwrite");
    writing.objectStore("captures").delete(key);
    writing.objectStore("frames").delete(IDBKeyRange.bound([key, 0], [key, Infinity]));
    await finished(writing);
  }

  spareOf(key) {
    return this.spare.get(key) ?? [];
  }

  say(trouble) {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.dispatchEvent(new Event("trouble"));
  }
}

function opened() {
  const asking = indexedDB.open(NAME, 1);
  asking.onupgradeneeded = () => {
    asking.result.createObjectStore("captures", { keyPath: "key" });
    asking.result.createObjectStore("frames", { keyPath: ["key", "first"] });
  };
  return request(asking);
}

function request(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = asked.onblocked = () => reject(asked.error);
  });
}

function finished(writing) {
  return new Promise((resolve, reject) => {
    writing.oncomplete = () => resolve();
    writing.onabort = writing.onerror = () => reject(writing.error);
  });
}
