"""Finds where utterances begin and end, window by window, with the same result however the audio comes in.

Behind each utterance everything begins anew: a process that takes over there finds what this one would have found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from engine.clock import SAMPLES_PER_MS, ms_to_samples
from engine.live.audio import RecentAudio
from engine.live.config import EndpointConfig
from engine.vad import WINDOW
from engine.values import Samples

BLOCK = 31
"""Windows asked of the detector at once (a second): what follows an utterance's end is asked again."""

SMOOTHING = 5
"""Windows over which the quietest place is looked for: longer than the silence inside a consonant."""

NEAR = 3
"""Speech within so many windows on both sides of a cut makes it a cut through speech."""

PROBABILITY_DB = 20.0
"""How many decibels quieter a place must be that is surely speech, to be cut rather than one that surely is not."""

FLOOR_DB = -80.0


class Detector(Protocol):
    """Tells speech; :class:`engine.vad.SpeechNetwork`."""

    def probabilities(self, block: Samples) -> list[float]:
        """Returns the probability of speech of each next window of 512 samples."""
        ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where an utterance lies, in samples of the capture.

    Attributes:
        start: its first sample.
        end: the sample behind its last.
        speech: the speech in it, in order.
        settled: the next utterance can't begin before this sample.
        cut_before: it begins in the middle of speech.
        cut_after: it ends in the middle of speech.
    """

    start: int
    end: int
    speech: tuple[tuple[int, int], ...]
    settled: int
    cut_before: bool = False
    cut_after: bool = False


@dataclass(slots=True)
class _Open:
    """An utterance that goes on; all in samples."""

    start: int
    first: int
    cut_before: bool
    speech: list[tuple[int, int]] = field(default_factory=list)
    run: int | None = None
    silent: int | None = None
    probabilities: list[float] = field(default_factory=list)
    levels: list[float] = field(default_factory=list)

    def spans(self, at: int) -> list[tuple[int, int]]:
        """Returns the speech up to ``at``."""
        if self.run is None:
            return self.speech
        return [*self.speech, (self.run, at if self.silent is None else self.silent)]


class Endpointer:
    """Marks the utterances of one capture.

    Args:
        audio: of the capture; must hold ``config.warm_up_ms`` before what is looked at.
        start: where to begin.
        config: lengths and thresholds.
        detector: makes a detector without memory.

    >>> class Loudness:
    ...     def probabilities(self, block):
    ...         return [float(window.max() > 0.1) for window in block.reshape(-1, WINDOW)]
    >>> audio = RecentAudio()
    >>> audio.add(np.repeat([0.0, 0.5, 0.0], 16_000))  # a second of sound amid silence
    >>> [utterance] = Endpointer(audio, 0, EndpointConfig(), Loudness).advance()
    >>> utterance.start, utterance.end  # with a little of the silence around it
    (10752, 35840)
    """

    def __init__(
        self, audio: RecentAudio, start: int, config: EndpointConfig, detector: Callable[[], Detector]
    ) -> None:
        self._audio, self._config, self._new_detector = audio, config, detector
        self._pre_roll = _windows(config.pre_roll_ms)
        self._tail = min(_windows(config.tail_ms), _windows(config.least_pause_ms))
        self._begin(start, None)

    @property
    def at(self) -> int:
        """The first sample that was not looked at."""
        return self._at

    @property
    def open(self) -> tuple[int, int, int] | None:
        """Start, end of the speech so far, and samples of speech of the utterance that goes on."""
        if self._open is None:
            return None
        spans = self._open.spans(self._at)
        return self._open.start, spans[-1][1], sum(end - start for start, end in spans)

    @property
    def settled(self) -> int:
        """No utterance that is not known yet can begin before this sample."""
        if self._open is not None:
            return self._open.start
        return max(self._floor, self._at - self._pre_roll)

    def advance(self) -> list[Stretch]:
        """Looks at what was added to the audio, in whole windows; returns the utterances that ended."""
        found: list[Stretch] = []
        while (count := min(BLOCK, (self._audio.end - self._at) // WINDOW)) > 0:
            self._warm_up()
            samples = self._audio.samples(self._at, self._at + count * WINDOW)
            rows = samples.reshape(-1, WINDOW).astype(np.float64)
            levels = 10 * np.log10((rows**2).mean(axis=1) + 1e-12)
            for probability, level in zip(
                self._detector.probabilities(samples), levels.tolist(), strict=True
            ):
                ended = self._hear(probability, level)
                if ended is not None:
                    if ended.speech:
                        found.append(ended)
                    self._begin(ended.settled, ended.cut_after)
                    break
        return found

    def close(self, until: int) -> list[Stretch]:
        """Ends what is open where the audio ends; goes on at sample ``until``, which no window crosses."""
        found = self.advance()
        if self._open is not None:
            ended = self._ended(self._open, self._audio.end, until)
            if ended.speech:
                found.append(ended)
        if until >= self._at:
            self._begin(until, False)
        return found

    def _begin(self, at: int, through_speech: bool | None) -> None:
        """Forgets all; ``through_speech`` is None where it is to be found out from what was heard before."""
        self._at = self._floor = at
        self._open: _Open | None = None
        self._through_speech = through_speech
        self._cold = True

    def _warm_up(self) -> None:
        if not self._cold:
            return
        self._cold = False
        self._detector = self._new_detector()
        length = _windows(self._config.warm_up_ms)
        before = self._detector.probabilities(self._audio.samples(self._at - length, self._at))
        if self._through_speech is None:
            self._through_speech = any(p >= self._config.vad.threshold for p in before[-NEAR:])

    def _hear(self, probability: float, level: float) -> Stretch | None:
        """Takes the next window; returns the utterance that ends with it, without speech if it is to be dropped."""
        at, vad = self._at, self._config.vad
        self._at += WINDOW
        one = self._open
        if one is None:
            if probability < vad.threshold:
                return None
            start = max(self._floor, at - self._pre_roll)
            through = bool(self._through_speech) and at - self._floor <= NEAR * WINDOW
            one = self._open = _Open(start, at, through)
        one.probabilities.append(probability)
        one.levels.append(level)
        if probability >= vad.threshold:
            if one.run is None:
                one.run = at
            elif one.silent is not None and at - one.silent >= ms_to_samples(vad.min_silence_ms):
                one.speech.append((one.run, one.silent))
                one.run = at
            one.silent = None
        else:
            if probability < vad.release and one.silent is None:
                one.silent = at
            if one.silent is not None and self._at - one.silent >= self._pause(self._at - one.start):
                end = one.silent + self._tail
                return self._ended(one, end, max(end, self._at - self._pre_roll))
        if self._at + WINDOW - one.start > ms_to_samples(self._config.max_ms):
            return self._cut(one)
        return None

    def _pause(self, length: int) -> int:
        """Returns the silence that ends an utterance of ``length`` samples."""
        config = self._config
        patient, hurried = ms_to_samples(config.patient_ms), ms_to_samples(config.hurried_ms)
        share = min(1.0, max(0.0, (length - patient) / max(1, hurried - patient)))
        return _windows(round(config.pause_ms - share * (config.pause_ms - config.least_pause_ms)))

    def _cut(self, one: _Open) -> Stretch:
        """Ends an utterance without a pause in the quietest place of its last seconds."""
        config, count = self._config, len(one.probabilities)
        score = PROBABILITY_DB * np.array(one.probabilities) + np.maximum(FLOOR_DB, one.levels)
        smooth = np.convolve(score, np.ones(SMOOTHING) / SMOOTHING, mode="same")
        low = max(SMOOTHING, count - _windows(config.cut_within_ms) // WINDOW)
        high = count - _windows(config.overlap_ms) // WINDOW
        place = low + int(smooth[low:high].argmin())
        cut = one.first + place * WINDOW
        threshold = config.vad.threshold
        near = (one.probabilities[place - NEAR : place], one.probabilities[place : place + NEAR])
        through = all(any(p >= threshold for p in side) for side in near)
        return self._ended(one, cut, cut, cut_after=through)

    def _ended(self, one: _Open, end: int, settled: int, *, cut_after: bool = False) -> Stretch:
        heard = [(first, min(last, end)) for first, last in one.spans(min(self._at, end)) if first < end]
        if sum(last - first for first, last in heard) <= ms_to_samples(self._config.vad.min_speech_ms):
            heard = []
        pad = ms_to_samples(self._config.vad.pad_ms)
        padded: list[tuple[int, int]] = []
        for first, last in heard:
            first, last = max(one.start, first - pad), min(end, last + pad)
            if padded and first <= padded[-1][1]:
                first = padded.pop()[0]
            padded.append((first, last))
        return Stretch(one.start, end, tuple(padded), settled, one.cut_before, cut_after)


def _windows(ms: int) -> int:
    """Returns the samples of the whole windows that hold ``ms``."""
    return -(-ms * SAMPLES_PER_MS // WINDOW) * WINDOW
