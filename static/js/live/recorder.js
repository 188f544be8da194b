// The states of recording one session in one tab: what may be done when, and what happens to the tape meanwhile.
//
//   idle → asking → recording ⇄ paused → stopping → stopped
//   recording → interrupted (reloaded, crashed, microphone gone) → recording or stopping
//   elsewhere: another tab of this browser records it;  stranded: the server takes no more, something is left here

import { Clock } from "./clock.js";
import { WakeLock, takeCapture } from "./awake.js";
import { Microphone } from "./microphone.js";
import { Uplink } from "./socket.js";
import { Tape } from "./tape.js";

const SIGN_OF_LIFE_MS = 20_000;
const OPEN = ["recording", "paused"];

export class Recorder extends EventTarget {
  /**
   * Events: `change`, and `frame` with each frame that was heard.
   * @param {Store} store
   * @param {{session: string, title: string, url: string, tokenUrl: string}} place
   * @param {{socket: string, worklet: string}} paths
   */
  constructor(store, place, paths) {
    super();
    this.store = store;
    this.place = place;
    this.paths = paths;
    this.state = "idle";
    this.why = ""; // of being interrupted: reload or microphone; of being back in idle: denied, missing, busy
    this.wakeLock = new WakeLock();
    this.taking = Promise.resolve();
    this.tape = this.uplink = this.microphone = null;
  }

  change(state, why = "") {
    this.state = state;
    this.why = why;
    this.wakeLock.want(state === "recording");
    this.dispatchEvent(new Event("change"));
  }

  /** Looks for a capture of this session that a reload or a crash cut off, and sends what is left of it. */
  async recover() {
    const records = await this.store.records();
    const record = records.find(({ session, state }) => session === this.place.session && OPEN.includes(state));
    if (!record) return;
    const giveBack = await takeCapture(record.key);
    if (giveBack) {
      await this.adopt(record, giveBack);
      return;
    }
    this.change("elsewhere");
    takeCapture(record.key, { isPatient: true }).then((letGo) => {
      letGo();
      this.change("idle");
      this.recover();
    });
  }

  async adopt(record, giveBack) {
    this.load(new Tape(this.store, record), giveBack);
    if (record.state === "recording") await this.tape.change({ state: "paused", pausedFor: "lost" });
    this.uplink.start();
    this.change("interrupted", "reload");
  }

  load(tape, giveBack) {
    this.tape = tape;
    this.giveBack = giveBack;
    this.clock = new Clock(tape.record.anchor);
    this.uplink = new Uplink(tape, this.paths.socket);
    this.uplink.addEventListener("change", () => this.heed());
    this.uplink.addEventListener("finished", () => this.finish());
  }

  /** The connection is in another state; one that is barred will not take the rest of what has ended. */
  heed() {
    if (this.state === "stopping" && this.uplink.isBarred) this.change("stranded", "refused");
    else if (this.state === "stranded" && !this.uplink.isBarred && this.uplink.state !== "finished") this.change("stopping");
    else this.dispatchEvent(new Event("change"));
  }

  /** Begins a capture. */
  async record(choices) {
    if (!["idle", "stopped"].includes(this.state)) return;
    await this.recover(); // another tab may have begun meanwhile
    if (!["idle", "stopped"].includes(this.state)) return;
    if (!(await this.listen(choices, "idle"))) return;
    const key = crypto.randomUUID();
    const { label, captioned } = choices;
    this.store.persist();
    this.load(Tape.begin(this.store, { key, ...this.place, label, captioned }), await takeCapture(key));
    await this.tape.change({});
    this.uplink.start();
    this.begin("lost");
  }

  /** After a pause or an interruption. */
  async goOn(choices) {
    if (!["paused", "interrupted"].includes(this.state)) return;
    if (!(await this.listen(choices, this.state))) return;
    clearInterval(this.signs);
    await this.tape.change({ state: "recording" });
    this.clock.resume();
    this.begin(this.tape.record.pausedFor ?? "lost");
  }

  begin(gapReason) {
    this.gapReason = gapReason;
    this.waiting.forEach((frame) => this.queue(frame));
    this.waiting = null;
    this.change("recording");
    if (this.isGone) this.lose();
  }

  /** Opens the microphone; what it hears before all is ready waits. */
  async listen(choices, fallback) {
    const before = this.why;
    this.change("asking", before);
    const microphone = new Microphone(this.paths.worklet);
    this.waiting = [];
    this.isGone = false;
    microphone.addEventListener("frame", ({ detail }) => {
      if (this.waiting) this.waiting.push(detail);
      else this.queue(detail);
    });
    microphone.addEventListener("ended", () => this.lose());
    microphone.addEventListener("muted", () => this.mute(true));
    microphone.addEventListener("unmuted", () => this.mute(false));
    try {
      await microphone.open(choices);
    } catch ({ name }) {
      const whys = { NotAllowedError: "denied", NotFoundError: "missing", OverconstrainedError: "missing" };
      this.change(fallback, whys[name] ?? "busy");
      return false;
    }
    if (this.state !== "asking") { // it has ended meanwhile
      await microphone.close();
      return false;
    }
    this.microphone = microphone;
    return true;
  }

  mute(isMuted) {
    this.isMuted = isMuted;
    this.dispatchEvent(new Event("change"));
  }

  queue(frame) {
    this.taking = this.taking.then(() => this.take(frame));
  }

  async take({ samples, wall, ...loudness }) {
    if (!this.tape) return;
    const first = this.clock.place(this.tape.next, samples.length, wall);
    if (first + samples.length > this.uplink.mostSamples) {
      if (this.state === "recording") this.stop("full");
      return;
    }
    await this.tape.append(first, samples, this.gapReason, this.clock.anchor);
    this.gapReason = "lost";
    this.uplink.pump();
    this.dispatchEvent(new CustomEvent("frame", { detail: { ...loudness, count: samples.length } }));
  }

  /** Closes the microphone; resolves once the last of it is kept. */
  async hush() {
    const { microphone } = this;
    this.microphone = null;
    this.isMuted = false;
    await microphone?.close();
    await this.taking;
  }

  async pause() {
    if (this.state !== "recording") return;
    this.change("paused");
    await this.hush();
    await this.tape.change({ state: "paused", pausedFor: "pause" });
    this.uplink.pump();
    clearInterval(this.signs);
    this.signs = setInterval(() => this.signOfLife(), SIGN_OF_LIFE_MS);
  }

  /** A pause of hours is one in which nobody has left: it is declared bit by bit. */
  async signOfLife() {
    if (this.state !== "paused") return;
    await this.tape.skip(Math.min(this.clock.now(), this.uplink.mostSamples), "pause");
    this.uplink.pump();
  }

  /** The microphone was unplugged or taken away. */
  async lose() {
    this.isGone = true;
    if (this.state !== "recording") return;
    this.change("interrupted", "microphone");
    await this.hush();
    await this.tape.change({ state: "paused", pausedFor: "lost" });
    this.uplink.pump();
  }

  /** Another microphone, or other processing, from now on. */
  async listenAnew(choices) {
    if (this.state !== "recording") return;
    await this.hush();
    if (this.state !== "recording") return;
    this.clock.resume();
    if (await this.listen(choices, "interrupted")) this.begin("lost");
    else await this.tape.change({ state: "paused", pausedFor: "lost" });
  }

  async stop(why = "") {
    if (!["recording", "paused", "interrupted"].includes(this.state)) return;
    clearInterval(this.signs);
    this.change("stopping", why);
    await this.hush();
    await this.tape.change({ state: "stopping" });
    this.uplink.pump();
    this.heed();
  }

  /** Throws the capture away, here and on the server. */
  async discard() {
    clearInterval(this.signs);
    await this.hush();
    const serverKnows = this.tape.record.capture && !this.uplink.isBarred && this.uplink.state !== "finished";
    if (!serverKnows) {
      await this.end("idle");
      return;
    }
    this.change("stopping", "discard");
    await this.tape.change({ state: "discarding" });
    this.uplink.pump();
  }

  /** The server has closed the capture: because it was asked to, or because somebody else did. */
  async finish() {
    const { ending } = this.uplink;
    const wasAsked = this.state === "stopping";
    clearInterval(this.signs);
    await this.hush();
    if (!wasAsked && ending !== "discarded" && this.tape.pendingSound > 16_000) this.change("stranded", "closed");
    else await this.end(ending === "discarded" ? "idle" : "stopped", ending);
  }

  async end(state, why = "") {
    this.uplink.close();
    await this.tape.erase();
    this.giveBack?.();
    this.ended = this.tape.record;
    this.tape = this.uplink = this.giveBack = null;
    this.change(state, why);
  }
}
