// Asking the server for what editors do with lines, and what its answers mean.

import { token } from "../../token.js";

// How an answer is called: "ok", "clash" (somebody else wrote there), "gone" (the line is no more), "refused" (it can't be),
// "forbidden" (signed out, or no editor any more) and "away" (no connection, or a server in trouble).
const KEPT_ALIVE = 20_000; // characters; browsers take 64 KiB for all requests together
const KINDS = { 400: "refused", 404: "gone", 409: "clash" };

export class Server {
  // `base` is the session's address.
  constructor(base) {
    this.base = base;
  }

  // Resolves with what the server says, and with `kind`; it never fails.
  async ask(path, values = {}) {
    const body = new URLSearchParams(values).toString();
    let answer = null;
    try {
      answer = await fetch(this.base + path, {
        method: "POST",
        body,
        headers: {
          Accept: "application/json",
          "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
          "X-CSRFToken": token(),
        },
        redirect: "manual",
        keepalive: body.length < KEPT_ALIVE, // so that it arrives though the page is left
      });
    } catch {
      return { kind: "away" };
    }
    const told = await said(answer);
    if (answer.ok && told) return { ...told, kind: "ok" };
    if (answer.status >= 500 || answer.status === 429 || answer.ok) return { kind: "away" };
    return told && KINDS[answer.status] ? { ...told, kind: KINDS[answer.status] } : { kind: "forbidden" };
  }

  // What is said of a line, as HTML; null where it can't be had.
  async page(path) {
    try {
      const answer = await fetch(this.base + path, { headers: { "HX-Request": "true" } });
      return answer.ok && !answer.redirected ? await answer.text() : null;
    } catch {
      return null;
    }
  }
}

async function said(answer) {
  if (!answer.headers.get("Content-Type")?.includes("json")) return null;
  try {
    return await answer.json();
  } catch {
    return null;
  }
}
