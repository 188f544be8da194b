"""What a follower sees of one capture, with the time at which it appeared; made by the engine alone or by the whole."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ShownWord:
    """A word of a finished line; times are milliseconds of the capture."""

    start_ms: int
    end_ms: int
    text: str
    voice: int | None = None


@dataclass(frozen=True, slots=True)
class ShownDraft:
    """A draft, shown so many seconds after the capture's first sample was spoken."""

    at_s: float
    firm: str
    soft: str


@dataclass(slots=True)
class ShownUtterance:
    """One utterance: its drafts in order, then its lines.

    Attributes:
        drafts: in the order in which they were shown.
        at_s: when its lines were shown; None where they never were, or there are none.
        words: of its lines.
    """

    drafts: list[ShownDraft] = field(default_factory=list)
    at_s: float | None = None
    words: list[ShownWord] = field(default_factory=list)


@dataclass(slots=True)
class Shown:
    """All that a follower saw of one capture.

    Attributes:
        utterances: in order.
        lines: how many lines there are in the end, as ``(start, end, words)``.
    """

    utterances: list[ShownUtterance] = field(default_factory=list)
    lines: list[tuple[int, int, list[str]]] = field(default_factory=list)

    @property
    def words(self) -> list[ShownWord]:
        """All words of all lines, in time order."""
        return sorted((w for one in self.utterances for w in one.words), key=lambda word: word.start_ms)
