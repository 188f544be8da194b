"""The values that pass between stages: frozen, ordered by time, integer milliseconds throughout.

``to_json``/``from_json`` give the plain form in which a stage's result is kept between Runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono audio at 16 kHz, shape ``(n,)``, values in -1..1."""

Vector = NDArray[np.float32]
"""A voice embedding of unit length, shape ``(d,)``."""

Language = Literal["nl", "en"]

Json = dict[str, Any]

OnProgress = Callable[[str, int, int], None]
"""Called as ``on_progress(stage, done, total)``; raising from it stops the stage: that is how a Run is cancelled."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Ignores progress; the default where nobody watches."""


class PcmReader(Protocol):
    """Random access to prepared audio (16 kHz mono), wherever it is kept."""

    @property
    def duration_ms(self) -> int:
        """The audio's length."""
        ...

    def read(self, start_ms: int, end_ms: int) -> Samples:
        """Returns the samples of ``[start_ms, end_ms)``, clipped to the audio's length."""
        ...


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time, ``[start_ms, end_ms)``: speech found by the detector, or a chunk of work.

    >>> Span(500, 2_000).duration_ms
    1500
    >>> Span.from_json([500, 2_000])
    Span(start_ms=500, end_ms=2000)
    """

    start_ms: int
    end_ms: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_ms <= self.end_ms:
            raise ValueError(f"a span must run forward from 0 or later, not {self.start_ms} to {self.end_ms}")

    @property
    def duration_ms(self) -> int:
        """Its length."""
        return self.end_ms - self.start_ms

    def to_json(self) -> list[int]:
        """Returns the plain form."""
        return [self.start_ms, self.end_ms]

    @classmethod
    def from_json(cls, data: list[int]) -> Span:
        """Returns the value that :meth:`to_json` made ``data`` of."""
        return cls(data[0], data[1])


@dataclass(frozen=True, slots=True, order=True)
class Chunk:
    """One job's worth of transcription: the speech spans between two cuts, and the audio bounds to decode."""

    index: int
    start_ms: int
    end_ms: int
    speech: tuple[Span, ...]

    def to_json(self) -> Json:
        """Returns the plain form."""
        return {
            "index": self.index,
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "speech": [s.to_json() for s in self.speech],
        }

    @classmethod
    def from_json(cls, data: Json) -> Chunk:
        """Returns the value that :meth:`to_json` made ``data`` of."""
        return cls(
            data["index"], data["start_ms"], data["end_ms"], tuple(Span.from_json(s) for s in data["speech"])
        )


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """One word as the recogniser heard it; ``text`` carries its punctuation but no surrounding spaces."""

    start_ms: int
    end_ms: int
    text: str
    probability: float

    def to_json(self) -> list[Any]:
        """Returns the plain form."""
        return [self.start_ms, self.end_ms, self.text, round(self.probability, 3)]

    @classmethod
    def from_json(cls, data: list[Any]) -> Word:
        """Returns the value that :meth:`to_json` made ``data`` of."""
        return cls(data[0], data[1], data[2], data[3])


@dataclass(frozen=True, slots=True, order=True)
class Utterance:
    """What the recogniser returned as one segment, with the figures its guards judge.

    ``heard`` is False for speech that gave no words even when decoded twice; it then has no words and marks the place.

    >>> Utterance(0, 900, (Word(0, 400, "Roll", 0.9), Word(500, 900, "it.", 0.9))).text
    'Roll it.'
    """

    start_ms: int
    end_ms: int
    words: tuple[Word, ...]
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0
    compression_ratio: float = 1.0
    heard: bool = True

    @property
    def text(self) -> str:
        """The words, joined by spaces."""
        return " ".join(word.text for word in self.words)

    def to_json(self) -> Json:
        """Returns the plain form."""
        return {
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "words": [w.to_json() for w in self.words],
            "avg_logprob": round(self.avg_logprob, 4),
            "no_speech_prob": round(self.no_speech_prob, 4),
            "compression_ratio": round(self.compression_ratio, 3),
            "heard": self.heard,
        }

    @classmethod
    def from_json(cls, data: Json) -> Utterance:
        """Returns the value that :meth:`to_json` made ``data`` of."""
        return cls(
            start_ms=data["start_ms"],
            end_ms=data["end_ms"],
            words=tuple(Word.from_json(w) for w in data["words"]),
            avg_logprob=data["avg_logprob"],
            no_speech_prob=data["no_speech_prob"],
            compression_ratio=data["compression_ratio"],
            heard=data["heard"],
        )


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """One voice speaking without a pause worth naming; turns of different voices may overlap."""

    start_ms: int
    end_ms: int
    voice: int

    @property
    def duration_ms(self) -> int:
        """Its length."""
        return self.end_ms - self.start_ms

    def to_json(self) -> list[int]:
        """Returns the plain form."""
        return [self.start_ms, self.end_ms, self.voice]

    @classmethod
    def from_json(cls, data: list[int]) -> Turn:
        """Returns the value that :meth:`to_json` made ``data`` of."""
        return cls(data[0], data[1], data[2])


@dataclass(frozen=True, slots=True)
class VoiceEmbedding:
    """One voice's embedding with the id of the model that made it; vectors of different models never compare."""

    voice: int
    vector: tuple[float, ...]
    model: str
    speech_ms: int

    def to_json(self) -> Json:
        """Returns the plain form."""
        return {
            "voice": self.voice,
            "vector": [round(x, 6) for x in self.vector],
            "model": self.model,
            "speech_ms": self.speech_ms,
        }

    @classmethod
    def from_json(cls, data: Json) -> VoiceEmbedding:
        """Returns the value that :meth:`to_json` made ``data`` of."""
        return cls(data["voice"], tuple(data["vector"]), data["model"], data["speech_ms"])


@dataclass(frozen=True, slots=True)
class Diarization:
    """Who spoke when: turns in time order and one embedding per voice that spoke long enough to have one.

    Voices are numbered from 0 in the order in which they first speak.
    """

    turns: tuple[Turn, ...]
    embeddings: tuple[VoiceEmbedding, ...]

    @property
    def voices(self) -> tuple[int, ...]:
        """The voices that speak, in order."""
        return tuple(sorted({turn.voice for turn in self.turns}))

    def to_json(self) -> Json:
        """Returns the plain form."""
        return {
            "turns": [t.to_json() for t in self.turns],
            "embeddings": [e.to_json() for e in self.embeddings],
        }

    @classmethod
    def from_json(cls, data: Json) -> Diarization:
        """Returns the value that :meth:`to_json` made ``data`` of."""
        return cls(
            tuple(Turn.from_json(t) for t in data["turns"]),
            tuple(VoiceEmbedding.from_json(e) for e in data["embeddings"]),
        )


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One line of the transcript before it is stored: words of one voice (None where no turn covers them)."""

    start_ms: int
    end_ms: int
    voice: int | None
    words: tuple[Word, ...]
    heard: bool = True

    @property
    def text(self) -> str:
        """The words, joined by spaces."""
        return " ".join(word.text for word in self.words)

    def to_json(self) -> Json:
        """Returns the plain form."""
        return {
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "voice": self.voice,
            "words": [w.to_json() for w in self.words],
            "heard": self.heard,
        }

    @classmethod
    def from_json(cls, data: Json) -> Line:
        """Returns the value that :meth:`to_json` made ``data`` of."""
        return cls(
            data["start_ms"],
            data["end_ms"],
            data["voice"],
            tuple(Word.from_json(w) for w in data["words"]),
            data["heard"],
        )
