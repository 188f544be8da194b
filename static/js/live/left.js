// On every page: what is left in this browser of recordings is sent on, with a line that leads to each of them. On the
// live page, the recorder does so.

import { BacklogList } from "./backlog-list.js";
import { Backlog } from "./backlog.js";
import { NAME, Store } from "./store.js";

const box = document.getElementById("captures-left");

/** Whether anything was ever recorded in this browser; asked first, since opening a store makes one. */
async function mayHaveAny() {
  if (!window.indexedDB) return false;
  const stores = await indexedDB.databases?.().catch(() => null);
  return !stores || stores.some(({ name }) => name === NAME);
}

if (box && !document.querySelector("scribe-recorder") && (await mayHaveAny())) {
  const list = new BacklogList(box.querySelector("ul"));
  const backlog = new Backlog(await Store.open(), box.dataset.socket);
  backlog.addEventListener("change", () => {
    list.show(backlog.left);
    box.hidden = !backlog.left.size;
  });
  backlog.send();
}
