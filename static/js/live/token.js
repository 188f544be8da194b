// The right to send: a token that the server gives to whoever may edit the session. A login that has ended is asked for
// again here, in the page, while recording goes on.

export class LoginNeeded extends Error {}
export class NotAllowed extends Error {}

/** Asks for a token of the session. Throws LoginNeeded, NotAllowed, or whatever a lost network throws. */
export async function askToken(url) {
  const headers = { "X-CSRFToken": cookie() };
  const answer = await fetch(url, { method: "POST", headers, redirect: "manual", signal: patience() });
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new LoginNeeded();
  if (answer.status === 403 && !(await isLoggedIn())) throw new LoginNeeded();
  if ([403, 404, 410].includes(answer.status)) throw new NotAllowed();
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return (await answer.json()).token;
}

/** Logs in with a name and password; true if that was right. Forms elsewhere on the page go on working. */
export async function login(url, username, password) {
  await fetch(url); // gives a cookie against forgery, if that has gone as well
  const body = new URLSearchParams({ username, password });
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": cookie() }, redirect: "manual" });
  const isIn = answer.type === "opaqueredirect";
  if (isIn) refreshForms();
  return isIn;
}

function patience() {
  return AbortSignal.timeout?.(15_000); // a network that was switched under way may leave a request hanging
}

async function isLoggedIn() {
  return (await fetch(location.href, { method: "HEAD", redirect: "manual" })).type !== "opaqueredirect";
}

function cookie() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

/** A login changes the secret that the page's forms were made with. */
function refreshForms() {
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": cookie() }));
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = cookie();
}
