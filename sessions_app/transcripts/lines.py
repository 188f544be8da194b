"""Lines of a transcript made ready to read: words grouped by how sure they are, lines grouped by who speaks.

>>> is_unsure([0, 300, "goblin", 0.2]), is_unsure([0, 300, "goblin", 0.9])
(True, False)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from engine.clock import clock
from sessions_app.models import Label, Segment, SegmentKind
from sessions_app.transcripts.labels import ShownLabel, shown_label
from sessions_app.transcripts.moments import Moment
from sessions_app.transcripts.spoken_as import spoken_as
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
    label: ShownLabel | None = None
    edited: bool = False
    reviewed: bool = False
    heard_anew: str | None = None
    """What a later Run heard instead, where nobody has said yet which it is."""
    removed: bool = False
    moments: tuple[Moment, ...] = ()
    """What somebody marked while it was said."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Consecutive lines of one voice, under one name, spoken as one character, with the table talk in between."""

    voice: ShownVoice | None
    character: str
    continued: bool
    """Whether the line before the first one, in an earlier block, is of the same voice."""
    lines: tuple[ShownLine, ...]


def is_unsure(word: list[Any]) -> bool:
    """Whether the recogniser was unsure of a stored word."""
    return bool(word[3] < UNSURE_BELOW)


def shown_line(segment: Segment, moments: tuple[Moment, ...] = (), *, as_heard: bool = False) -> ShownLine:
    """Returns ``segment`` ready to read, or as the machine heard it.

    Words carry times and probabilities only while they are the line's text; in a line that somebody reviewed no word
    is unsure any more.
    """
    text = segment.machine_text if as_heard else segment.text
    stored = segment.machine_words if as_heard else segment.words
    words = stored if " ".join(word[2] for word in stored) == text else []
    is_certain = segment.reviewed and not as_heard
    return ShownLine(
        uuid=segment.uuid,
        start_ms=segment.start_ms,
        end_ms=segment.end_ms,
        clock=clock(segment.start_ms),
        heard=bool(text) if as_heard else segment.kind == SegmentKind.SPEECH,
        pieces=(Piece(text, unsure=False),)
        if is_certain
        else tuple(_pieces(words)) or (Piece(text, unsure=False),),
        word_starts=",".join(str(max(0, word[0] - segment.start_ms)) for word in words),
        label=shown_label(segment),
        moments=moments,
        edited=segment.is_edited and segment.heard_text != segment.text,
        reviewed=segment.reviewed,
        heard_anew=segment.heard_text if segment.heard_anew else None,
        removed=segment.removed_at is not None,
    )


def _pieces(words: Iterable[list[Any]]) -> Iterator[Piece]:
    for unsure, group in groupby(words, key=is_unsure):
        yield Piece(" ".join(word[2] for word in group), unsure)


def speeches(
    segments: Iterable[Segment],
    voices: dict[int, ShownVoice],
    before: Segment | None,
    moments: Mapping[int, tuple[Moment, ...]] | None = None,
    *,
    as_heard: bool = False,
) -> list[Speech]:
    """Returns ``segments`` grouped by who speaks.

    Args:
        segments: lines in their order.
        voices: the session's voices by primary key.
        before: the line before the first one, if any.
        moments: what was marked, by the primary key of the line beside which it stands.
        as_heard: whether the machine's text is shown, whatever people made of it.
    """
    marked = moments or {}
    groups = _grouped(segments, voices, before)
    said_before = _who(before, voices) if before is not None else None
    return [
        Speech(
            voice=group.voice,
            character=group.character or "",
            continued=index == 0 and said_before == (group.voice, group.character),
            lines=tuple(
                shown_line(segment, marked.get(segment.pk, ()), as_heard=as_heard) for segment in group.lines
            ),
        )
        for index, group in enumerate(groups)
    ]


@dataclass(slots=True)
class _Group:
    voice: ShownVoice | None
    character: str | None
    """None as long as there is only table talk, which is nobody's but the speaker's."""
    lines: list[Segment]


def _grouped(
    segments: Iterable[Segment], voices: dict[int, ShownVoice], before: Segment | None
) -> list[_Group]:
    """Returns the lines by voice and character.

    Table talk stays in the speech in which it is said: players fall out of their role for a word or two all the time,
    and a name of its own over every "that is a 17" would tear the page into scraps. Its letter and lighter ink already
    say that it is not the character who speaks. Only a speech that is all table talk has no character over it.
    """
    groups: list[_Group] = []
    if before is not None:
        groups.append(_Group(*_who(before, voices), []))
    for segment in segments:
        voice, character = _who(segment, voices)
        last = groups[-1] if groups else None
        if last is None or last.voice != voice or not _agree(last.character, character):
            groups.append(_Group(voice, character, [segment]))
        elif not last.lines and last.character is None and character is not None:
            # The name over the earlier block's last line does not say as whom this one is spoken.
            groups.append(_Group(voice, character, [segment]))
        else:
            last.lines.append(segment)
            last.character = character if last.character is None else last.character
    return [group for group in groups if group.lines]


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _who(segment: Segment, voices: dict[int, ShownVoice]) -> tuple[ShownVoice | None, str | None]:
    voice = voices.get(segment.voice_id) if segment.voice_id is not None else None
    character = spoken_as(segment, voice.character if voice else "")
    return voice, None if segment.label == Label.OOC and not character else character
