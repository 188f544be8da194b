"""The transcript cut into blocks, so that a page holds only what its reader looks at.

>>> lines = lines_of(session)
>>> lines.count(), [block.label for block in outline(lines, {})]
(12, ['Lines 1 to 12, from 0:00'])
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from engine.clock import clock
from sessions_app.models import Segment, Session
from sessions_app.transcripts.choice import Choice
from sessions_app.transcripts.lines import Speech, speeches
from sessions_app.transcripts.moments import Moment, by_line, moments_of
from sessions_app.transcripts.voices import ShownVoice, shown_voices

BLOCK_LINES = 60
END = 2_147_483_647
"""Behind all positions; the last block reaches so far, and with it the lines that are added to it."""

NO_VOICE = 0
"""Stands for the lines that belong to no voice, where a reader chooses voices by their numbers."""

EVERYTHING = Choice()

WIDE, NARROW = 74, 36
"""Characters in a row of text on a desk and on a phone, as far as a placeholder's height needs them."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the transcript, known by its measures before its lines are loaded.

    It holds the lines whose position is at least ``first`` and less than ``until``: so it keeps its lines while people
    split, join and remove lines anywhere.
    """

    index: int
    first: int
    until: int
    before: int
    """How many lines come before it."""
    lines: int
    start_ms: int
    end_ms: int
    speeches: int
    rows: int
    rows_narrow: int

    @property
    def label(self) -> str:
        """What stands in the block's place until its lines are there."""
        return _("Lines %(first)s to %(last)s, from %(clock)s") % {
            "first": self.before + 1,
            "last": self.before + self.lines,
            "clock": clock(self.start_ms),
        }

    @property
    def measures(self) -> str:
        """The measures as the stylesheet's variables, which make the block's height while it is empty."""
        return f"--lines:{self.lines};--speeches:{self.speeches};--rows:{self.rows};--rows-narrow:{self.rows_narrow}"


def lines_of(session: Session, choice: Choice = EVERYTHING) -> QuerySet[Segment]:
    """Returns the lines of ``session`` that a reader chose; a person is chosen by any of their voices.

    As the machine heard it there are the removed ones as well.
    """
    every = Segment.everything if choice.as_heard else Segment.objects
    segments = choice.show.filter(every.filter(session=session))
    chosen_numbers = set(choice.voices)
    if not chosen_numbers:
        return segments
    people = shown_voices(session).values()
    numbers = chosen_numbers.union(
        *(who.numbers for who in people if chosen_numbers.intersection(who.numbers))
    )
    chosen = Q(voice__number__in=numbers - {NO_VOICE})
    return segments.filter(chosen | Q(voice=None) if NO_VOICE in numbers else chosen)


def outline(lines: QuerySet[Segment], voices: dict[int, ShownVoice]) -> list[Block]:
    """Returns the blocks of ``lines``, from one query that reads no words."""
    rows = [
        (position, start_ms, end_ms, voices.get(voice), length)
        for position, start_ms, end_ms, voice, length in lines.values_list(
            "position", "start_ms", "end_ms", "voice_id", Length("text")
        )
    ]
    starts = _starts([row[0] for row in rows])
    return [
        _measured(index, start, rows[start:end], rows[end][0] if end < len(rows) else END)
        for index, (start, end) in enumerate(pairwise([*starts, len(rows)]))
    ]


def _starts(positions: list[int]) -> list[int]:
    """Returns with which line each block begins; the parts of a line that somebody split are in one block."""
    starts, at = [], 0
    while at < len(positions):
        starts.append(at)
        at += BLOCK_LINES
        while at < len(positions) and positions[at] == positions[at - 1]:
            at += 1
    return starts


def _measured(
    index: int, before: int, rows: list[tuple[int, int, int, ShownVoice | None, int]], until: int
) -> Block:
    voices = [row[3] for row in rows]
    return Block(
        index=index,
        first=rows[0][0] if index else 0,
        until=until,
        before=before,
        lines=len(rows),
        start_ms=rows[0][1],
        end_ms=max(row[2] for row in rows),
        speeches=1 + sum(a != b for a, b in pairwise(voices)),
        rows=sum(1 + length // WIDE for *_, length in rows),
        rows_narrow=sum(1 + length // NARROW for *_, length in rows),
    )


def block_speeches(
    lines: QuerySet[Segment], first: int, until: int, voices: dict[int, ShownVoice], *, as_heard: bool = False
) -> list[Speech]:
    """Returns the lines from position ``first`` on and before ``until``, grouped by who speaks.

    Args:
        lines: those that the reader chose.
        first: the least position.
        until: the position behind the last one.
        voices: the session's voices by primary key.
        as_heard: whether the machine's text is shown, whatever people made of it.
    """
    first, until = min(first, END), min(until, END)
    told = lines.select_related("character", "label_character")
    there = list(told.filter(position__gte=first, position__lt=until))
    if not there:
        return []
    before = told.filter(position__lt=first).last() if first else None
    after = told.filter(position__gte=until).first()
    return speeches(there, voices, before, _marked(there, before, after), as_heard=as_heard)


def _marked(
    lines: list[Segment], before: Segment | None, after: Segment | None
) -> dict[int, tuple[Moment, ...]]:
    """Returns what was marked while a block's lines were said, or before the very first, by the line's primary key."""
    if not lines:
        return {}
    from_ms = lines[0].start_ms if before else 0
    moments = moments_of(lines[0].session_id, from_ms, after.start_ms if after else None)
    if not moments:
        return {}
    in_time = sorted(lines, key=lambda line: line.start_ms)
    there = by_line(moments, [line.start_ms for line in in_time])
    return {in_time[index].pk: found for index, found in there.items()}


def position_of(lines: QuerySet[Segment], uuid: UUID) -> int | None:
    """Returns the position of the line with this uuid, or None where ``lines`` do not have it."""
    return lines.filter(uuid=uuid).values_list("position", flat=True).first()


def block_of_line(lines: QuerySet[Segment], uuid: UUID) -> int | None:
    """Returns which block holds the line with this uuid, or None where ``lines`` do not have it."""
    position = position_of(lines, uuid)
    if position is None:
        return None
    positions = list(lines.values_list("position", flat=True))
    return sum(positions[start] <= position for start in _starts(positions)) - 1


def block_at(blocks: list[Block], ms: int) -> int:
    """Returns which block is being spoken at ``ms``: the last that has started by then, else the first."""
    return max((block.index for block in blocks if block.start_ms <= ms), default=0)
