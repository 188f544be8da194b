// <scribe-recorder>: puts the recorder, its buttons and its words together. The page hears of it through the event
// `scribe:capture` on the document, whose detail says what is recorded, how much, and how much of it is on the server.

import { BacklogList } from "./backlog-list.js";
import { Backlog } from "./backlog.js";
import { Choices } from "./choices.js";
import { Meter } from "./meter.js";
import { Microphone } from "./microphone.js";
import { Notices } from "./notices.js";
import { Recorder } from "./recorder.js";
import { Store } from "./store.js";
import { login } from "./token.js";
import { savedSound } from "./wav.js";
import { fill, seconds, time } from "./words.js";

const TICK_MS = 1_000;
const LOST_AFTER_MS = 2_000; // a connection that is back at once is no news
const MUCH_PENDING = 3 * 16_000;
const ASKED_IN = { room: ["idle", "stopped"], stop: ["recording", "paused"], discard: ["interrupted", "stranded"] };
const BUSY = ["recording", "paused", "interrupted", "stopping"];

class ScribeRecorder extends HTMLElement {
  async connectedCallback() {
    const { dataset } = this;
    this.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (act && "ready" in this.dataset) this[act](event);
    });
    this.addEventListener("keydown", ({ key }) => { if (key === "Escape" && this.asks) this.ask(""); });
    this.querySelector("form.recorder-login").addEventListener("submit", (event) => this.logIn(event));
    this.leaving = (event) => { if (this.mustStay) event.preventDefault(); };
    addEventListener("beforeunload", this.leaving);
    this.asks = ""; // a question that waits for an answer: stop, discard or room
    this.store = await Store.open();
    const place = { session: dataset.session, title: dataset.title, url: location.pathname, tokenUrl: dataset.tokenUrl };
    this.recorder = new Recorder(this.store, place, { socket: dataset.socket, worklet: dataset.worklet });
    this.choices = new Choices(this.querySelector("form.recorder-choices"));
    this.meter = new Meter(this.querySelector("canvas"), Number(dataset.quietSeconds));
    this.backlog = new Backlog(this.store, dataset.socket);
    this.backlogList = new BacklogList(this.querySelector(".recorder-backlog"));
    this.notices = new Notices(this);
    this.recorder.addEventListener("change", () => this.changed());
    this.recorder.addEventListener("frame", ({ detail }) => this.meter.hear(detail));
    this.choices.addEventListener("change", () => this.recorder.listenAnew(this.choices.now));
    for (const source of [this.store, this.meter, this.backlog]) {
      for (const event of ["change", "trouble"]) source.addEventListener(event, () => this.show());
    }
    await this.recorder.recover();
    this.backlog.send(this.recorder.tape?.record.key);
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.changed();
    this.dataset.ready = "";
  }

  disconnectedCallback() {
    clearInterval(this.ticking);
    removeEventListener("beforeunload", this.leaving);
  }

  get mustStay() {
    const { state, tape } = this.recorder ?? {};
    return state === "recording" || Boolean(tape?.pendingSound) || Boolean(this.backlog?.pendingSound);
  }

  // What may be pressed.

  record() {
    const others = (document.querySelector("[data-open-captures]")?.dataset.openCaptures ?? "").trim();
    if (others) this.ask("room");
    else this.begin(true);
  }

  sameRoom() { this.begin(false); }

  elsewhere() { this.begin(true); }

  begin(captioned) {
    this.ask("");
    this.meter.reset();
    this.recorder.record({ ...this.choices.now, captioned });
  }

  pause() { this.recorder.pause(); }

  goOn() {
    this.meter.reset();
    this.recorder.goOn(this.choices.now);
  }

  stop() { this.ask("stop"); }

  stopNow() {
    this.ask("");
    this.recorder.stop();
  }

  discard() { this.ask("discard"); }

  discardNow() {
    this.ask("");
    this.recorder.discard();
  }

  keep() { this.ask(""); }

  insist() { this.recorder.uplink?.insist(); }

  async save({ target }) {
    const { key } = target.closest("[data-key]")?.dataset ?? {};
    const tape = key ? this.backlog.left.get(key).tape : this.recorder.tape;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await savedSound(tape));
    link.download = `${tape.record.title}.wav`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  drop({ target }) { this.backlog.drop(target.closest("[data-key]").dataset.key); }

  async logIn(event) {
    event.preventDefault();
    const form = event.target;
    const { username, password } = form.elements;
    const isIn = await login(this.dataset.loginUrl, username.value, password.value).catch(() => false);
    password.value = "";
    form.querySelector(".recorder-wrong").hidden = isIn;
    if (!isIn) return password.focus();
    this.recorder.uplink?.hurry();
    for (const uplink of this.backlog.uplinks) uplink.hurry();
  }

  /** Shows a question beside the buttons, and brings the keyboard to it and back. */
  ask(question) {
    const before = this.asks;
    this.asks = question;
    this.show();
    const shown = question ? this.querySelector(`[data-asks="${question}"]`) : null;
    if (shown) {
      shown.querySelector("button").focus();
      shown.scrollIntoView({ block: "nearest" });
    }
    if (!shown && before) this.querySelector(".recorder-acts button:not([hidden])")?.focus();
  }

  // What is shown.

  changed() {
    const { state, uplink } = this.recorder;
    if (state !== this.shownState) {
      if (state === "recording") this.choices.list();
      else this.meter.reset();
    }
    if (this.asks && !ASKED_IN[this.asks].includes(state)) this.asks = "";
    if (["lost", "connecting"].includes(uplink?.state)) this.lostSince ??= Date.now();
    else this.lostSince = null;
    this.show();
    this.shownState = state;
  }

  tick() {
    if (this.lostSince) this.show();
    else this.showPace();
  }

  show() {
    if (!this.recorder) return;
    const { state } = this.recorder;
    this.dataset.state = state;
    this.hasFocus ||= this.querySelector(".recorder-acts").contains(document.activeElement);
    for (const part of this.querySelectorAll("[data-in]")) {
      part.hidden = !part.dataset.in.split(" ").includes(state) || Boolean(this.asks && part.matches("button"));
    }
    for (const part of this.querySelectorAll("[data-asks]")) part.hidden = part.dataset.asks !== this.asks;
    this.keepFocus();
    const headline = this.word(`${state}-${this.recorder.why}`) || this.word(state);
    this.querySelector(".recorder-headline").textContent = headline;
    const { holding } = this;
    this.notices.show(holding, headline, this.recorder.uplink?.words);
    for (const button of this.querySelectorAll("[data-act=record]")) button.disabled = holding.impossible || holding.insecure;
    this.backlogList.show(this.backlog.left);
    this.showPace();
  }

  /** A keyboard that was on a button which has gone comes to the next one, also if that comes a little later. */
  keepFocus() {
    const { activeElement } = document;
    const next = this.querySelector(".recorder-acts :is(button, a):not([hidden])");
    const isStranded = activeElement === document.body || activeElement.hidden;
    if (this.hasFocus && isStranded) next?.focus();
    if (next || !isStranded) this.hasFocus = false;
  }

  word(name) {
    return this.querySelector(`template[data-word="${name}"]`)?.content.textContent.trim() ?? "";
  }

  get holding() {
    const { recorder, store, meter } = this;
    const { state, why, uplink } = recorder;
    const isLong = this.lostSince && Date.now() - this.lostSince >= LOST_AFTER_MS;
    const isOn = state === "recording";
    return {
      insecure: !window.isSecureContext,
      impossible: window.isSecureContext && !Microphone.isPossible,
      lost: Boolean(isLong),
      login: [uplink, ...this.backlog.uplinks].some((each) => each?.state === "login"),
      superseded: uplink?.state === "superseded",
      refused: uplink?.state === "refused",
      limit: uplink?.state === "limit",
      "disk-full": Boolean(uplink?.isDiskFull),
      full: store.trouble === "full",
      memory: store.trouble === "memory",
      muted: Boolean(recorder.isMuted),
      quiet: isOn && meter.isQuiet,
      clipped: isOn && meter.isClipped,
      [why]: ["denied", "missing", "busy"].includes(why),
    };
  }

  showPace() {
    const { state, tape, uplink } = this.recorder;
    const pace = this.querySelector(".recorder-pace");
    pace.hidden = !tape;
    if (tape) {
      const recorded = tape.soundUntil(tape.next);
      const held = tape.soundUntil(tape.held);
      pace.querySelector("[data-recorded]").textContent = time(recorded);
      pace.querySelector("[data-held]").textContent = time(held);
      const pending = pace.querySelector("[data-pending]");
      pending.hidden = tape.pendingSound < MUCH_PENDING;
      pending.textContent = fill(pending.dataset.text, seconds(tape.pendingSound));
    }
    const { record } = tape ?? {};
    document.dispatchEvent(new CustomEvent("scribe:capture", {
      detail: {
        session: this.dataset.session,
        state,
        why: this.recorder.why,
        capture: record?.capture ?? this.recorder.ended?.capture ?? null,
        link: uplink?.state ?? "off",
        recordedMs: tape ? Math.round(tape.next / 16) : 0,
        heldMs: tape ? Math.round(tape.held / 16) : 0,
        pendingMs: tape ? Math.round(tape.pendingSound / 16) : 0,
        isBusy: BUSY.includes(state),
      },
    }));
  }
}

customElements.define("scribe-recorder", ScribeRecorder);
