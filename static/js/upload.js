// The upload panel: files are dropped or chosen, sent one after the other, and survive a reload or a lost network.

import { TusUpload } from "./tus.js";
import { forget, keptHandle, recall, remember } from "./upload-memory.js";

const RATE_WINDOW = 8_000;

class ScribeUpload extends HTMLElement {
  connectedCallback() {
    this.queue = [];
    this.rows = this.querySelector(".upload-rows");
    this.template = this.querySelector("template.upload-row");
    this.input = this.querySelector("input[type=file]");
    this.firstRun = this.list?.dataset.run ?? "";
    this.input.disabled = false;
    this.input.addEventListener("change", () => this.take([...this.input.files].map((file) => ({ file }))));
    this.input.addEventListener("click", (event) => this.pick(event));
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) this.addEventListener(name, (event) => this.drag(event));
    this.leaving = (event) => { if (this.isSending) event.preventDefault(); };
    this.online = () => this.queue.forEach((row) => row.upload.hurry());
    this.listed = () => this.onListed();
    addEventListener("beforeunload", this.leaving);
    addEventListener("online", this.online);
    document.body.addEventListener("htmx:load", this.listed);
    this.onListed();
  }

  disconnectedCallback() {
    removeEventListener("beforeunload", this.leaving);
    removeEventListener("online", this.online);
    document.body.removeEventListener("htmx:load", this.listed);
  }

  get isSending() {
    return this.queue.some((row) => row.upload.isActive);
  }

  get list() {
    return document.getElementById("recording-list");
  }

  /** A chooser that gives handles, where there is one: a handle outlives a reload. */
  async pick(event) {
    if (!window.showOpenFilePicker || !event.isTrusted) return;
    event.preventDefault();
    const handles = await window.showOpenFilePicker({ multiple: true }).catch((error) => (error.name === "AbortError" ? [] : null));
    if (!handles) {
      setTimeout(() => this.input.click()); // it is forbidden here: the plain chooser opens, once this click is over
      return;
    }
    this.take(await Promise.all(handles.map(async (handle) => ({ handle, file: await handle.getFile() }))));
  }

  async drag(event) {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    this.classList.toggle("dragged-over", event.type === "dragenter" || event.type === "dragover");
    if (event.type !== "drop") return;
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    const found = items.map((item) => ({ file: item.getAsFile(), handle: item.getAsFileSystemHandle?.() }));
    this.take(await Promise.all(found.map(async ({ file, handle }) => ({ file, handle: await handle }))));
  }

  take(chosen) {
    for (const { file, handle } of chosen) {
      if (!file || this.queue.some((row) => sameFile(row.upload.file, file))) continue;
      const row = new Row(this, file, handle, recall(this.dataset.createUrl, file) ?? this.listedUrl(file));
      this.queue.push(row);
    }
    this.input.value = "";
    this.onListed();
    this.sendNext();
  }

  /** The address of an unfinished upload of the same name and size, which another browser or an earlier visit began. */
  listedUrl(file) {
    const twin = this.kept().find(
      (item) => item.dataset.mine && item.dataset.state === "receiving"
        && item.dataset.name === file.name && Number(item.dataset.size) === file.size
    );
    return twin?.dataset.uploadUrl ?? null;
  }

  kept() {
    return [...(this.list?.querySelectorAll("[data-upload-url]") ?? [])];
  }

  async sendNext() {
    if (this.sending) return;
    this.sending = true;
    const lock = await navigator.wakeLock?.request("screen").catch(() => null);
    let row;
    while ((row = this.queue.find(({ upload }) => upload.state === "waiting"))) await row.upload.run();
    this.sending = false;
    lock?.release();
  }

  remove(row) {
    this.queue = this.queue.filter((other) => other !== row);
    row.element.remove();
    this.refresh();
  }

  refresh() {
    document.body.dispatchEvent(new CustomEvent("recordings-changed"));
  }

  say(text) {
    this.querySelector(".upload-news").textContent = text;
  }

  /** The server's list is new: its rows of files being sent from here are hidden, the others may go on by themselves. */
  onListed() {
    this.rows.hidden = !this.queue.length;
    const mine = new Set(this.queue.map((row) => row.upload.url));
    for (const item of this.kept()) {
      item.hidden = mine.has(item.dataset.uploadUrl) && item.dataset.state === "receiving";
      if (!item.hidden && item.dataset.mine && item.dataset.state === "receiving") this.offerHandle(item);
    }
    const fold = this.closest("details");
    if (fold && (this.queue.length || this.kept().length)) fold.open = true;
    const list = this.list;
    const idle = !this.queue.length && list?.dataset.busy === "0" && !this.kept().some((item) => item.dataset.state === "whole");
    if (idle && list.dataset.run !== this.firstRun) location.assign(this.dataset.sessionUrl);
  }

  async offerHandle(item) {
    const url = item.dataset.uploadUrl;
    const handle = await keptHandle(url);
    if (!handle || this.queue.some((row) => row.upload.url === url)) return;
    const goOn = async () => {
      const file = await handle.getFile().catch(() => null);
      if (file) this.take([{ file, handle }]);
    };
    if ((await handle.queryPermission({ mode: "read" })) === "granted") return goOn();
    const button = item.querySelector(".upload-handle");
    if (!button) return;
    button.hidden = false;
    item.querySelector(".upload-advice").hidden = true;
    button.onclick = async () => {
      if ((await handle.requestPermission({ mode: "read" })) === "granted") goOn();
    };
  }
}

class Row {
  constructor(panel, file, handle, url) {
    this.panel = panel;
    this.texts = panel.template.dataset;
    this.element = panel.template.content.firstElementChild.cloneNode(true);
    this.seen = [];
    this.upload = new TusUpload(file, {
      url,
      createUrl: panel.dataset.createUrl,
      csrf: panel.dataset.csrf,
      onCreated: (made) => remember(panel.dataset.createUrl, file, made, handle),
      onChange: (state, sent) => this.show(state, sent),
    });
    this.find(".upload-name").textContent = file.name;
    this.find("progress").setAttribute("aria-label", file.name);
    this.find(".upload-pause").addEventListener("click", () => { this.upload.pause(); panel.sendNext(); });
    this.find(".upload-go-on").addEventListener("click", () => { this.upload.change("waiting"); panel.sendNext(); });
    this.find(".upload-cancel").addEventListener("click", () => this.cancel());
    panel.rows.append(this.element);
    panel.rows.hidden = false;
    this.show("waiting", 0);
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  async cancel() {
    const { upload, panel } = this;
    if (upload.url && upload.offset && !confirm(fill(this.texts.cancel, upload.file.name))) return;
    await upload.cancel();
    if (upload.url) await forget(upload.url);
    panel.remove(this);
  }

  async show(state, sent) {
    const { size, name } = this.upload.file;
    const stopped = ["paused", "login", "unreadable", "failed", "forbidden", "refused"].includes(state);
    this.element.dataset.state = stopped && state !== "paused" ? "failed" : state;
    this.find("progress").value = size ? sent / size : 0;
    this.find(".upload-pause").hidden = stopped;
    this.find(".upload-go-on").hidden = !["paused", "login"].includes(state);
    this.find(".upload-says").textContent = this.words(state, sent, size);
    if (state !== "sending") this.seen = [];
    if (stopped && state !== "paused") this.panel.say(this.find(".upload-says").textContent);
    if (state === "done") {
      this.panel.say(fill(this.texts.done, name));
      await forget(this.upload.url);
      this.panel.remove(this);
    }
  }

  words(state, sent, size) {
    if (state === "refused") return this.upload.answer;
    if (state !== "sending") return fill(this.texts[state] ?? "", bytes(sent), bytes(size));
    const now = performance.now();
    this.seen = [...this.seen.filter(([when]) => now - when < RATE_WINDOW), [now, sent]];
    const [[since, before]] = this.seen;
    const rate = now - since > 1000 ? ((sent - before) * 1000) / (now - since) : 0;
    if (sent >= size) return this.texts.checking;
    if (rate <= 0) return fill(this.texts.starting, bytes(sent), bytes(size));
    return fill(this.texts.sending, bytes(sent), bytes(size), bytes(rate), duration((size - sent) / rate));
  }
}

function sameFile(one, other) {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

function fill(text, ...values) {
  return text.replace(/%(\d)/g, (_, number) => values[number - 1]);
}

function bytes(count) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = count < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(count) / 10)); // of 1024, as the server's own figures
  const options = { style: "unit", unit: units[step], unitDisplay: "short", maximumFractionDigits: step > 1 ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, options).format(count / 1024 ** step);
}

function duration(seconds) {
  const lang = document.documentElement.lang;
  const unit = (value, name) => new Intl.NumberFormat(lang, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  if (seconds < 90) return unit(Math.max(1, Math.round(seconds)), "second");
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? unit(minutes, "minute") : `${unit(Math.floor(minutes / 60), "hour")} ${unit(minutes % 60, "minute")}`;
}

customElements.define("scribe-upload", ScribeUpload);
