"""The values that live captioning gives out; times are milliseconds of the capture, from its first sample."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from engine.values import VoiceEmbedding, Word


@dataclass(frozen=True, slots=True)
class Draft:
    """What an utterance that is still being spoken seems to say.

    Attributes:
        utterance: names it; the final line that replaces the draft has the same id.
        start_ms: where it begins.
        end_ms: how far it was heard.
        firm: the beginning on which successive drafts agree.
        soft: the rest, which may still change.
    """

    utterance: UUID
    start_ms: int
    end_ms: int
    firm: str
    soft: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a finished utterance that one voice speaks: one line.

    Attributes:
        id: names the line; the first piece has the utterance's own id.
        start_ms: where its first word begins.
        end_ms: where its last word ends.
        words: at least one.
        voice: number of the session's voice, from 1; None where too little was heard to tell.

    >>> from uuid import uuid4
    >>> Piece(uuid4(), 0, 900, (Word(0, 400, "Roll", 0.9), Word(500, 900, "it.", 0.9)), voice=1).text
    'Roll it.'
    """

    id: UUID
    start_ms: int
    end_ms: int
    words: tuple[Word, ...]
    voice: int | None = None

    @property
    def text(self) -> str:
        """The words, joined by spaces."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Final:
    """A finished utterance; it never changes by itself afterwards, but for its voices within two minutes.

    Attributes:
        utterance: names it, as its drafts did.
        start_ms: where it begins.
        end_ms: where it ends.
        pieces: its lines, in time order; none where nothing was said after all.
        settled: all audio of the capture before this sample has become lines.
    """

    utterance: UUID
    start_ms: int
    end_ms: int
    pieces: tuple[Piece, ...]
    settled: int


@dataclass(frozen=True, slots=True)
class Relabel:
    """A line that turned out to be another voice's."""

    line: UUID
    voice: int | None


@dataclass(frozen=True, slots=True)
class HeardVoice:
    """What is known by now of one voice of the session."""

    number: int
    embedding: VoiceEmbedding
