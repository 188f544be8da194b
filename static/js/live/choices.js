// What a person chose about their microphone, remembered in this browser.

import { Microphone } from "./microphone.js";

const KEY = "scribe-microphone";
const PROCESSING = ["echoCancellation", "noiseSuppression", "autoGainControl"];

export class Choices extends EventTarget {
  /** Events: `change`, when somebody chose something else. */
  constructor(form) {
    super();
    this.form = form;
    this.kept = read();
    for (const name of PROCESSING) form.elements[name].checked = Boolean(this.kept[name]);
    form.elements.label.value = this.kept.label ?? deviceName();
    form.addEventListener("change", () => this.keep());
    form.addEventListener("submit", (event) => event.preventDefault());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.list());
    this.list();
  }

  get now() {
    const { elements } = this.form;
    const processing = Object.fromEntries(PROCESSING.map((name) => [name, elements[name].checked]));
    return { ...processing, deviceId: elements.deviceId.value || this.kept.deviceId || "", label: elements.label.value.trim() };
  }

  /** Fills the list of microphones; their names are known once one was allowed. */
  async list() {
    const select = this.form.elements.deviceId;
    const devices = await Microphone.list();
    const first = select.options[0];
    const options = devices
      .filter(({ deviceId }) => deviceId !== "default")
      .map(({ deviceId, label }, i) => new Option(label || `${select.dataset.unnamed} ${i + 1}`, deviceId));
    select.replaceChildren(first, ...options);
    select.value = devices.some(({ deviceId }) => deviceId === this.kept.deviceId) ? this.kept.deviceId : "";
  }

  keep() {
    const { label, ...sound } = this.now;
    sound.deviceId = this.form.elements.deviceId.value;
    const isOther = ["deviceId", ...PROCESSING].some((name) => (sound[name] || "") !== (this.kept[name] || ""));
    this.kept = { ...sound, label };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.kept));
    } catch { /* forbidden: it holds for this visit */ }
    if (isOther) this.dispatchEvent(new Event("change"));
  }
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** What others read of this device until its person calls it something: "Android", "Windows". */
function deviceName() {
  const hint = navigator.userAgentData?.platform || navigator.userAgent.match(/iPhone|iPad|Android|Mac|Windows|Linux/)?.[0];
  return hint ?? "";
}
