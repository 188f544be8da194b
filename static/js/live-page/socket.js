// The page's connection: hands on what the server says, tells it how much was taken, and comes back when it is lost.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const REFUSED = 4404; // not there, or not for this person, or their login ended
const REFUSED_WAIT_MS = 20_000; // somebody may log in again in another tab
const SEEN_EVERY = 8; // messages; the server holds drafts back from a page that is far behind
const SEEN_AFTER_MS = 1000;

// Tells "message" (its detail is the message), "connected", "lost" and "refused".
export class Socket extends EventTarget {
  #wait = FIRST_WAIT_MS;
  #taken = 0;
  #told = 0;
  #socket = null;
  #timer = null;

  constructor(path) {
    super();
    this.address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
    setInterval(() => this.#tell(), SEEN_AFTER_MS);
  }

  connect() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#taken = this.#told = 0;
    const socket = new WebSocket(this.address);
    this.#socket = socket;
    socket.addEventListener("message", (event) => {
      const message = JSON.parse(event.data);
      this.#taken += 1;
      if (message.type === "connected") {
        this.#wait = FIRST_WAIT_MS;
        this.dispatchEvent(new Event("connected"));
      } else {
        this.dispatchEvent(new CustomEvent("message", { detail: message }));
      }
      if (this.#taken - this.#told >= SEEN_EVERY) this.#tell();
    });
    socket.addEventListener("close", (event) => {
      const refused = event.code === REFUSED;
      this.dispatchEvent(new Event(refused ? "refused" : "lost"));
      const wait = refused ? REFUSED_WAIT_MS : this.#wait * (0.75 + Math.random() / 2);
      this.#timer = setTimeout(() => this.connect(), wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    });
  }

  #tell() {
    if (this.#taken === this.#told || this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify({ seen: this.#taken }));
    this.#told = this.#taken;
  }

  // The network or the reader came back: no reason to wait any longer.
  #hurry() {
    if (this.#timer !== null) this.connect();
  }
}
