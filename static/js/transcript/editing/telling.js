// Saying what was done or what went wrong: aloud for who cannot see, and for a while over the page's bottom.

const LEAVE_MS = 20_000;

export class Telling {
  #leaving = 0;

  constructor(template) {
    this.template = template;
    this.box = document.getElementById("lines-said");
    this.told = document.getElementById("lines-told");
  }

  // Only aloud.
  aloud(text) {
    this.told.textContent = text;
  }

  // `act` is offered as a button: { label, title, run }.
  say(text, { failed = false, act = null } = {}) {
    const shell = this.template.content.querySelector(".said").cloneNode(true);
    shell.classList.toggle("failed", failed);
    shell.querySelector("[data-tell]").textContent = text;
    const button = shell.querySelector("[data-act=offer]");
    if (act) {
      button.textContent = act.label;
      button.title = act.title ?? "";
      button.addEventListener("click", () => {
        this.box.replaceChildren();
        act.run();
      });
    } else button.remove();
    const close = this.box.querySelector("[data-act=close]");
    const hadFocus = this.box.contains(document.activeElement);
    this.box.replaceChildren(shell);
    if (hadFocus && close) shell.querySelector("[data-act=close]").focus();
    this.aloud(text);
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => this.#leave(shell), LEAVE_MS);
  }

  #leave(shell) {
    if (shell.matches(":hover, :focus-within")) this.#leaving = setTimeout(() => this.#leave(shell), LEAVE_MS);
    else shell.remove();
  }
}
