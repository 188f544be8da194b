// What the server says about chosen lines: said aloud once, undone, heard, closed; a task is followed across reloads.

import { hear } from "./hearing.js";

const LEAVE_MS = 20_000; // a message that only tells goes by itself after so long

export function said(player) {
  const box = document.getElementById("lines-said");
  const told = document.getElementById("lines-told");
  const kept = `scribe.task.${location.pathname}`;
  let last = "";
  let state = "";
  let leaving = 0;

  box.addEventListener("htmx:afterSettle", shown);
  box.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.requestConfig.elt.matches("[data-act=undo]")) return;
    event.detail.shouldSwap = event.detail.isError = false; // the answer is said here
    undone(event.detail.xhr);
  });
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button?.dataset.act === "close") close();
    if (button?.dataset.act === "hear" && player) hear(player, Number(button.dataset.start), Number(button.dataset.end));
  });
  follow();

  function shown() {
    const text = box.querySelector("[data-tell]")?.textContent.trim().replace(/\s+/g, " ") ?? "";
    if (text !== last) told.textContent = last = text;
    const task = box.querySelector("[data-task]")?.dataset;
    if (task && task.state !== "done") sessionStorage.setItem(kept, task.task);
    else sessionStorage.removeItem(kept);
    if (task?.state === "done" && ["waiting", "running"].includes(state)) nudge(); // a nudge over the socket may be lost
    state = task?.state ?? "";
    clearTimeout(leaving);
    if (!task && text && !box.querySelector(".failed")) leaving = setTimeout(leave, LEAVE_MS);
  }

  function leave() {
    if (box.matches(":hover, :focus-within")) leaving = setTimeout(leave, LEAVE_MS);
    else close();
  }

  function close() {
    box.replaceChildren();
    sessionStorage.removeItem(kept);
    last = state = "";
  }

  function undone(xhr) {
    const answer = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const message = answer.querySelector(".message");
    const failed = xhr.status >= 400 || Boolean(message?.classList.contains("error"));
    const line = document.createElement("p");
    line.dataset.tell = "";
    line.textContent = (message ?? answer.body).textContent.trim() || document.getElementById("choosing").dataset.undone;
    const cross = box.querySelector("[data-act=close]");
    const shell = document.createElement("div");
    shell.className = failed ? "said failed" : "said";
    shell.append(line, ...(cross ? [cross] : []));
    const hadFocus = box.contains(document.activeElement);
    box.replaceChildren(shell);
    if (hadFocus) cross?.focus();
    shown();
  }

  // A task that was under way, or had failed, when the page was left.
  async function follow() {
    const address = sessionStorage.getItem(kept);
    if (!address) return;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) {
      sessionStorage.removeItem(kept);
      return;
    }
    box.innerHTML = await answer.text();
    htmx.process(box);
    shown();
  }
}

function nudge() {
  document.body.dispatchEvent(new CustomEvent("transcript-changed"));
}
