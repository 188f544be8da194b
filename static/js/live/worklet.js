// Runs beside the page's own thread: turns what the microphone gives into numbered-to-be frames of 16 kHz, mono, 16 bits,
// each with its loudness and the wall clock at its end. The rate is changed here, since Firefox refuses a microphone in
// an AudioContext of another rate than its own.

const RATE = 16_000;
const FRAME = 2_400; // 150 ms
const PASS_HZ = 7_200;
const STOP_HZ = 8_000;
const BETA = 8; // Kaiser window: about 80 dB in the stop band
const CLIPPED = 0.99;

function bessel(x) {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-9 * sum; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function divisor(a, b) {
  return b ? divisor(b, a % b) : a;
}

/** Changes the rate by a windowed sinc, kept as one row of weights per phase; output sample n stands at input n·rate/16000. */
class Resampler {
  constructor(rate) {
    const common = divisor(rate, RATE);
    this.phases = RATE / common;
    this.step = rate / common;
    const least = Math.min(rate, RATE) / RATE; // a slower microphone is filtered below its own half rate
    const cut = (((PASS_HZ + STOP_HZ) / 2) * least) / rate;
    const transition = (2 * Math.PI * (STOP_HZ - PASS_HZ) * least) / rate;
    this.half = Math.ceil((80 - 8) / (2.285 * transition) / 2);
    this.taps = 2 * this.half;
    this.weights = Array.from({ length: this.phases }, (_, phase) => this.row(phase / this.phases, cut));
    this.clear();
  }

  row(fraction, cut) {
    const row = new Float32Array(this.taps);
    let sum = 0;
    for (let tap = 0; tap < this.taps; tap += 1) {
      const x = tap - this.half + 1 - fraction;
      const sinc = x === 0 ? 2 * cut : Math.sin(2 * Math.PI * cut * x) / (Math.PI * x);
      const edge = Math.max(0, 1 - (x / this.half) ** 2);
      row[tap] = sinc * bessel(BETA * Math.sqrt(edge));
      sum += row[tap];
    }
    return row.map((weight) => weight / sum);
  }

  clear() {
    this.kept = new Float32Array(this.half - 1); // silence before the first sample
    this.phase = 0;
  }

  /** Hands each sample that can now be worked out to `give`. */
  feed(block, give) {
    const all = new Float32Array(this.kept.length + block.length);
    all.set(this.kept);
    all.set(block, this.kept.length);
    let at = 0;
    while (at + this.taps <= all.length) {
      const row = this.weights[this.phase];
      let sum = 0;
      for (let tap = 0; tap < this.taps; tap += 1) sum += row[tap] * all[at + tap];
      give(sum);
      this.phase += this.step;
      at += Math.floor(this.phase / this.phases);
      this.phase %= this.phases;
    }
    this.kept = all.slice(at);
  }
}

class CaptureProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = sampleRate === RATE ? null : new Resampler(sampleRate);
    this.begin();
    this.port.onmessage = () => this.finish(); // the one thing that is ever asked
  }

  begin() {
    this.frame = new Int16Array(FRAME);
    this.filled = this.heard = this.clipped = 0;
    this.peak = this.power = 0;
  }

  process([channels]) {
    if (channels.length) this.take(mixed(channels)); // none: there is no microphone, and what is not heard does not count
    return !this.isOver;
  }

  take(block) {
    for (const sample of block) {
      const size = Math.abs(sample);
      this.peak = Math.max(this.peak, size);
      this.power += sample * sample;
      if (size >= CLIPPED) this.clipped += 1;
    }
    this.heard += block.length;
    this.convert(block);
  }

  convert(block) {
    if (this.resampler) this.resampler.feed(block, (sample) => this.add(sample));
    else for (const sample of block) this.add(sample);
  }

  add(sample) {
    this.frame[this.filled] = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
    this.filled += 1;
    if (this.filled === FRAME) this.post();
  }

  post(isLast = false) {
    const samples = this.frame.slice(0, this.filled);
    const heard = Math.max(1, this.heard);
    this.port.postMessage(
      { samples, wall: Date.now(), peak: this.peak, rms: Math.sqrt(this.power / heard), clipped: this.clipped / heard, isLast },
      [samples.buffer],
    );
    this.begin();
  }

  /** Gives what is not yet a whole frame, with what the filter still holds back. */
  finish() {
    if (this.resampler) this.convert(new Float32Array(this.resampler.half));
    this.isOver = true;
    this.post(true);
  }
}

function mixed(channels) {
  if (channels.length === 1) return channels[0];
  return channels[0].map((_, i) => channels.reduce((sum, channel) => sum + channel[i], 0) / channels.length);
}

registerProcessor("scribe-capture", CaptureProcessor);
