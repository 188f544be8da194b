// Sends what is ready, one after the other, and again when the connection is back.

const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 30_000;

// Tells "sent", "clash", "gone" and "refused" with the draft and the answer, and "stalled" when `why` changes: "" while all
// goes well, "away" without connection, "forbidden" where a login or a right is missing.
export class Outbox extends EventTarget {
  #busy = null;
  #wait = FIRST_WAIT_MS;
  #timer = 0;
  why = "";
  sending = null; // the draft that is on its way

  constructor(drafts, server) {
    super();
    this.drafts = drafts;
    this.server = server;
    addEventListener("online", () => this.run());
    addEventListener("focus", () => this.run());
    document.body.addEventListener("reconnected", () => this.run());
  }

  // Resolves with whether everything that was ready has been answered.
  run() {
    clearTimeout(this.#timer);
    this.#busy ??= this.#sendAll().finally(() => { this.#busy = null; });
    return this.#busy;
  }

  async #sendAll() {
    for (let [draft] = this.drafts.all("ready"); draft; [draft] = this.drafts.all("ready")) {
      this.sending = draft;
      const { kind, ...said } = await this.server.ask(`lines/${draft.line}/text/`, {
        text: draft.text,
        seen: draft.seen,
        reviewed: draft.reviewed ? "1" : "",
      });
      this.sending = null;
      if (kind === "away" || kind === "forbidden") {
        this.#stall(kind);
        this.#timer = setTimeout(() => this.run(), this.#wait);
        this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
        return false;
      }
      this.#wait = FIRST_WAIT_MS;
      this.#stall("");
      this.#answered(draft, kind, said);
    }
    return true;
  }

  // What was typed while this was on its way stays, as an edit of what the server has by now.
  #answered(draft, kind, said) {
    const now = this.drafts.get(draft.line);
    const same = now?.text === draft.text;
    if (kind !== "ok") {
      if (now?.state === "ready") this.drafts.put(draft.line, { state: kind });
    } else if (same && now.state === "ready") this.drafts.drop(draft.line);
    else if (now) this.drafts.put(draft.line, { seen: said.text });
    this.dispatchEvent(new CustomEvent(kind === "ok" ? "sent" : kind, { detail: { draft, said } }));
  }

  #stall(why) {
    if (why === this.why) return;
    this.why = why;
    this.dispatchEvent(new Event("stalled"));
  }
}
