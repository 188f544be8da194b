"""What people said about single lines, kept by time, so that it outlives the lines it was said of.

Lines that people shaped live on themselves, see :mod:`sessions_app.transcripts.kept_lines`; this is about the others.

>>> line = EarlierLine(0, 900, heard_voice=1, voice=2, character=None)
>>> line.moved_to, line.spoken_as
((2,), ())
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from uuid import UUID, uuid4

from sessions_app.models import LabelBy, Segment
from sessions_app.models.transcript import SegmentQuerySet

Said = tuple[int | None, ...]
"""A primary key, or None, that somebody chose for a line; empty where nobody said anything of it."""

What = Literal["voice", "character", "label"]
"""What can be said of a line."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """A line as it was; voices and characters by primary key, a label only where a person gave it."""

    start_ms: int
    end_ms: int
    heard_voice: int | None
    voice: int | None
    character: int | None
    label: str = ""
    label_kind: str = ""
    label_character: int | None = None
    text: str = ""
    uuid: UUID = field(default_factory=uuid4)

    @property
    def moved_to(self) -> Said:
        """The voice that it belongs to, where that is another than the machine heard."""
        return () if self.voice == self.heard_voice else (self.voice,)

    @property
    def spoken_as(self) -> Said:
        """The character that it is spoken as."""
        return () if self.character is None else (self.character,)

    @property
    def labelled(self) -> tuple[str, ...]:
        """The label that a person gave it; empty where nobody did."""
        return (self.label,) if self.label else ()

    @property
    def said(self) -> list[What]:
        """What people said of it."""
        held: dict[What, tuple[Any, ...]] = {
            "voice": self.moved_to,
            "character": self.spoken_as,
            "label": self.labelled,
        }
        return [what for what, value in held.items() if value]

    def shared_with(self, line: Segment) -> int:
        """Returns for how many milliseconds ``line`` is at the same time."""
        return max(0, min(self.end_ms, line.end_ms) - max(self.start_ms, line.start_ms))


@dataclass(frozen=True, slots=True)
class Corrections:
    """The lines that a session had, in the order of their starts, with what was said of them."""

    lines: tuple[EarlierLine, ...]

    def applied_to(self, lines: Iterable[Segment]) -> Iterator[Segment]:
        """Yields the new lines, in the order of time, with what was said of the old ones in their place.

        A line takes over what holds for more than half of its time. Where people talked at once, it looks first at the
        old lines of the voice that is heard in it, and only then at everybody's.
        """
        first = 0
        for line in lines:
            while first < len(self.lines) and self.lines[first].end_ms <= line.start_ms:
                first += 1
            there = list(self._until(line.end_ms, first))
            for label in _said(there, line, lambda earlier: earlier.labelled):
                _label(line, [earlier for earlier in there if earlier.label == label])
            for voice in _said(there, line, lambda earlier: earlier.moved_to):
                line.voice_id = voice
            for character in _said(there, line, lambda earlier: earlier.spoken_as):
                line.character_id = character
            yield line

    def gone_from(self, lines: Sequence[Segment]) -> list[tuple[EarlierLine, What]]:
        """Returns what was said that none of ``lines``, in the order of their starts, holds at its time."""
        starts = [line.start_ms for line in lines]
        longest = max((line.end_ms - line.start_ms for line in lines), default=0)
        found: list[tuple[EarlierLine, What]] = []
        for earlier in self.lines:
            said = earlier.said
            if not said:
                continue
            near = lines[
                bisect_left(starts, earlier.start_ms - longest) : bisect_left(starts, earlier.end_ms)
            ]
            there = [line for line in near if earlier.shared_with(line)]
            found += [
                (earlier, what) for what in said if not any(_holds(line, earlier, what) for line in there)
            ]
        return found

    def _until(self, end_ms: int, first: int) -> Iterator[EarlierLine]:
        for at in range(first, len(self.lines)):
            if self.lines[at].start_ms >= end_ms:
                return
            yield self.lines[at]


def _said(
    there: list[EarlierLine], line: Segment, of: Callable[[EarlierLine], tuple[T, ...]]
) -> tuple[T, ...]:
    """Returns what was said of most of the time of ``line``."""
    same_voice = [earlier for earlier in there if earlier.heard_voice == line.heard_voice_id]
    for lines in (same_voice, there):
        covered: dict[tuple[T, ...], int] = defaultdict(int)
        for earlier in lines:
            covered[of(earlier)] += earlier.shared_with(line)
        most = max(covered, key=lambda said: covered[said], default=())
        if 2 * covered[most] > line.end_ms - line.start_ms:
            return most
    return ()


def _label(line: Segment, labelled: list[EarlierLine]) -> None:
    """Gives ``line`` the label that all of ``labelled`` have, and the kind of the one that it is most of."""
    most = max(
        labelled, key=lambda earlier: (earlier.heard_voice == line.heard_voice_id, earlier.shared_with(line))
    )
    line.label, line.label_kind, line.label_by = most.label, most.label_kind, LabelBy.PERSON
    line.label_character_id = most.label_character


def _holds(line: Segment, earlier: EarlierLine, what: What) -> bool:
    if what == "label":
        return line.label == earlier.label and line.label_by == LabelBy.PERSON
    if what == "character":
        return line.character_id == earlier.character
    return line.voice_id == earlier.voice


def corrections_of(lines: SegmentQuerySet) -> Corrections:
    """Returns what people said about ``lines``, which are of one session."""
    rows: Iterable[tuple[Any, ...]] = lines.order_by("start_ms", "position").values_list(
        "start_ms", "end_ms", "heard_voice", "voice", "character",
        "label", "label_kind", "label_character", "text", "uuid", "label_by",
    )  # fmt: skip
    nothing = ("", "", None)
    return Corrections(
        tuple(
            EarlierLine(*line[:5], *(line[5:8] if by == LabelBy.PERSON else nothing), *line[8:])
            for *line, by in rows
        )
    )
