"""What people said about single lines, kept by time, so that it outlives the lines it was said of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import F, Q

from sessions_app.models import Segment, Session


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the session of which somebody said something; ``value`` is a primary key or None."""

    start_ms: int
    end_ms: int
    value: int | None


@dataclass(frozen=True, slots=True)
class Corrections:
    """What was said of a session's lines.

    Attributes:
        moved: stretches that belong to another voice than the machine heard.
        spoken_as: stretches that are spoken as a character.
    """

    moved: tuple[Stretch, ...]
    spoken_as: tuple[Stretch, ...]

    @property
    def voices(self) -> set[int]:
        """The voices, by primary key, that lines were moved to."""
        return {stretch.value for stretch in self.moved if stretch.value is not None}

    def applied_to(self, lines: Iterable[Segment]) -> Iterator[Segment]:
        """Yields the new lines, in the order of time, with what was said of the old ones in their place.

        A line takes over what holds for more than half of its time.
        """
        moved, spoken_as = _Pointer(self.moved), _Pointer(self.spoken_as)
        for line in lines:
            if (voice := moved.most_of(line)) is not None:
                line.voice_id = voice.value
            if (character := spoken_as.most_of(line)) is not None:
                line.character_id = character.value
            yield line


class _Pointer:
    """Finds what covers lines that come in the order of their starts."""

    def __init__(self, stretches: tuple[Stretch, ...]) -> None:
        self._stretches = stretches
        self._first = 0

    def most_of(self, line: Segment) -> Stretch | None:
        stretches = self._stretches
        while self._first < len(stretches) and stretches[self._first].end_ms <= line.start_ms:
            self._first += 1
        covered: dict[int | None, int] = {}
        for stretch in stretches[self._first :]:
            if stretch.start_ms >= line.end_ms:
                break
            shared = min(stretch.end_ms, line.end_ms) - max(stretch.start_ms, line.start_ms)
            covered[stretch.value] = covered.get(stretch.value, 0) + max(0, shared)
        for value, shared in covered.items():
            if 2 * shared > line.end_ms - line.start_ms:
                return Stretch(line.start_ms, line.end_ms, value)
        return None


def corrections_of(session: Session) -> Corrections:
    """Returns what people said about the lines that ``session`` has now."""
    lines = Segment.objects.filter(session=session).order_by("start_ms")
    moved = lines.filter(~Q(voice=F("heard_voice")) | Q(voice=None) ^ Q(heard_voice=None))
    spoken_as = lines.exclude(character=None)
    return Corrections(
        moved=tuple(Stretch(*row) for row in moved.values_list("start_ms", "end_ms", "voice")),
        spoken_as=tuple(Stretch(*row) for row in spoken_as.values_list("start_ms", "end_ms", "character")),
    )
