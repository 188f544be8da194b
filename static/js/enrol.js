// <scribe-enrol>: records a text that a member reads aloud, lets them hear it, and sends it with the form inside.
// Without it, or without a microphone, the form's file field does the same. What is surely not good enough is said at
// once; the rest is for the worker to judge.

const LONGEST_S = 120;
const QUIET = 0.01;
const CLIPPED = 0.99;
const CLIPPED_SHARE = 0.002;

class Enrol extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.fold = this.querySelector("details");
    this.meter = this.querySelector("meter");
    this.time = this.querySelector(".recorder-time");
    this.playback = this.querySelector("audio");
    this.blocks = [];
    this.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (act) this[act]();
    });
    this.form.addEventListener("submit", () => {
      for (const button of this.querySelectorAll("button")) button.disabled = true;
    });
    window.addEventListener("pageshow", () => {
      for (const button of this.querySelectorAll("button")) button.disabled = false; // come back to after sending
    });
    this.querySelector(".recorder").hidden = false;
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) {
      this.cannot(window.isSecureContext ? "none" : "insecure");
    }
  }

  disconnectedCallback() {
    this.close();
  }

  say(name) {
    this.querySelector(".recorder-says").textContent =
      this.querySelector(`template[data-say="${name}"]`)?.content.textContent ?? "";
  }

  /** Shows the buttons of a state, and keeps the focus on the first of them if one of the hidden ones had it. */
  show(...acts) {
    const buttons = [...this.querySelectorAll("[data-act]")];
    const hadFocus = buttons.includes(document.activeElement);
    for (const button of buttons) button.hidden = !acts.includes(button.dataset.act);
    if (hadFocus) buttons.find((button) => !button.hidden)?.focus();
  }

  cannot(name) {
    this.say(name);
    this.show();
    this.fold.open = true;
  }

  async record() {
    if (this.isBusy) return;
    this.isBusy = true;
    this.say("asking");
    try {
      await this.listen();
    } catch (error) {
      this.close();
      this.cannot(error.name === "NotFoundError" ? "none" : "denied");
      this.show("record");
      return;
    } finally {
      this.isBusy = false;
    }
    this.playback.pause();
    this.playback.hidden = true;
    this.querySelector(".recorder-level").hidden = false;
    this.show("stop");
    this.say("recording");
  }

  async listen() {
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: true, channelCount: 1 },
    });
    this.context = new AudioContext();
    await this.context.audioWorklet.addModule(this.dataset.worklet);
    const node = new AudioWorkletNode(this.context, "enrol-recorder");
    node.port.onmessage = ({ data }) => this.take(data);
    this.blocks = [];
    this.samples = 0;
    this.context.createMediaStreamSource(this.stream).connect(node);
  }

  again() {
    return this.record();
  }

  take(block) {
    if (!this.context) return;
    this.blocks.push(block);
    this.samples += block.length;
    let loudest = 0;
    for (const sample of block) loudest = Math.max(loudest, Math.abs(sample));
    this.meter.value = Math.sqrt(loudest);
    const seconds = this.samples / this.context.sampleRate;
    this.time.textContent = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
    if (seconds >= LONGEST_S - 0.2) this.stop("full");
  }

  stop(why) {
    if (!this.context) return;
    const rate = this.context.sampleRate;
    this.close();
    this.querySelector(".recorder-level").hidden = true;
    if (this.samples < Number(this.dataset.leastSeconds) * rate) {
      this.show("again");
      this.say("short");
      return;
    }
    this.sound = wav(this.blocks, this.samples, rate);
    URL.revokeObjectURL(this.playback.src);
    this.playback.src = URL.createObjectURL(this.sound);
    this.playback.hidden = false;
    const { rms, clipped } = loudness(this.blocks, this.samples);
    if (rms < QUIET) {
      this.show("again");
      this.say("quiet");
    } else if (clipped > CLIPPED_SHARE) {
      this.show("again");
      this.say("loud");
    } else {
      this.show("send", "again");
      this.say(why ?? "recorded");
    }
  }

  send() {
    const files = new DataTransfer();
    files.items.add(new File([this.sound], "reading.wav", { type: "audio/wav" }));
    this.form.querySelector("input[type=file]").files = files.files;
    this.say("sending");
    this.form.requestSubmit();
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.context?.close();
    this.stream = this.context = null;
  }
}

function loudness(blocks, samples) {
  let power = 0;
  let clipped = 0;
  for (const block of blocks) {
    for (const sample of block) {
      power += sample * sample;
      if (Math.abs(sample) >= CLIPPED) clipped += 1;
    }
  }
  return { rms: Math.sqrt(power / samples), clipped: clipped / samples };
}

/** Returns the samples as a mono WAV of 16 bits. */
function wav(blocks, samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * samples, true);
  let at = 44;
  for (const block of blocks) {
    for (const sample of block) {
      view.setInt16(at, Math.round(Math.max(-1, Math.min(1, sample)) * 32767), true);
      at += 2;
    }
  }
  return new Blob([view], { type: "audio/wav" });
}

customElements.define("scribe-enrol", Enrol);
