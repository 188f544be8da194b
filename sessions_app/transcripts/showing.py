"""What a reader wants to see of a transcript: all of it, the story, or the table talk; for pages and exports alike."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import Q, QuerySet

from engine.exports import LABELS_OF, Part
from sessions_app.models import Label, Segment


class Show(StrEnum):
    """Which lines are shown; the values stand in addresses (``?show=story``)."""

    ALL = ""
    STORY = "story"
    TABLE = "table"

    @classmethod
    def of(cls, value: str) -> Show:
        """Returns what an address asks for; everything where it asks for something unheard of.

        >>> Show.of("story"), Show.of("nonsense")
        (<Show.STORY: 'story'>, <Show.ALL: ''>)
        """
        return cls(value) if value in set(cls) else cls.ALL

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that a line must have one of; none where every line is shown, labelled or not."""
        return tuple(Label(label) for label in LABELS_OF[self.part])

    @property
    def part(self) -> Part:
        """What the engine calls it."""
        return _PARTS[self]

    @property
    def query(self) -> str:
        """The query that asks for it, with its question mark; empty for every line."""
        return f"?show={self.value}" if self.value else ""

    @property
    def condition(self) -> Q:
        """What holds for the lines that are shown."""
        return Q() if self is Show.ALL else Q(label__in=self.labels)

    def includes(self, label: str) -> bool:
        """Whether a line with this label is shown; an empty label is that of a line that nothing has judged.

        >>> Show.STORY.includes("MIXED"), Show.TABLE.includes("MIXED"), Show.TABLE.includes(""), Show.ALL.includes("")
        (True, True, False, True)
        """
        return self is Show.ALL or label in self.labels

    def filter(self, lines: QuerySet[Segment]) -> QuerySet[Segment]:
        """Returns those of ``lines`` that are shown."""
        return lines.filter(self.condition)


_PARTS: dict[Show, Part] = {Show.ALL: "all", Show.STORY: "story", Show.TABLE: "table"}
