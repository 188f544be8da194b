// Captures of other sessions, and earlier ones of this session, that something is left of in this browser: it is sent
// without asking, and the page says where they can be gone on with or stopped.

import { takeCapture } from "./awake.js";
import { Uplink } from "./socket.js";
import { Tape } from "./tape.js";

export class Backlog extends EventTarget {
  /** Events: `change`, whenever `left` has. */
  constructor(store, socketPath) {
    super();
    this.store = store;
    this.socketPath = socketPath;
    this.left = new Map(); // by key
  }

  get uplinks() {
    return [...this.left.values()].map(({ uplink }) => uplink);
  }

  get pendingSound() {
    return [...this.left.values()].reduce((sum, { tape }) => sum + tape.pendingSound, 0);
  }

  /** Sends what is left of all captures but that of `key`. */
  async send(key = null) {
    for (const record of await this.store.records()) {
      if (record.key !== key) this.sendOne(record);
    }
  }

  async sendOne(record) {
    const giveBack = await takeCapture(record.key);
    if (!giveBack) return; // another tab looks after it
    const tape = new Tape(this.store, record);
    const uplink = new Uplink(tape, this.socketPath);
    const isOpen = ["recording", "paused"].includes(record.state);
    this.left.set(record.key, { tape, uplink, isOpen });
    uplink.addEventListener("change", () => this.dispatchEvent(new Event("change")));
    uplink.addEventListener("finished", async () => {
      if (isOpen && uplink.ending !== "discarded" && tape.pendingSound > 16_000) return; // the person says what becomes of it
      await tape.erase();
      this.left.delete(record.key);
      uplink.close();
      giveBack();
      this.dispatchEvent(new Event("change"));
    });
    uplink.addEventListener("held", () => {
      if (!isOpen || tape.pending) return;
      uplink.close(); // all is there: the tab that goes on with it may have it
      giveBack();
    });
    if (isOpen && record.state === "recording") await tape.change({ state: "paused", pausedFor: "lost" });
    uplink.start();
    this.dispatchEvent(new Event("change"));
  }

  /** Throws away what is left here of a capture that the server takes no more of. */
  async drop(key) {
    const { tape, uplink } = this.left.get(key);
    uplink.close();
    await tape.erase();
    this.left.delete(key);
    this.dispatchEvent(new Event("change"));
  }
}
