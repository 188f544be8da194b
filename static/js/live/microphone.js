// The microphone: opened, listened to through the worklet, closed again without losing the last part of a frame.

const FLUSH_MS = 1_000;

export class Microphone extends EventTarget {
  /** Events: `frame` (detail: what the worklet posts), `ended` (unplugged or taken away), `muted` and `unmuted`. */
  constructor(workletUrl) {
    super();
    this.workletUrl = workletUrl;
    this.stream = this.context = this.node = null;
    this.shown = () => { if (document.visibilityState === "visible") this.context?.resume().catch(() => {}); };
  }

  static get isPossible() {
    return Boolean(navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode);
  }

  /** The microphones there are; without names until one was allowed. */
  static async list() {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
    return devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId);
  }

  get label() {
    return this.track?.label ?? "";
  }

  /** Opens a microphone and begins to hear. Throws what getUserMedia throws. */
  async open({ deviceId = "", echoCancellation = false, noiseSuppression = false, autoGainControl = false }) {
    const audio = { echoCancellation, noiseSuppression, autoGainControl };
    if (deviceId) audio.deviceId = { ideal: deviceId };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio });
    try {
      [this.track] = this.stream.getAudioTracks();
      this.track.onended = () => this.dispatchEvent(new Event("ended"));
      this.track.onmute = () => this.dispatchEvent(new Event("muted"));
      this.track.onunmute = () => this.dispatchEvent(new Event("unmuted"));
      this.context = new AudioContext({ latencyHint: "playback" }); // large buffers: a busy machine drops less
      await this.context.audioWorklet.addModule(this.workletUrl);
      this.node = new AudioWorkletNode(this.context, "scribe-capture");
      this.node.port.onmessage = ({ data }) => this.hear(data);
      this.context.createMediaStreamSource(this.stream).connect(this.node);
      this.node.connect(this.context.destination); // silent; some browsers run only what leads to the loudspeaker
      await this.context.resume();
    } catch (problem) {
      await this.close();
      throw problem;
    }
    document.addEventListener("visibilitychange", this.shown);
  }

  hear(frame) {
    if (frame.samples.length) this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    if (frame.isLast) this.flushed?.();
  }

  /** Stops hearing; resolves once the last frame was handed out. */
  async close() {
    document.removeEventListener("visibilitychange", this.shown);
    const { node, stream, context } = this;
    if (this.track) this.track.onended = this.track.onmute = this.track.onunmute = null;
    if (node && context.state === "running") {
      const isFlushed = new Promise((resolve) => { this.flushed = resolve; });
      node.port.postMessage("finish");
      await Promise.race([isFlushed, new Promise((resolve) => setTimeout(resolve, FLUSH_MS))]);
    }
    for (const track of stream?.getTracks() ?? []) track.stop();
    await context?.close().catch(() => {});
    this.stream = this.context = this.node = this.track = null;
  }
}
