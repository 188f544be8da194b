// Listens for news of this session. A nudge carries no content: it fires the event on which parts of the page fetch
// themselves again, so that what a person may see is decided in one place.

const panel = document.getElementById("run-panel");
const notice = document.getElementById("connection-lost");

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20000;
const REFUSED = 4404; // not there, or not for this person: asking again would not help

let wait = FIRST_WAIT_MS;
let hadConnection = false;
let wasDone = isDone();

function isDone() {
  return Boolean(panel?.querySelector("#run-done"));
}

function fire(name) {
  document.body.dispatchEvent(new CustomEvent(name));
}

function hear(nudge) {
  if (nudge.type === "run.changed") fire("run-changed");
  if (nudge.type === "lines.changed") fire("lines-changed");
  if (nudge.type === "transcript.changed") {
    fire("run-changed");
    if ("hasLines" in panel.dataset) fire("transcript-changed");
    else showTranscript();
  }
}

/** The page's frame differs before and after the first transcript; later ones only change its lines. */
function showTranscript() {
  if (!document.querySelector("scribe-upload")?.isSending) location.reload();
}

// The news of the first transcript may be missed while the connection is lost; the panel tells as well.
panel?.addEventListener("htmx:afterSwap", () => {
  if (isDone() && !wasDone && !("hasLines" in panel.dataset)) showTranscript();
  wasDone = isDone();
});

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/ws/sessions/${panel.dataset.session}/`);
  socket.addEventListener("open", () => {
    wait = FIRST_WAIT_MS;
    notice.hidden = true;
    if (hadConnection) ["run-changed", "transcript-changed", "reconnected"].forEach(fire); // whatever was missed meanwhile
    hadConnection = true;
  });
  socket.addEventListener("message", (event) => hear(JSON.parse(event.data)));
  socket.addEventListener("close", (event) => {
    if (event.code === REFUSED) return;
    notice.hidden = false;
    setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  });
}

if (panel) connect();
