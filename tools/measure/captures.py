"""How many captures a whole installation takes at once, and how soon it has what they send on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tools.measure import live_system
from tools.measure.figures import Figure
from tools.measure.live_settings import LiveSettings
from tools.measure.settings import Settings


def figures(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yields the figures of the part of that name of ``python -m tools.live_benchmark``, which has many more."""
    live = LiveSettings(model=settings.nano, language=settings.language, captures=settings.captures)
    yield from live_system.many(live, folder)
