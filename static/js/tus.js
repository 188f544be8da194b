// A small client of the tus 1.0 protocol for one file: parts, back-off, and going on from where the server is.

const PART = 8 * 1024 * 1024;
const LONGEST_WAIT = 20_000;
const HEADERS = { "Tus-Resumable": "1.0.0" };

export class TusUpload {
  /**
   * @param {File} file
   * @param {{createUrl: string, url?: string, csrf: string, onCreated: (url: string) => void,
   *          onChange: (state: string, sent: number) => void}} options
   *   States: waiting, sending, retrying, full, paused, done, and with a reason: login, forbidden, unreadable, failed,
   *   or refused, whose words are in `answer`.
   */
  constructor(file, options) {
    this.file = file;
    this.url = options.url ?? null;
    this.offset = 0;
    this.state = "waiting";
    this.answer = "";
    this.options = options;
    this.attempt = 0;
    this.request = null;
    this.wake = null;
  }

  get isActive() {
    return ["sending", "retrying", "full"].includes(this.state);
  }

  /** Sends until all is there, or until paused, cancelled or refused. Resolves in either case. */
  async run() {
    if (this.isActive) return;
    this.attempt = 0;
    this.change("sending");
    let known = false;
    while (this.isActive) {
      try {
        if (!this.url) await this.create();
        else if (!known) await this.find();
        known = true;
        if (this.offset >= this.file.size) this.change("done");
        else await this.sendPart();
      } catch (problem) {
        if (!this.isActive) return;
        known = false;
        await this.meet(problem);
      }
    }
  }

  pause() {
    if (!this.isActive && this.state !== "waiting") return;
    this.change("paused");
    this.request?.abort();
    this.wake?.();
  }

  async cancel() {
    this.change("cancelled");
    this.request?.abort();
    this.wake?.();
    if (this.url) await this.ask("DELETE", this.url).catch(() => {});
  }

  /** Tries again at once, where it was waiting: the network is back. */
  hurry() {
    this.attempt = 0;
    this.wake?.();
  }

  change(state) {
    this.state = state;
    this.options.onChange(state, this.offset);
  }

  async create() {
    const name = btoa(String.fromCharCode(...new TextEncoder().encode(this.file.name)));
    const answer = await this.ask("POST", this.options.createUrl, {
      headers: { "Upload-Length": this.file.size, "Upload-Metadata": `filename ${name}` },
    });
    this.url = new URL(answer.getResponseHeader("Location"), location.href).pathname;
    this.offset = 0;
    this.options.onCreated(this.url);
  }

  async find() {
    const answer = await this.ask("HEAD", this.url);
    if (Number(answer.getResponseHeader("Upload-Length")) !== this.file.size) {
      this.url = null; // another file of the same name
      return this.create();
    }
    this.offset = Number(answer.getResponseHeader("Upload-Offset"));
    this.change("sending");
  }

  async sendPart() {
    const start = this.offset;
    const part = this.file.slice(start, start + PART);
    try {
      await part.slice(0, 1).arrayBuffer(); // a file that was moved fails here, not as a lost network
    } catch {
      throw { reason: "unreadable" };
    }
    const answer = await this.ask("PATCH", this.url, {
      headers: { "Upload-Offset": start, "Content-Type": "application/offset+octet-stream" },
      body: part,
      onSent: (loaded) => this.options.onChange(this.state, start + loaded),
    });
    this.offset = Number(answer.getResponseHeader("Upload-Offset"));
    this.attempt = 0;
    this.change("sending");
  }

  /** Decides what a failed request means: wait and try again, start afresh, or stop and say why. */
  async meet({ status = 0, reason = "", text = "" }) {
    this.answer = text;
    if (reason) return this.change(reason);
    if (status === 404 || status === 410) {
      this.url = null;
      this.offset = 0;
      if (this.attempt++ > 2) this.change("failed");
      return;
    }
    if (status === 403) return this.change("forbidden");
    const temporary = status === 0 || status >= 500 || [408, 409, 423, 425, 429].includes(status);
    if (!temporary) return this.change(text ? "refused" : "failed");
    this.change(status === 507 ? "full" : status === 409 ? "sending" : "retrying");
    await this.rest(status === 409 ? 50 : Math.min(LONGEST_WAIT, 500 * 2 ** this.attempt++));
  }

  rest(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms * (0.75 + Math.random() / 2));
      this.wake = () => { clearTimeout(timer); resolve(); };
    });
  }

  ask(method, url, { headers = {}, body = null, onSent = null } = {}) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      if (method !== "DELETE") this.request = request;
      request.open(method, url);
      const all = { ...HEADERS, "X-CSRFToken": this.options.csrf, ...headers };
      for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
      if (onSent) request.upload.onprogress = (event) => onSent(event.loaded);
      request.onload = () => {
        const { status } = request;
        if (status < 400 && !request.getResponseHeader("Tus-Resumable")) reject({ reason: "login" });
        else if (status >= 200 && status < 300) resolve(request);
        else reject({ status, text: plainText(request) });
      };
      request.onerror = request.ontimeout = request.onabort = () => reject({ status: 0 });
      if (method === "PATCH") watchForStalling(request);
      request.send(body);
    });
  }
}

function plainText(request) {
  return request.getResponseHeader("Content-Type")?.startsWith("text/plain") ? request.responseText : "";
}

/** A network that was switched under way may leave a request hanging for good: no byte for 30 s is a lost connection. */
function watchForStalling(request) {
  let timer = setTimeout(() => request.abort(), 30_000);
  request.upload.addEventListener("progress", () => {
    clearTimeout(timer);
    timer = setTimeout(() => request.abort(), 30_000);
  });
  request.upload.addEventListener("load", () => clearTimeout(timer)); // all is sent: the server may take its time
  request.addEventListener("loadend", () => clearTimeout(timer));
}
