"""Markers in their places: beside the line that was being said, and on the picture of the sound."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sessions_app.models import Marker, Session


@dataclass(frozen=True, slots=True)
class Moment:
    """A marker as readers see it."""

    uuid: UUID
    at_ms: int
    kind: str
    label: str
    text: str

    @property
    def says(self) -> str:
        """What kind it is, and its note."""
        return f"{self.label}: {self.text}" if self.text else self.label


def moments_of(session: Session | int, from_ms: int = 0, until_ms: int | None = None) -> list[Moment]:
    """Returns the markers of a session from ``from_ms`` until before ``until_ms``, in the order of time."""
    markers = Marker.objects.filter(session=session, at_ms__gte=from_ms)
    if until_ms is not None:
        markers = markers.filter(at_ms__lt=until_ms)
    return [
        Moment(marker.uuid, marker.at_ms, marker.kind, str(marker.get_kind_display()), marker.text)
        for marker in markers
    ]


def by_line(moments: Sequence[Moment], starts: Sequence[int]) -> dict[int, tuple[Moment, ...]]:
    """Returns the moments by the index of their line: the last that has started by then, else the first.

    Args:
        moments: in any order.
        starts: when the lines start, in milliseconds, ascending; at least one if there are moments.

    >>> a = Moment(UUID(int=1), 1500, "loot", "loot", "")
    >>> list(by_line([a], [0, 1000, 2000]))
    [1]
    """
    found: dict[int, list[Moment]] = defaultdict(list)
    for moment in moments:
        found[max(0, bisect_right(starts, moment.at_ms) - 1)].append(moment)
    return {line: tuple(there) for line, there in found.items()}
