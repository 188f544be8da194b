"""The lines that a clip holds now: found again by their times, because processing a session again makes new ones.

>>> from sessions_app.clips.making import make_clip
>>> clip = make_clip(session, list(session.segments.all()[:2]), owner)
>>> len(spans_of(clip)), shown_clips([clip])[0].length
(2, '0:04')
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from engine.clock import clock
from engine.values import Span
from sessions_app.models import Clip, Segment, Session
from sessions_app.transcripts.spoken_as import spoken_as
from sessions_app.transcripts.voices import ShownVoice, shown_voices


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """What somebody says in a clip.

    Attributes:
        voice: who says it; None for nobody in particular.
        character: as whom; empty for nobody but themselves.
        text: what is said, consecutive lines of one person together.
        start_ms: where in the session it starts.
    """

    voice: ShownVoice | None
    character: str
    text: str
    start_ms: int

    @property
    def clock(self) -> str:
        """The start as people read it."""
        return clock(self.start_ms)


@dataclass(frozen=True, slots=True)
class ShownClip:
    """A clip with the words and names that it has now."""

    clip: Clip
    quotes: tuple[QuotedLine, ...]

    @property
    def length(self) -> str:
        """How long it plays, about."""
        return clock(max(1000, sum(span.duration_ms for span in spans_of(self.clip))))

    @property
    def starts(self) -> str:
        """Where in the session it starts."""
        return clock(self.clip.start_ms)


def spans_of(clip: Clip) -> list[Span]:
    """Returns the stretches of sound that ``clip`` was made of."""
    return [Span(start_ms, end_ms) for start_ms, end_ms, _ in clip.lines]


def shown_clips(clips: Iterable[Clip]) -> list[ShownClip]:
    """Returns ``clips``, of any sessions, with their words and the names of now; few queries for each session."""
    found: dict[int, ShownClip] = {}
    rows = list(clips)
    by_session = sorted(rows, key=lambda clip: clip.session_id)
    for _, group in groupby(by_session, key=lambda clip: clip.session_id):
        of_session = list(group)
        session = of_session[0].session
        voices = shown_voices(session)
        for clip in of_session:
            found[clip.pk] = ShownClip(clip, _quotes(lines_of_clip(clip, session), voices))
    return [found[clip.pk] for clip in rows]


def lines_of_clip(clip: Clip, session: Session) -> list[Segment]:
    """Returns the lines of ``session`` of which most of the time is in ``clip``.

    Where people talk at once, those of the voices that were chosen; all, where none of these is there any more.
    """
    there = Segment.objects.filter(session=session, start_ms__lt=clip.end_ms, end_ms__gt=clip.start_ms)
    rows = there.select_related("character", "label_character", "voice", "heard_voice").defer(
        "words", "voice__embedding", "heard_voice__embedding"
    )
    in_clip = [line for line in rows if _is_mostly_in(line, clip.lines)]
    chosen = [line for line in in_clip if _is_of_a_chosen_voice(line, clip.lines)]
    return chosen or in_clip


def _is_mostly_in(line: Segment, chosen: list[list[Any]]) -> bool:
    return 2 * sum(_shared_ms(line, start, end) for start, end, _ in chosen) > line.end_ms - line.start_ms


def _is_of_a_chosen_voice(line: Segment, chosen: list[list[Any]]) -> bool:
    numbers = {voice.number if voice else None for voice in (line.voice, line.heard_voice)}
    return any(number in numbers and _shared_ms(line, start, end) for start, end, number in chosen)


def _shared_ms(line: Segment, start_ms: int, end_ms: int) -> int:
    return max(0, min(end_ms, line.end_ms) - max(start_ms, line.start_ms))


def _quotes(lines: list[Segment], voices: dict[int, ShownVoice]) -> tuple[QuotedLine, ...]:
    def who(line: Segment) -> tuple[ShownVoice | None, str]:
        voice = voices.get(line.voice_id) if line.voice_id is not None else None
        return voice, spoken_as(line, voice.character if voice else "")

    quotes = []
    for (voice, character), group in groupby((line for line in lines if line.text), key=who):
        said = list(group)
        quotes.append(QuotedLine(voice, character, " ".join(line.text for line in said), said[0].start_ms))
    return tuple(quotes)
