"""What people said about single lines, kept by time, so that it outlives the lines it was said of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sessions_app.models import Segment, Session

Said = tuple[int | None, ...]
"""A primary key, or None, that somebody chose for a line; empty where nobody said anything of it."""


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """A line as it was; voices and character by primary key."""

    start_ms: int
    end_ms: int
    heard_voice: int | None
    voice: int | None
    character: int | None

    @property
    def moved_to(self) -> Said:
        """The voice that it belongs to, where that is another than the machine heard."""
        return () if self.voice == self.heard_voice else (self.voice,)

    @property
    def spoken_as(self) -> Said:
        """The character that it is spoken as."""
        return () if self.character is None else (self.character,)

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


def _said(there: list[EarlierLine], line: Segment, of: Callable[[EarlierLine], Said]) -> Said:
    """Returns what was said of most of the time of ``line``."""
    same_voice = [earlier for earlier in there if earlier.heard_voice == line.heard_voice_id]
    for lines in (same_voice, there):
        covered: dict[Said, int] = defaultdict(int)
        for earlier in lines:
            covered[of(earlier)] += earlier.shared_with(line)
        most = max(covered, key=lambda said: covered[said], default=())
        if 2 * covered[most] > line.end_ms - line.start_ms:
            return most
    return ()


def corrections_of(session: Session) -> Corrections:
    """Returns what people said about the lines that ``session`` has now."""
    lines = Segment.objects.filter(session=session).order_by("start_ms", "position")
    fields = ("start_ms", "end_ms", "heard_voice", "voice", "character")
    return Corrections(tuple(EarlierLine(*row) for row in lines.values_list(*fields)))
