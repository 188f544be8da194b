// How lengths of sound are written.

const RATE = 16_000;

/** "1:02:03", of samples. */
export function time(samples) {
  const all = Math.floor(samples / RATE);
  const pad = (value) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  return hours ? `${hours}:${pad(minutes)}:${pad(all % 60)}` : `${minutes}:${pad(all % 60)}`;
}

/** "12 s", of samples, in the page's language; whole, and never 0. */
export function seconds(samples) {
  const value = Math.max(1, Math.round(samples / RATE));
  const options = { style: "unit", unit: "second", unitDisplay: "short" };
  return new Intl.NumberFormat(document.documentElement.lang, options).format(value);
}

/** Puts values in the places that a text marks as %1, %2. */
export function fill(text, ...values) {
  return text.replace(/%(\d)/g, (_, number) => values[number - 1]);
}
