"""A table at which people say numbers, and an engine that hears them: the sound of a number is its size."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np

from engine.live.config import LiveConfig
from engine.live.transcriber import LiveTranscriber
from engine.live.values import Piece
from engine.values import PcmReader, Samples, Span, Utterance, Word
from realtime_app.captioner.audio import NoSound
from realtime_app.models import Capture
from tests.realtime_app.captioner.fake_voices import FakeVoices

WINDOW = 512
RATE = 16_000


def speech(number: int, windows: int = 20) -> Samples:
    return np.full(windows * WINDOW, number / 1000, np.float32)


def silence(windows: int = 30) -> Samples:
    return np.zeros(windows * WINDOW, np.float32)


def evening(*numbers: int) -> Samples:
    """People say ``numbers`` with pauses between them."""
    return np.concatenate([silence(), *(part for number in numbers for part in (speech(number), silence()))])


class Loudness:
    """A detector: what is not silent is speech."""

    def probabilities(self, block: Samples) -> list[float]:
        return [float(row.any()) for row in block.reshape(-1, WINDOW)]


class Ears:
    """A recogniser: says each number that it hears; breaks where a test wants it to."""

    def __init__(self) -> None:
        self.breaks: dict[int, Exception] = {}
        self.finals: list[int] = []

    def draft(self, audio: PcmReader, span: Span) -> list[str]:
        return [word.text for word in self._words(audio, span)]

    def final(self, audio: PcmReader, span: Span, speech: Sequence[Span]) -> list[Utterance]:
        words = self._words(audio, span)
        for word in words:
            self.finals.append(int(word.text))
            if int(word.text) in self.breaks:
                raise self.breaks[int(word.text)]
        return [Utterance(words[0].start_ms, words[-1].end_ms, tuple(words))] if words else []

    @staticmethod
    def _words(audio: PcmReader, span: Span) -> list[Word]:
        samples = np.rint(audio.read(span.start_ms, span.end_ms) * 1000).astype(int)
        words = []
        for number in dict.fromkeys(samples[samples > 0].tolist()):
            places = np.flatnonzero(samples == number)
            start, end = span.start_ms + int(places[0]) // 16, span.start_ms + int(places[-1]) // 16
            words.append(Word(start, end, str(number), 0.9))
        return words


class NumberVoices(FakeVoices):
    """Even numbers are said by one person, odd ones by another."""

    def place(self, audio, utterance: UUID, words, *, now_ms=None):
        return (
            Piece(utterance, words[0].start_ms, words[-1].end_ms, tuple(words), int(words[0].text) % 2 + 1),
        )


class TableEngine:
    """The engine of that table."""

    encoder = None
    is_fallback = False

    def __init__(self) -> None:
        self.ears = Ears()

    def recogniser(self, session) -> Ears:
        return self.ears

    def transcriber(self, capture: UUID, start: int) -> LiveTranscriber:
        return LiveTranscriber(capture, start=start, config=LiveConfig(), detector=Loudness)


class Tape:
    """Audio that grows as a test says; broken where ``samples`` is None."""

    def __init__(self, samples: Samples | None) -> None:
        self.all = samples
        self.there = 0 if samples is None else len(samples)

    def held(self) -> int:
        if self.all is None:
            raise NoSound("the file is missing")
        return self.there

    def samples(self, first: int, end: int) -> Samples:
        return self.all[first : min(end, self.there)]

    def close(self) -> None:
        pass


class Audience:
    """Followers that remember what they were told."""

    def __init__(self) -> None:
        self.drafts: list[tuple[str, str]] = []
        self.finals: list[tuple[UUID, list[str], int]] = []
        self.relabels: list[str] = []
        self.delays: list[int] = []

    def draft(self, capture: Capture, draft, behind_ms: int) -> None:
        self.drafts.append((draft.firm, draft.soft))

    def final(self, capture: Capture, utterance: UUID, lines, behind_ms: int) -> None:
        self.finals.append((utterance, [line.text for line in lines], behind_ms))

    def relabelled(self, session, lines) -> None:
        self.relabels += [line.text for line in lines]

    def delay(self, capture: Capture, behind_ms: int) -> None:
        self.delays.append(behind_ms)

    def leave(self, capture: Capture) -> None:
        pass
