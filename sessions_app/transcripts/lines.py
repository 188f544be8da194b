"""Lines of a transcript made ready to read: words grouped by how sure they are, lines grouped by who speaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from engine.clock import clock
from sessions_app.models import Segment, SegmentKind
from sessions_app.transcripts.moments import Moment
from sessions_app.transcripts.voices import ShownVoice

UNSURE_BELOW = 0.5
"""Words that the recogniser gave less than this probability are marked as unsure."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line's text that the recogniser was equally sure of."""

    text: str
    unsure: bool


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line as the page sets it."""

    uuid: UUID
    start_ms: int
    end_ms: int
    clock: str
    heard: bool
    pieces: tuple[Piece, ...]
    word_starts: str
    """When each word starts, in milliseconds after the line's start, joined by commas; empty where unknown."""
    moments: tuple[Moment, ...] = ()
    """What somebody marked while it was said."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Consecutive lines of one voice, under one name, spoken as one character."""

    voice: ShownVoice | None
    character: str
    continued: bool
    """Whether the line before the first one, in an earlier block, is of the same voice."""
    lines: tuple[ShownLine, ...]


def shown_line(segment: Segment, moments: tuple[Moment, ...] = ()) -> ShownLine:
    """Returns ``segment`` ready to read.

    Words carry times and probabilities only while they are the line's text; after a person has edited the text,
    neither is claimed any more.
    """
    words = segment.words if " ".join(word[2] for word in segment.words) == segment.text else []
    return ShownLine(
        uuid=segment.uuid,
        start_ms=segment.start_ms,
        end_ms=segment.end_ms,
        clock=clock(segment.start_ms),
        heard=segment.kind == SegmentKind.SPEECH,
        pieces=tuple(_pieces(words)) or (Piece(segment.text, unsure=False),),
        word_starts=",".join(str(max(0, word[0] - segment.start_ms)) for word in words),
        moments=moments,
    )


def _pieces(words: Iterable[list[Any]]) -> Iterator[Piece]:
    for unsure, group in groupby(words, key=lambda word: word[3] < UNSURE_BELOW):
        yield Piece(" ".join(word[2] for word in group), unsure)


def speeches(
    segments: Iterable[Segment],
    voices: dict[int, ShownVoice],
    before: Segment | None,
    moments: Mapping[int, tuple[Moment, ...]] | None = None,
) -> list[Speech]:
    """Returns ``segments`` grouped by who speaks.

    Args:
        segments: lines in their order.
        voices: the session's voices by primary key.
        before: the line before the first one, if any.
        moments: what was marked, by the primary key of the line beside which it stands.
    """
    marked = moments or {}

    def who(segment: Segment) -> tuple[ShownVoice | None, str]:
        voice = voices.get(segment.voice_id) if segment.voice_id is not None else None
        usual = voice.character if voice else ""
        return voice, segment.character.name if segment.character else usual

    return [
        Speech(
            voice=voice,
            character=character,
            continued=index == 0 and before is not None and who(before) == (voice, character),
            lines=tuple(shown_line(segment, marked.get(segment.pk, ())) for segment in group),
        )
        for index, ((voice, character), group) in enumerate(groupby(segments, key=who))
    ]
