// Two versions of a text, word by word: which words only one of them has.

// Returns for either text its stretches: [text, whether the other has it too].
export function differing(one, other) {
  const [a, b] = [one, other].map((text) => text.split(/\s+/).filter(Boolean));
  const kept = common(a, b);
  return [stretches(a, kept.map(([i]) => i)), stretches(b, kept.map(([, j]) => j))];
}

// The longest common subsequence, as pairs of indexes.
function common(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const pairs = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (table[i + 1][j] >= table[i][j + 1]) i += 1;
    else j += 1;
  }
  return pairs;
}

function stretches(words, kept) {
  const shared = new Set(kept);
  const found = [];
  words.forEach((word, index) => {
    const last = found.at(-1);
    if (last && last[1] === shared.has(index)) last[0] += ` ${word}`;
    else found.push([word, shared.has(index)]);
  });
  return found;
}

// Fills an element with a text, its differing words marked.
export function mark(element, found, tag) {
  element.replaceChildren(...found.flatMap(([text, same], index) => {
    const part = same ? document.createTextNode(text) : Object.assign(document.createElement(tag), { textContent: text });
    return index ? [" ", part] : [part];
  }));
}
