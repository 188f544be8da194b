// Which tab typed what: a tab that lives says so every few seconds, and what a dead one left behind is taken over.

const PREFIX = "scribe.tab.";
const BEAT_MS = 3000;
const DEAD_MS = 15_000;

export const tab = own();

// Whether the tab with this name is open elsewhere, as far as can be known.
export function lives(name) {
  return name !== tab && Date.now() - Number(read(PREFIX + name)) < DEAD_MS;
}

function own() {
  let name = "";
  try {
    name = sessionStorage.getItem(PREFIX) ?? "";
  } catch {
    name = ""; // storage is forbidden: nothing is left behind either
  }
  const taken = name && Date.now() - Number(read(PREFIX + name)) < BEAT_MS * 2; // a copied tab copies the name
  if (!name || taken) name = Math.random().toString(36).slice(2);
  write(sessionStorageOf(), PREFIX, name);
  const beat = () => write(localStorageOf(), PREFIX + name, String(Date.now()));
  beat();
  setInterval(beat, BEAT_MS);
  addEventListener("pagehide", () => {
    try {
      localStorage.removeItem(PREFIX + name);
    } catch {
      return;
    }
  });
  addEventListener("pageshow", beat);
  return name;
}

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(storage, key, value) {
  try {
    storage?.setItem(key, value);
  } catch {
    return; // full: whoever finds what was typed takes it over at once
  }
}

function localStorageOf() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function sessionStorageOf() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
