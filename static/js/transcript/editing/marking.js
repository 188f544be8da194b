// Whole lines, one or many: marked as reviewed or not, removed, and the machine's new hearing taken or left.

import { lineOf, servedText, uuidOf } from "./written.js";

export class Marking {
  constructor({ choosing, server, outbox, telling, undoing, texts }) {
    Object.assign(this, { choosing, server, outbox, telling, undoing, texts });
  }

  // Marks the chosen lines as reviewed, or the current one; where all are marked already, takes it back.
  async review() {
    const { chosen, line } = this.choosing;
    const uuids = chosen.size ? chosen.uuids : line ? [uuidOf(line)] : [];
    if (!uuids.length) return;
    const known = uuids.map(lineOf).filter(Boolean);
    const all = known.length > 0 && known.every((each) => "reviewed" in each.dataset);
    await this.reviewed(uuids, !all);
    if (chosen.size) chosen.clear();
  }

  // Resolves with whether it is so.
  reviewed(uuids, reviewed) {
    return this.#do("lines/reviewed/", { lines: uuids.join(" "), reviewed: reviewed ? "1" : "" });
  }

  async remove() {
    const { chosen } = this.choosing;
    if (chosen.size && (await this.#do("lines/remove/", { lines: chosen.uuids.join(" ") }))) chosen.clear();
  }

  // `take` is "machine" or "mine".
  heard(line, take) {
    return this.#do(`lines/${uuidOf(line)}/heard/`, { seen: servedText(line), take });
  }

  async #do(path, values) {
    const { kind, ...answer } = (await this.outbox.run()) ? await this.server.ask(path, values) : { kind: this.outbox.why };
    if (kind === "ok") {
      this.undoing.next(answer);
      this.undoing.say(answer.said);
    } else this.telling.say(answer.said ?? this.texts[`${kind}Act`], { failed: true });
    document.body.dispatchEvent(new CustomEvent("lines-changed"));
    return kind === "ok";
  }
}
