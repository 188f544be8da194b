// A tap on a name asks whose voice it is. The answer goes to where voices are always named; the lines follow by themselves.

const SAID_MS = 20_000; // what was done, and the way back, stay so long; the voices' page keeps the way back

export class Naming {
  #from = null; // the line that was asked about
  #fading = null;

  constructor(root) {
    this.address = root.dataset.whoUrl;
    this.label = root.dataset.whoLabel;
    this.dialog = document.getElementById("live-who");
    this.body = document.getElementById("live-who-body");
    root.addEventListener("click", (event) => {
      const name = event.target.closest(".live-line .voice-name");
      if (name) this.ask(name.closest(".live-line"));
    });
    root.addEventListener("keydown", (event) => {
      const name = event.target.closest(".live-line .voice-name");
      if (!name || !["Enter", " "].includes(event.key)) return;
      event.preventDefault();
      this.ask(name.closest(".live-line"));
    });
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => {
      this.body.replaceChildren();
      document.getElementById(this.#from)?.querySelector(".voice-name").focus({ preventScroll: true });
    });
    this.dialog.addEventListener("htmx:afterRequest", ({ detail }) => {
      if (detail.requestConfig.verb !== "post") return;
      if (detail.successful) this.#done();
      else if (detail.xhr.status === 422) this.#refused(detail.xhr.responseText);
    });
  }

  // Makes the name of a line something that can be pressed.
  dress(line) {
    const name = line.querySelector(".voice-name");
    name.setAttribute("role", "button");
    name.setAttribute("aria-haspopup", "dialog");
    name.setAttribute("aria-label", this.label.replace("{name}", name.textContent));
    name.tabIndex = 0;
  }

  async ask(line) {
    this.#from = line.id;
    const address = this.address.replace("00000000-0000-0000-0000-000000000000", line.id.slice("line-".length));
    await htmx.ajax("GET", address, { target: this.body, swap: "innerHTML" });
    if (!this.body.firstElementChild || this.dialog.open) return;
    this.dialog.showModal();
    const field = this.body.querySelector("#live-who-field, .lines-choice");
    field?.focus();
    field?.select?.();
  }

  #done() {
    this.dialog.close();
    clearTimeout(this.#fading);
    this.#fading = setTimeout(() => {
      for (const id of ["voices-said", "live-undo", "lines-said"]) document.getElementById(id).replaceChildren();
    }, SAID_MS);
    document.body.dispatchEvent(new CustomEvent("live-acted"));
    document.body.dispatchEvent(new CustomEvent("transcript-changed"));
  }

  // What was refused stays open; why, stands in it.
  #refused(html) {
    const answer = new DOMParser().parseFromString(html, "text/html");
    const why = answer.querySelector("#voices-said, [data-tell]")?.textContent.trim();
    let line = this.body.querySelector(".live-who-fault");
    if (!line) {
      line = document.createElement("p");
      line.className = "message error live-who-fault";
      line.setAttribute("role", "alert");
      this.body.firstElementChild.after(line);
    }
    line.textContent = why;
  }
}
