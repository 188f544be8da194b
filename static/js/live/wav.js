// What this browser still has of a capture, as a WAV file: the way out when the server takes it no more.

const RATE = 16_000;

/** Returns a Blob; gaps are left out, since hours of silence help nobody. */
export async function savedSound(tape) {
  const frames = await tape.store.frames(tape.record.key, 0);
  const count = frames.reduce((sum, { samples }) => sum + samples.length, 0);
  return new Blob([header(count), ...frames.map(({ samples }) => samples)], { type: "audio/wav" });
}

function header(count) {
  const view = new DataView(new ArrayBuffer(44));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * count, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, 2 * RATE, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * count, true);
  return view;
}
