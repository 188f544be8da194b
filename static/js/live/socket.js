// The way of a tape to the server: opens the capture's socket, sends in order what is not there, forgets what is held,
// and comes back by itself whatever happens to the connection. The wire is described in realtime_app/captures/protocol.py.

import { LoginNeeded, NotAllowed, askToken } from "./token.js";

const HEADER_BYTES = 12;
const MOST_SAMPLES = 64_000; // in one frame
const WINDOW_BYTES = 1 << 20; // sent and not yet on the server's disk
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const SILENCE_MS = 10_000; // without an answer that is due
const LOGIN_RETRY_MS = 20_000;
const REASONS = { 4400: "bad-frame", 4401: "expired", 4404: "refused", 4409: "superseded", 4413: "limit" };
const ENDS = ["stopped", "finished", "discarded"];

export class Uplink extends EventTarget {
  /**
   * States: connecting, open, lost (comes back by itself), login, superseded, refused, limit, finished, off.
   * Events: `change`, and `finished` once the server needs nothing more.
   * @param {Tape} tape
   * @param {string} path  of the socket.
   */
  constructor(tape, path) {
    super();
    this.tape = tape;
    this.path = path;
    this.state = "off";
    this.words = ""; // the server's own, where it refuses
    this.ending = ""; // stopped, finished or discarded
    this.isDiskFull = false;
    this.mostSamples = Infinity;
    this.wait = FIRST_WAIT_MS;
    this.wakened = () => { if (document.visibilityState === "visible") this.hurry(); };
  }

  start() {
    addEventListener("online", this.wakened);
    addEventListener("pageshow", this.wakened);
    document.addEventListener("visibilitychange", this.wakened);
    this.connect();
  }

  close() {
    this.change("off");
    this.attempt = null;
    removeEventListener("online", this.wakened);
    removeEventListener("pageshow", this.wakened);
    document.removeEventListener("visibilitychange", this.wakened);
    this.drop();
  }

  /** Tries again now: the network is back, or the person has logged in. */
  hurry() {
    if (["lost", "login"].includes(this.state)) this.insist();
  }

  /** Tries again though the server has refused: somebody wants it so. */
  insist() {
    this.wait = FIRST_WAIT_MS;
    this.wasRenewed = false;
    this.connect();
  }

  /** Whether there is no use in waiting. */
  get isBarred() {
    return ["refused", "limit", "superseded"].includes(this.state);
  }

  change(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  drop() {
    clearTimeout(this.timer);
    clearTimeout(this.due);
    const { socket } = this;
    this.socket = null;
    this.isReady = false;
    socket?.close();
  }

  again(state, ms) {
    this.drop();
    this.change(state);
    this.timer = setTimeout(() => this.connect(), ms * (0.75 + Math.random() / 2));
  }

  lost() {
    this.again("lost", this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  async connect() {
    this.drop();
    if (this.state === "off" || this.isBarred) this.change("connecting");
    const attempt = (this.attempt = {});
    if (!this.tape.record.token && !(await this.renew(attempt))) return;
    if (attempt !== this.attempt || this.state === "off") return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.path}`);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.tell(this.hello());
    socket.onmessage = ({ data }) => { if (this.socket === socket) this.hear(JSON.parse(data)); };
    socket.onclose = ({ code }) => { if (this.socket === socket) this.closed(code); };
    this.expect();
  }

  async renew(attempt) {
    try {
      const token = await askToken(this.tape.record.tokenUrl);
      await this.tape.change({ token });
      return true;
    } catch (problem) {
      if (attempt !== this.attempt) return false;
      if (problem instanceof LoginNeeded) this.again("login", LOGIN_RETRY_MS);
      else if (problem instanceof NotAllowed) this.change("refused");
      else this.lost();
      return false;
    }
  }

  hello() {
    const { token, key, label, captioned } = this.tape.record;
    return { type: "hello", token, key, label, captioned };
  }

  tell(message) {
    this.socket.send(JSON.stringify(message));
  }

  /** The server owes an answer: without one, the connection is dead though nobody said so. */
  expect() {
    clearTimeout(this.due);
    this.due = setTimeout(() => this.lost(), SILENCE_MS);
  }

  hear(message) {
    clearTimeout(this.due);
    const { type } = message;
    if (type === "ready") this.ready(message);
    else if (type === "held") this.held(message.samples);
    else if (type === "resend") this.from(message.first);
    else if (type === "disk-full") this.disk(true);
    else if (type === "disk-back") this.disk(false);
    else if (type === "finished") this.finish(message.state);
    else if (type === "refused") {
      this.reason = message.reason;
      this.words = message.message;
    }
    if (this.inFlight?.length && !this.isDiskFull) this.expect();
  }

  async ready({ capture, token, held, state, most_samples: mostSamples }) {
    const { socket } = this;
    this.reason = this.words = "";
    this.wasRenewed = false;
    this.wait = FIRST_WAIT_MS;
    this.mostSamples = mostSamples;
    this.isDiskFull = false;
    await this.tape.change({ capture, token });
    await this.tape.hold(held);
    if (this.socket !== socket) return;
    const wantsMore = this.tape.pending || ["recording", "stopping"].includes(this.tape.state);
    if (ENDS.includes(state) && !wantsMore) {
      this.finish(state); // one that was taken for over goes on, if there is more of it
      return;
    }
    this.told = state;
    this.isReady = true;
    this.change("open");
    this.from(held);
  }

  /** Goes on sending at sample `at`. */
  from(at) {
    this.at = at;
    this.inFlight = [];
    if (ENDS.includes(this.told)) this.told = ""; // the end is told again, behind what is sent again
    this.pump();
  }

  held(samples) {
    this.inFlight = this.inFlight.filter(({ end }) => end > samples);
    this.tape.hold(samples);
    this.dispatchEvent(new Event("held"));
    this.pump();
  }

  disk(isFull) {
    if (this.isDiskFull === isFull) return;
    this.isDiskFull = isFull;
    this.dispatchEvent(new Event("change"));
    if (!isFull) this.from(this.tape.held); // what came meanwhile may not have been taken
  }

  /** Sends as much as may be on its way; called whenever there is more, or more room. */
  async pump() {
    if (this.isPumping) {
      this.mustPump = true;
      return;
    }
    this.isPumping = true;
    do {
      this.mustPump = false;
      while (this.isReady && this.mayAdd && (await this.sendNext()));
    } while (this.mustPump);
    this.isPumping = false;
    this.tellState();
  }

  get mayAdd() {
    return this.inFlight.reduce((sum, { bytes }) => sum + bytes, 0) < WINDOW_BYTES;
  }

  async sendNext() {
    const { socket, at, inFlight } = this;
    if (this.tape.state === "discarding") return false;
    const part = await this.tape.read(at, MOST_SAMPLES).catch(() => null);
    if (!part) return false;
    if (this.socket !== socket || this.inFlight !== inFlight || this.at !== at) return this.isReady; // another place by now
    if (part.gap) {
      const [first, end, reason] = part.gap;
      this.tell({ type: "gap", first, end, reason });
      this.sent(end, 0);
    } else {
      const data = packed(part.first, part.samples);
      socket.send(data);
      this.sent(part.first + part.samples.length, data.byteLength);
    }
    return true;
  }

  sent(end, bytes) {
    this.at = end;
    if (!this.inFlight.length && !this.isDiskFull) this.expect();
    this.inFlight.push({ end, bytes });
  }

  /** Tells the server of a pause, or of the end once everything was sent. */
  tellState() {
    if (!this.isReady) return;
    const { state, next } = this.tape;
    if (state === "discarding") this.tellOnce("discarded", { type: "discard" });
    else if (state === "stopping") {
      if (this.at >= next) this.tellOnce("stopped", { type: "stop", samples: next });
    } else if (state === "paused") this.tellOnce("paused", { type: "pause" });
    else this.tellOnce("recording", { type: "resume" });
  }

  tellOnce(state, message) {
    if (this.told === state) return;
    this.told = state;
    this.tell(message);
    if (ENDS.includes(state)) this.expect();
  }

  finish(ending) {
    this.ending = ending;
    this.drop();
    this.change("finished");
    this.dispatchEvent(new Event("finished"));
  }

  async closed(code) {
    const reason = REASONS[code] ?? this.reason;
    this.reason = "";
    this.drop();
    if (reason === "expired" || (reason === "refused" && !this.wasRenewed)) {
      this.wasRenewed = true; // once: a good token that is refused stays refused
      await this.tape.change({ token: null });
      this.again("lost", FIRST_WAIT_MS);
    } else if (reason === "bad-frame") this.change("refused");
    else if (reason) this.change(reason);
    else this.lost();
  }
}

function packed(first, samples) {
  const data = new DataView(new ArrayBuffer(HEADER_BYTES + 2 * samples.length));
  data.setBigUint64(0, BigInt(first), true);
  data.setUint32(8, samples.length, true);
  for (let i = 0; i < samples.length; i += 1) data.setInt16(HEADER_BYTES + 2 * i, samples[i], true);
  return data.buffer;
}
