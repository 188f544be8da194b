"""Detects speech with Silero VAD, as shipped inside faster-whisper, block by block in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.clock import samples_to_ms
from engine.config import VadConfig
from engine.values import OnProgress, PcmReader, Samples, Span, no_progress

WINDOW = 512
CONTEXT = 64
BLOCK_MS = 32_000
"""A whole number of windows (1,000), so that cutting the audio into blocks moves no window."""


def detect(
    audio: PcmReader,
    config: VadConfig = VadConfig(),  # noqa: B008 (frozen)
    on_progress: OnProgress = no_progress,
) -> list[Span]:
    """Returns the spans of ``audio`` in which somebody speaks, in time order and without overlap.

    The network's state is carried from block to block, so the result is that of one pass over the whole.

    >>> from engine.fakes import FakeAudio
    >>> detect(FakeAudio.silence(3_000))
    []
    """
    marker = _Marker(config)
    for probability in _probabilities(audio, on_progress):
        marker.add(probability)
    return _pad(marker.finish(audio.duration_ms), audio.duration_ms, config.pad_ms)


def _probabilities(audio: PcmReader, on_progress: OnProgress) -> Iterator[float]:
    """Yields the probability of speech of each window of 32 ms."""
    network = SpeechNetwork()
    total_ms = audio.duration_ms
    for start_ms in range(0, total_ms, BLOCK_MS):
        found = network.probabilities(audio.read(start_ms, start_ms + BLOCK_MS))
        on_progress("detect", min(start_ms + BLOCK_MS, total_ms), total_ms)
        yield from found


class SpeechNetwork:
    """Silero's network, with its state carried from block to block; the weights are shared."""

    def __init__(self) -> None:
        from faster_whisper.vad import get_vad_model  # heavy; importing the engine must stay cheap

        self._session = get_vad_model().session
        self._h = np.zeros((1, 1, 128), dtype=np.float32)
        self._c = np.zeros((1, 1, 128), dtype=np.float32)
        self._context = np.zeros(CONTEXT, dtype=np.float32)

    def probabilities(self, block: Samples) -> list[float]:
        """Returns the probability of speech of each next window of 512 samples; only the last may be shorter."""
        if not len(block):
            return []
        windows, self._context = _windows(block, self._context)
        output, self._h, self._c = self._session.run(None, {"input": windows, "h": self._h, "c": self._c})
        found: list[float] = output.reshape(-1).tolist()
        return found


def _windows(block: Samples, context: Samples) -> tuple[NDArray[np.float32], Samples]:
    """Returns the network's input, ``(n, 64 + 512)``: each window behind the end of the one before it."""
    rows = np.pad(block, (0, -len(block) % WINDOW)).reshape(-1, WINDOW)
    tails = np.vstack((context[None], rows[:-1, -CONTEXT:]))
    return np.concatenate((tails, rows), axis=1), rows[-1, -CONTEXT:].copy()


class _Marker:
    """Turns probabilities into spans with hysteresis: high starts speech, low for long enough ends it."""

    def __init__(self, config: VadConfig) -> None:
        self._config = config
        self._position = 0
        self._start: int | None = None
        self._silent_since: int | None = None
        self._spans: list[Span] = []

    def add(self, probability: float) -> None:
        at = samples_to_ms(self._position * WINDOW)
        self._position += 1
        if probability >= self._config.threshold:
            self._silent_since = None
            if self._start is None:
                self._start = at
        elif probability < self._config.release and self._start is not None:
            if self._silent_since is None:
                self._silent_since = at
            if at - self._silent_since >= self._config.min_silence_ms:
                self._close(self._silent_since)

    def finish(self, duration_ms: int) -> list[Span]:
        if self._start is not None:
            self._close(duration_ms if self._silent_since is None else self._silent_since)
        return self._spans

    def _close(self, end: int) -> None:
        if self._start is not None and end - self._start > self._config.min_speech_ms:
            self._spans.append(Span(self._start, end))
        self._start = self._silent_since = None


def _pad(spans: list[Span], duration_ms: int, pad_ms: int) -> list[Span]:
    """Widens each span by ``pad_ms`` on both sides, or to the middle of the silence where that is nearer."""
    padded = []
    for number, span in enumerate(spans):
        before = spans[number - 1].end_ms if number else -span.start_ms
        after = spans[number + 1].start_ms if number + 1 < len(spans) else 2 * duration_ms - span.end_ms
        start = span.start_ms - min(pad_ms, (span.start_ms - before) // 2)
        end = span.end_ms + min(pad_ms, (after - span.end_ms) // 2)
        padded.append(Span(start, end))
    return padded
