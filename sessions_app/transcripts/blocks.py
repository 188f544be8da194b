"""The transcript cut into blocks, so that a page holds only what its reader looks at."""

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
LAST_BLOCK = 1_000_000
"""No transcript has as many; an address may ask for more than a database can count to."""

NO_VOICE = 0
"""Stands for the lines that belong to no voice, where a reader chooses voices by their numbers."""

EVERYTHING = Choice()

WIDE, NARROW = 74, 36
"""Characters in a row of text on a desk and on a phone, as far as a placeholder's height needs them."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the transcript, known by its measures before its lines are loaded."""

    index: int
    lines: int
    start_ms: int
    end_ms: int
    speeches: int
    rows: int
    rows_narrow: int

    @property
    def label(self) -> str:
        """What stands in the block's place until its lines are there."""
        first = self.index * BLOCK_LINES + 1
        return _("Lines %(first)s to %(last)s, from %(clock)s") % {
            "first": first,
            "last": first + self.lines - 1,
            "clock": clock(self.start_ms),
        }

    @property
    def measures(self) -> str:
        """The measures as the stylesheet's variables, which make the block's height while it is empty."""
        return f"--lines:{self.lines};--speeches:{self.speeches};--rows:{self.rows};--rows-narrow:{self.rows_narrow}"


def lines_of(session: Session, choice: Choice = EVERYTHING) -> QuerySet[Segment]:
    """Returns the lines of ``session`` that a reader chose; a person is chosen by any of their voices."""
    segments = choice.show.filter(Segment.objects.filter(session=session))
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
        (start_ms, end_ms, voices.get(voice), length)
        for start_ms, end_ms, voice, length in lines.values_list(
            "start_ms", "end_ms", "voice_id", Length("text")
        )
    ]
    return [
        _measured(index, rows[first : first + BLOCK_LINES])
        for index, first in enumerate(range(0, len(rows), BLOCK_LINES))
    ]


def _measured(index: int, rows: list[tuple[int, int, ShownVoice | None, int]]) -> Block:
    voices = [row[2] for row in rows]
    return Block(
        index=index,
        lines=len(rows),
        start_ms=rows[0][0],
        end_ms=max(row[1] for row in rows),
        speeches=1 + sum(a != b for a, b in pairwise(voices)),
        rows=sum(1 + length // WIDE for *_, length in rows),
        rows_narrow=sum(1 + length // NARROW for *_, length in rows),
    )


def block_speeches(lines: QuerySet[Segment], index: int, voices: dict[int, ShownVoice]) -> list[Speech]:
    """Returns the lines of block ``index``, grouped by who speaks; empty past the end."""
    if index > LAST_BLOCK:
        return []
    first = index * BLOCK_LINES
    told = lines.select_related("character", "label_character")
    around = list(told[max(0, first - 1) : first + BLOCK_LINES + 1])
    before = around.pop(0) if first and around else None
    after = around.pop() if len(around) > BLOCK_LINES else None
    return speeches(around, voices, before, _marked(around, before, after))


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


def block_of_line(lines: QuerySet[Segment], uuid: UUID) -> int | None:
    """Returns which block holds the line with this uuid, or None where ``lines`` do not have it."""
    position = lines.filter(uuid=uuid).values_list("position", flat=True).first()
    if position is None:
        return None
    return lines.filter(position__lt=position).count() // BLOCK_LINES


def block_at(blocks: list[Block], ms: int) -> int:
    """Returns which block is being spoken at ``ms``: the last that has started by then, else the first."""
    return max((block.index for block in blocks if block.start_ms <= ms), default=0)
