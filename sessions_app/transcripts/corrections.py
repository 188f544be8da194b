"""What people said about single lines, kept by time, so that it outlives the lines it was said of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sessions_app.models import LabelBy, Segment, Session

Said = tuple[int | None, ...]
"""A primary key, or None, that somebody chose for a line; empty where nobody said anything of it."""

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

    def shared_with(self, line: Segment) -> int:
        """Returns for how many milliseconds ``line`` is at the same time."""
        return max(0, min(self.end_ms, line.end_ms) - max(self.start_ms, line.start_ms))


@dataclass(frozen=True, slots=True)
class Corrections:
    """The lines that a session had, in the order of their starts, with what was said of them."""

    lines: tuple[EarlierLine, ...]

    @property
    def voices(self) -> set[int]:
        """The voices, by primary key, that lines were moved to."""
        return {voice for line in self.lines for voice in line.moved_to if voice is not None}

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


def corrections_of(session: Session) -> Corrections:
    """Returns what people said about the lines that ``session`` has now."""
    lines = Segment.objects.filter(session=session).order_by("start_ms", "position")
    fields = ("start_ms", "end_ms", "heard_voice", "voice", "character")
    labels = ("label", "label_kind", "label_character")
    return Corrections(
        tuple(
            EarlierLine(*row) if by == LabelBy.PERSON else EarlierLine(*row[: len(fields)])
            for *row, by in lines.values_list(*fields, *labels, "label_by")
        )
    )
