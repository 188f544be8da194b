// What a reload must not forget: which upload a file belongs to, and, where the browser allows it, the file itself.

const KEY = "scribe-uploads";

function fingerprint(place, file) {
  return [place, file.name, file.size, file.lastModified].join("|");
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function write(all) {
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch { /* a private window without storage: the server's list still knows the upload */ }
}

/** The address of the upload that this very file was sent to before, if any. */
export function recall(place, file) {
  return read()[fingerprint(place, file)] ?? null;
}

export async function remember(place, file, url, handle) {
  write({ ...read(), [fingerprint(place, file)]: url });
  if (handle) await inStore("readwrite", (store) => store.put(handle, url));
}

export async function forget(url) {
  write(Object.fromEntries(Object.entries(read()).filter(([, known]) => known !== url)));
  await inStore("readwrite", (store) => store.delete(url));
}

/** The handle of the file that was sent to `url`, kept over a reload; null where there is none. */
export async function keptHandle(url) {
  return (await inStore("readonly", (store) => store.get(url))) ?? null;
}

async function inStore(mode, act) {
  try {
    const db = await settled(Object.assign(indexedDB.open(KEY, 1), {
      onupgradeneeded: (event) => event.target.result.createObjectStore("handles"),
    }));
    const result = await settled(act(db.transaction("handles", mode).objectStore("handles")));
    db.close();
    return result;
  } catch {
    return null;
  }
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
