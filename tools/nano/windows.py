"""Builds training windows: sentences laid one after another over room noise, and the tokens to write for them."""

from dataclasses import dataclass, field, fields

import numpy as np
from torch import Tensor, device, from_numpy

from tools.nano.corpus import Corpus, Utterance, mel_filters
from tools.nano.scenes import scene_sentences
from tools.nano.tokens import TIMESTAMPS, Tokens

FRAMES = 3000
_LABELLED_SHARE = 0.7
# faster-whisper lets no window start its text later than this.
_LATEST_START = 1.0
# Encoder frames that a moment may be wrong by.
_DRIFT = 25
# Encoder frames before and after a moment that count as the moment.
_MOMENT = 4
_IGNORE = -100


@dataclass(frozen=True, slots=True)
class Mix:
    """What windows look like at one stage of the training.

    Attributes:
        frames: mel frames of the window; below 3000 it is placed anywhere in a full one.
        empty: share of windows without speech.
        ended: share of windows in which the audio ends early and zeros follow.
        cut: share of windows whose last sentence is cut off by that end, or whose first has begun before.
        prompt: share of windows with text from before.
        plain: share of windows without timestamps.
        slips: share of the text tokens before that are wrong, so that the ear is trusted more than the memory.
        drifts: share of the moments before that are wrong by up to half a second: what may follow a moment is told by
            what stands before it, not by what is heard there.
        parted: share of the sentences that are written as two, as a decoder may end one anywhere.
        scenes: share of sentences that are drawn from the scripts of the recordings, beyond those in the corpus.
        noise: log10 range of the room noise's standard deviation, for speech that peaks at 0.5.
    """

    frames: int
    empty: float = 0.05
    ended: float = 0.5
    cut: float = 0.0
    prompt: float = 0.0
    plain: float = 0.1
    slips: float = 0.08
    drifts: float = 0.0
    parted: float = 0.0
    scenes: float = 0.0
    noise: tuple[float, float] = (-5.0, -1.9)


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows as tensors.

    Attributes:
        mel: [batch, 80, frames].
        offsets: the place of each window in a full one, in encoder frames.
        tokens, targets: [batch, text]; -100 is not learned.
        spans_before, spans: the encoder frames [first, last) of the word or moment that each token, and each
            target, belongs to; empty if none.
        phonemes, frame_tokens: [batch, encoder frames].
    """

    mel: Tensor
    offsets: Tensor
    tokens: Tensor
    targets: Tensor
    spans_before: Tensor
    spans: Tensor
    phonemes: Tensor
    frame_tokens: Tensor

    def to(self, device: device) -> "Batch":
        """The same batch on another device."""
        return Batch(**{item.name: getattr(self, item.name).to(device) for item in fields(self)})


@dataclass(slots=True)
class _Window:
    """One window while it is being filled; `length` mel frames of it are audio, zeros follow."""

    language: str
    length: int
    offset: int
    gain: float
    plain: bool
    prompt: int
    power: np.ndarray
    phonemes: np.ndarray
    frame_tokens: np.ndarray
    tokens: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    empty: bool = False

    def write(self, token: int, span: tuple[int, int] = (0, 0)) -> None:
        """Add one token and the encoder frames of its word."""
        self.tokens.append(token)
        self.spans.append(span)


class Windows:
    """An endless source of batches.

    Attributes:
        phonemes: number of each sound; 0 is silence.
        silence: the frame token of frames without a word.
    """

    def __init__(self, corpus: Corpus, tokens: Tokens, seed: int) -> None:
        self._corpus, self._tokens = corpus, tokens
        self._rng = np.random.default_rng(seed)
        self.phonemes = {name: index + 1 for index, name in enumerate(corpus.phonemes)}
        self.silence = tokens.no_speech
        self._by_language = {
            language: [item for item in corpus.utterances if item.language == language]
            for language in tokens.languages
        }
        spoken = {language: set(scene_sentences(language)) for language in tokens.languages}
        self._scenes = {
            language: [item for item in items if _text(item) in spoken[language]]
            for language, items in self._by_language.items()
        }
        weights = mel_filters()
        self._noise_mean = weights.sum(1) * 150.0
        self._noise_grain = weights.sum(1) ** 2 / (weights**2).sum(1)

    def batch(self, size: int, mix: Mix) -> Batch:
        """Make `size` windows."""
        drawn = [self._draw(mix) for _ in range(size)]
        length = max(len(window.tokens) for window in drawn) - 1
        inputs = np.full((size, length), self._tokens.end, np.int64)
        targets = np.full((size, length), _IGNORE, np.int64)
        spans_before = np.zeros((size, length, 2), np.int64)
        spans = np.zeros((size, length, 2), np.int64)
        for row, window in enumerate(drawn):
            count = len(window.tokens) - 1
            inputs[row, :count] = window.tokens[:-1]
            targets[row, window.prompt : count] = window.tokens[window.prompt + 1 :]
            spans_before[row, :count] = window.spans[:-1]
            spans[row, :count] = window.spans[1:]
            if window.empty:
                targets[row, window.prompt] = self._tokens.no_speech
        self._slip(inputs, mix)
        return Batch(
            mel=from_numpy(np.stack([window.power.T for window in drawn])),
            offsets=from_numpy(np.array([window.offset for window in drawn])),
            tokens=from_numpy(inputs),
            targets=from_numpy(targets),
            spans_before=from_numpy(spans_before),
            spans=from_numpy(spans),
            phonemes=from_numpy(np.stack([window.phonemes for window in drawn])),
            frame_tokens=from_numpy(np.stack([window.frame_tokens for window in drawn])),
        )

    def _chance(self, share: float) -> bool:
        return bool(self._rng.random() < share)

    def _slip(self, inputs: np.ndarray, mix: Mix) -> None:
        """Put wrong words, and starts as early as the decoder will force them, into what was written before."""
        text = inputs < self._tokens.text_size
        wrong = text & (self._rng.random(inputs.shape) < mix.slips)
        if text.any():
            inputs[wrong] = self._rng.choice(inputs[text], int(wrong.sum()))
        begin = self._tokens.timestamp_begin
        drifted = (inputs >= begin) & (self._rng.random(inputs.shape) < mix.drifts)
        by = self._rng.integers(-_DRIFT, _DRIFT + 1, int(drifted.sum()))
        inputs[drifted] = np.clip(inputs[drifted] + by, begin, begin + TIMESTAMPS - 1)
        if mix.frames < FRAMES:
            return
        latest = self._tokens.timestamp(_LATEST_START)
        for row in inputs:
            first = int(np.argmax(row >= self._tokens.timestamp_begin))
            if row[first] > latest and self._chance(0.3):
                row[first] = latest

    def _draw(self, mix: Mix) -> _Window:
        rng, tokens = self._rng, self._tokens
        language = str(rng.choice(list(self._by_language)))
        ended = self._chance(mix.ended)
        window = _Window(
            language=language,
            length=int(rng.integers(100, mix.frames)) if ended else mix.frames,
            offset=int(rng.integers(0, (FRAMES - mix.frames) // 2 + 1)),
            gain=10 ** rng.uniform(-1.4, 0.25),
            plain=self._chance(mix.plain),
            prompt=0,
            power=np.zeros((mix.frames, 80), np.float32),
            phonemes=np.zeros(mix.frames // 2, np.int64),
            frame_tokens=np.full(mix.frames // 2, self.silence, np.int64),
        )
        if self._chance(mix.prompt):
            for token in self._prompt(language):
                window.write(token)
        window.prompt = len(window.tokens)
        for token in (tokens.start, tokens.languages[language], tokens.transcribe):
            window.write(token)
        if window.plain:
            window.write(tokens.no_timestamps)
        window.empty = self._chance(mix.empty) or not self._fill(window, mix, ended=ended)
        if window.empty and not window.plain:
            window.write(tokens.timestamp(window.offset / 50))
        window.write(tokens.end)
        self._colour(window, mix)
        return window

    def _prompt(self, language: str) -> list[int]:
        pool = self._by_language[language]
        items = [pool[index] for index in self._rng.integers(0, len(pool), self._rng.integers(1, 5))]
        words = [word for item in items for word, _, _ in item.words]
        count = int(self._rng.integers(1, len(words) + 1))
        return [self._tokens.previous, *self._tokens.encode(" " + " ".join(words[-count:]))]

    def _fill(self, window: _Window, mix: Mix, *, ended: bool) -> bool:
        """Lay sentences into the window; False if none fits."""
        rng, length = self._rng, window.length
        late = self._chance(0.15)
        at = int(rng.integers(0, max(length // 2, 1) if late else 60))
        wrote = False
        if self._chance(mix.cut):
            item = self._pick(window.language, mix)
            begun = int(rng.integers(1, item.last - item.first))
            if item.last - item.first - begun < length:
                wrote = self._lay(window, item, -begun, mix)
                at = item.last - item.first - begun + self._gap()
        while True:
            item = self._pick(window.language, mix)
            if at + item.last - item.first <= length:
                wrote |= self._lay(window, item, at, mix)
                at += item.last - item.first + self._gap()
                continue
            if ended or mix.frames < FRAMES:
                if self._chance(mix.cut) and at + 30 < length:
                    wrote |= self._lay(window, item, at, mix)
            elif wrote and at + 10 < length:
                self._lay_unwritten(window, item, at)
            return wrote

    def _pick(self, language: str, mix: Mix) -> Utterance:
        scenes = self._scenes[language]
        pool = scenes if scenes and self._chance(mix.scenes) else self._by_language[language]
        return pool[self._rng.integers(len(pool))]

    def _gap(self) -> int:
        return int(self._rng.integers(100, 500) if self._chance(0.1) else self._rng.integers(3, 110))

    def _add_power(self, window: _Window, item: Utterance, at: int) -> None:
        first, last = max(at, 0), min(at + item.last - item.first, window.length)
        rows = self._corpus.power[item.first + first - at : item.first + last - at]
        gain = window.gain * 10 ** self._rng.uniform(-0.25, 0.25)
        window.power[first:last] += gain**2 * 10 ** rows.astype(np.float32)

    def _lay_unwritten(self, window: _Window, item: Utterance, at: int) -> None:
        """Begin a sentence that goes on after the window: only its start is written, as Whisper does."""
        self._add_power(window, item, at)
        window.frame_tokens[at // 2 :] = _IGNORE
        window.phonemes[at // 2 :] = _IGNORE
        if not window.plain:
            self._write_moment(window, at)

    def _write_moment(self, window: _Window, frame: int) -> None:
        place = frame // 2
        span = (max(place - _MOMENT, 0), min(place + _MOMENT + 1, len(window.frame_tokens)))
        window.write(self._tokens.timestamp(frame / 100 + window.offset / 50), span)

    def _lay(self, window: _Window, item: Utterance, at: int, mix: Mix) -> bool:
        """Add one sentence and write those words of it that are inside; False if none is."""
        self._add_power(window, item, at)
        for name, start, end in item.phonemes:
            first, last = self._inside(window, at + start, at + end)
            window.phonemes[first // 2 : last // 2] = self.phonemes[name]
        heard = []
        for word, start, end in item.words:
            first, last = self._inside(window, at + start, at + end)
            if last > first and last - first >= _LABELLED_SHARE * (end - start):
                heard.append((word, first, last))
        if not heard:
            return False
        parted = int(self._rng.integers(1, len(heard))) if len(heard) > 1 and self._chance(mix.parted) else 0
        if not window.plain:
            self._write_moment(window, heard[0][1])
        for number, (word, first, last) in enumerate(heard):
            if number and number == parted and not window.plain:
                self._write_moment(window, heard[number - 1][2])
                self._write_moment(window, first)
            ids = self._tokens.encode(f" {word}")
            span = (max(first // 2 - 1, 0), min(-(-last // 2) + 1, len(window.frame_tokens)))
            window.frame_tokens[first // 2 : last // 2] = self._tokens.uncapitalised[ids[0]]
            for token in ids:
                window.write(token, span)
        if not window.plain:
            self._write_moment(window, heard[-1][2])
        return True

    def _inside(self, window: _Window, start: int, end: int) -> tuple[int, int]:
        return max(start, 0), max(min(end, window.length), 0)

    def _colour(self, window: _Window, mix: Mix) -> None:
        """Add noise and the microphone's colour, and turn power into Whisper's features."""
        rng, power, length = self._rng, window.power, window.length
        level = window.gain * 10 ** rng.uniform(*mix.noise)
        tilt = 10 ** (rng.uniform(-1.5, 0.7) * np.linspace(0, 1, 80))
        grain = rng.standard_gamma(self._noise_grain, (length, 80))
        power[:length] += grain * (level**2 * self._noise_mean * tilt / self._noise_grain)
        power[:length] *= 10 ** np.interp(np.linspace(0, 5, 80), np.arange(6), rng.normal(0, 0.25, 6))
        logs = np.log10(np.maximum(power, 1e-10))
        # The features are scaled by the loudest moment of the whole recording, not of the window.
        top = float(logs[:length].max()) + max(float(rng.normal(-0.2, 0.5)), 0.0)
        window.power = ((np.maximum(logs, top - 8) + 4) / 4).astype(np.float32)
        window.power[length:] = 0.0


def _text(item: Utterance) -> str:
    return " ".join(word for word, _, _ in item.words)
