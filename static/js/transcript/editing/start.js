// Puts editing together for those who may change the transcript.

import { Dialogs } from "./dialogs.js";
import { Drafts } from "./drafts.js";
import { Editing } from "./editing.js";
import { Marking } from "./marking.js";
import { Offering } from "./offering.js";
import { Outbox } from "./outbox.js";
import { Server } from "./server.js";
import { Shaping } from "./shaping.js";
import { Sounding } from "./sounding.js";
import { Telling } from "./telling.js";
import { Tray } from "./tray.js";
import { Undoing } from "./undoing.js";
import { Unsent } from "./unsent.js";
import { lineOf } from "./written.js";

const ADOPT_MS = 5000;

// Returns what the walks through the transcript need of it.
export function startEditing(root, lines, { choosing, player, fresh }) {
  const template = document.getElementById("editing");
  const texts = template.dataset;
  const server = new Server(texts.base);
  const drafts = new Drafts(texts.session);
  const outbox = new Outbox(drafts, server);
  const telling = new Telling(template);
  const sounding = new Sounding(player);
  const undoing = new Undoing({ template, server, outbox, telling });
  const tray = new Tray(template, { drafts, decide: (draft, what) => decide(draft, what) });
  const editing = new Editing(root, lines, { template, server, drafts, outbox, telling, sounding, tray });
  const shaping = new Shaping(editing, { fresh, undoing });
  const dialogs = new Dialogs(root, { server, telling, undoing, texts });
  const marking = new Marking({ choosing, server, outbox, telling, undoing, texts });
  const unsent = new Unsent({ template, drafts, outbox, lines, telling, isOpen: (line) => editing.now?.uuid === line });
  new Offering(root, { template, choosing, editing, marking, undoing, dialogs });

  const acts = {
    next: () => (editing.now.onward ? editing.done({ reviewed: true }) : shaping.step(1, { reviewed: true })),
    save: () => editing.done(),
    stop: () => editing.stop(),
    split: () => shaping.split(),
    join: () => shaping.join(),
    "join-before": () => shaping.joinBefore(),
    remove: () => shaping.remove(),
    before: () => shaping.step(-1),
    after: () => shaping.step(1),
    play: () => sounding.toggle(),
    slower: () => player?.changeSpeed(-1),
    faster: () => player?.changeSpeed(1),
    history: () => dialogs.history(lineOf(editing.now.uuid) ?? { id: `line-${editing.now.uuid}` }),
  };
  editing.act = (name) => !editing.now.editor.field.readOnly && acts[name]?.();

  // What somebody decided about a text that could not be stored.
  async function decide(draft, what) {
    if (what === "mine") {
      drafts.put(draft.line, { seen: draft.theirs, state: "ready" });
      outbox.run();
      return;
    }
    drafts.drop(draft.line);
    if (what !== "edit" && what !== "put") return;
    const line = what === "edit" ? await lines.find(`line-${draft.line}`, draft.start) : await lines.near(draft.start);
    if (line) editing.open(line, { text: draft.text });
    else tray.show(drafts.put(draft.line, draft), { caret: draft.text.length });
  }

  function adopt() {
    if (!drafts.adopt()) return;
    unsent.show();
    outbox.run();
  }
  adopt();
  setInterval(adopt, ADOPT_MS);
  return { editing, marking };
}
