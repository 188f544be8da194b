"""Divides a session into scenes: at long pauses, at breaks, and where the table goes from story to talk or back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from engine.classification.values import Label

SceneKind = Literal["story", "table", "break"]

PAUSE_MS = 45_000
"""A silence this long ends a scene."""
BREAK_MS = 180_000
"""A silence this long is a break of its own."""
TURN_MS = 60_000
"""Talk of the other sort this long, or longer, is a scene of its own; an aside that is shorter stays in its scene."""
SCENE_MS = 12 * 60_000
"""A scene longer than this may be divided at a shorter pause."""
BREATH_MS = 15_000
"""The shorter pause at which a long scene is divided."""


@dataclass(frozen=True, slots=True)
class SceneLine:
    """One line, as far as scenes depend on it.

    Attributes:
        start_ms: where it starts in the session.
        end_ms: where it ends.
        label: story or table talk; None where nobody said so.
        voice: whose line it is; None where nobody's.
    """

    start_ms: int
    end_ms: int
    label: Label | None
    voice: int | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A stretch of the evening.

    Attributes:
        start_ms: where it starts.
        end_ms: where it ends.
        kind: what it mostly is; ``break`` where nobody speaks.
        voices: who speaks in it, the most talkative first.
        lines: how many lines are in it.
    """

    start_ms: int
    end_ms: int
    kind: SceneKind
    voices: tuple[int, ...] = ()
    lines: int = 0

    @property
    def duration_ms(self) -> int:
        """Its length."""
        return self.end_ms - self.start_ms


def scenes(lines: Sequence[SceneLine]) -> list[Scene]:
    """Returns the scenes that ``lines``, which are in the order of time, consist of; every line is in one.

    >>> evening = [SceneLine(0, 60_000, "IC", 1), SceneLine(300_000, 360_000, "OOC", 0)]
    >>> [(scene.kind, scene.start_ms) for scene in scenes(evening)]
    [('story', 0), ('break', 60000), ('table', 300000)]
    """
    found: list[Scene] = []
    for stretch in _between_pauses(lines):
        for kind, part in _turns(stretch):
            for piece in _of_bearable_length(part):
                if found and piece[0].start_ms - found[-1].end_ms >= BREAK_MS:
                    found.append(Scene(found[-1].end_ms, piece[0].start_ms, "break"))
                found.append(_scene(kind, piece))
    return found


def _scene(kind: SceneKind, lines: Sequence[SceneLine]) -> Scene:
    talk: dict[int, int] = {}
    for line in lines:
        if line.voice is not None:
            talk[line.voice] = talk.get(line.voice, 0) + line.end_ms - line.start_ms
    voices = tuple(sorted(talk, key=lambda voice: (-talk[voice], voice)))
    return Scene(lines[0].start_ms, max(line.end_ms for line in lines), kind, voices, len(lines))


def _between_pauses(lines: Sequence[SceneLine]) -> Iterator[list[SceneLine]]:
    return _split_at(lines, PAUSE_MS)


def _split_at(lines: Sequence[SceneLine], pause_ms: int) -> Iterator[list[SceneLine]]:
    stretch: list[SceneLine] = []
    end_ms = 0
    for line in lines:
        if stretch and line.start_ms - end_ms >= pause_ms:
            yield stretch
            stretch = []
        stretch.append(line)
        end_ms = max(end_ms, line.end_ms)
    if stretch:
        yield stretch


def _turns(lines: Sequence[SceneLine]) -> Iterator[tuple[SceneKind, list[SceneLine]]]:
    """Yields runs of story and of table talk; one that is shorter than :data:`TURN_MS` joins the one before it."""
    runs: list[tuple[SceneKind, list[SceneLine]]] = []
    for kind, group in groupby(_with_kind(lines), key=lambda pair: pair[0]):
        part = [line for _, line in group]
        if runs and (runs[-1][0] == kind or _length_ms(part) < TURN_MS):
            runs[-1][1].extend(part)
        elif runs and len(runs) == 1 and _length_ms(runs[0][1]) < TURN_MS:
            runs[0] = (kind, [*runs[0][1], *part])
        else:
            runs.append((kind, part))
    return iter(runs)


def _with_kind(lines: Iterable[SceneLine]) -> Iterator[tuple[SceneKind, SceneLine]]:
    """Yields each line with what it is taken for; a line that is both, or unlabelled, goes with the one before it."""
    known: SceneKind | None = None
    waiting: list[SceneLine] = []
    for line in lines:
        if line.label in ("IC", "OOC"):
            known = "story" if line.label == "IC" else "table"
            for early in waiting:
                yield known, early
            waiting = []
            yield known, line
        elif known is None:
            waiting.append(line)
        else:
            yield known, line
    for line in waiting:
        yield "story", line


def _length_ms(lines: Sequence[SceneLine]) -> int:
    return max(line.end_ms for line in lines) - lines[0].start_ms


def _of_bearable_length(lines: list[SceneLine]) -> Iterator[list[SceneLine]]:
    """Yields ``lines`` whole, or where they go on for very long, divided at their shorter pauses."""
    if _length_ms(lines) <= SCENE_MS:
        yield lines
        return
    piece: list[SceneLine] = []
    for part in _split_at(lines, BREATH_MS):
        if piece and _length_ms(piece) + _length_ms(part) > SCENE_MS:
            yield piece
            piece = []
        piece = [*piece, *part]
    yield piece
